#include "block/seal.h"

#include <algorithm>
#include <cstring>

#include "block/seal_filters.h"
#include "npk/format/frame.h"

namespace npk::block {
namespace {

constexpr std::size_t kLeastGainShift = 6;  // 1/64: below it the reader's time is worth more than the space
// Words that shrink to this share and below repeat themselves: compressed again with a search of thrice the time, 1 to 12 % smaller.
constexpr std::size_t kRepetitiveShare = 4;

static_assert(kSealHeadroom >= 64 + format::kInnerHeaderFixedBytes + 8 * format::kChainStepBytes);

// Puts the header right before the payload, which begins at kSealHeadroom; the body is what comes of it.
ByteView finish(const format::InnerHeader& header, MutableBytes memory, std::size_t payload_bytes) {
  Bytes bytes;
  format::encode_inner_header(header, bytes);
  const std::size_t begin = kSealHeadroom - bytes.size();
  std::ranges::copy(bytes, memory.subspan(begin).begin());
  return memory.subspan(begin, bytes.size() + payload_bytes);
}

ByteView store(MutableBytes buffer) {
  const std::size_t raw_length = buffer.size() - kSealHeadroom;
  return finish({.raw_length = raw_length}, buffer, raw_length);
}

// A chain's header must pay, too.
std::size_t least_gain_of(std::size_t raw_bytes, std::size_t steps) {
  return std::max(raw_bytes >> kLeastGainShift, std::max<std::size_t>(steps, 2) * format::kChainStepBytes + 1);
}

// What does not fit is stored: it goes on at its own length.
Result<std::optional<std::size_t>> compress(codec::Encoder& encoder, Profile* profile, ByteView input, ByteView base, MutableBytes room) {
  const codec::CodecStep step = encoder.step();
  ProfileSpan span(profile, {ProfileStage::compress, step.id, step.level});
  span.sample(input);
  auto payload = encoder.encode(input, base, room);
  if (payload) span.add_bytes(input.size(), payload->value_or(input.size()));
  return payload;
}

// Low bits of numbers lie together, and what is behind them is unlike what is before; elsewhere matches across noise are worth its time.
bool has_numbers(const std::vector<format::ChainStep>& steps) {
  return !steps.empty() && kind_of_filter(steps.front().id) == codec::ContentKind::numeric;
}

// An encoder that ends before the slot does.
Result<std::unique_ptr<codec::Encoder>> make_in_slot(codec::EncoderOptions options) {
  options.pages = codec::EncoderPages::current();
  return codec::make_encoder(options);
}

codec::EncoderOptions encoder_options_behind(const std::vector<format::ChainStep>& filters, codec::ContentKind kind, const SealOptions& options) {
  const bool has_code = codec::is_code(filters.empty() ? kind : kind_of_filter(filters.front().id)) && options.code_encoder.step.id != format::CodecId::store;
  codec::EncoderOptions made = has_code ? options.code_encoder : options.filtered_encoder;
  made.lzma.skips_noise = made.lzma.skips_noise && has_numbers(filters);
  const bool is_markup = !filters.empty() && filters.front().id == format::CodecId::markup;
  if (!filters.empty() && filters.front().id == format::CodecId::arm64_branches) made.lzma.lc = made.lzma.lp = made.lzma.pb = 2;  // words of four bytes
  if (is_markup && options.markup_min_match) made.zstd.min_match = options.markup_min_match;
  return made;
}

format::ChainStep chain_step(const codec::CodecStep& step) { return {step.id, step.level, step.parameter}; }

}  // namespace

struct BlockSealer::State {
  explicit State(const SealOptions& given) : options(given) {}

  // Nothing: `encoder` does.
  [[nodiscard]] bool has_filtered_encoder() const { return options.filtered_encoder.step.id != format::CodecId::store; }
  [[nodiscard]] bool may_filter(codec::ContentKind kind) const {
    return !options.forced_filters.empty() || (options.choose_filters && kind != codec::ContentKind::general);
  }
  [[nodiscard]] bool is_long(codec::ContentKind kind, std::size_t raw_bytes) const {
    return !may_filter(kind) && raw_bytes > options.quick_words.most_raw_bytes && raw_bytes <= options.quick_words.most_long_raw_bytes;
  }
  Result<FilterSlots::Slot> slot_for(codec::ContentKind kind, std::size_t raw_bytes) const {
    if (options.slots == nullptr || (!may_filter(kind) && !is_long(kind, raw_bytes))) return FilterSlots::Slot();
    return options.slots->take(options.encoder.stop);
  }

  // Of a long block with words or without, made in its slot.
  Result<std::unique_ptr<codec::Encoder>> long_encoder(bool has_words) const {
    return make_in_slot(behind_quick_words(options.encoder, has_words ? options.quick_words.long_zstd : options.quick_words.long_plain_zstd));
  }

  // The block without words in the place of `with_words`, if it is no longer: its length. memory: to work in, as long as with_words.
  Result<std::optional<std::size_t>> compress_plain(ByteView raw, MutableBytes with_words, MutableBytes memory) const {
    NPK_ASSIGN(const auto plain_encoder, long_encoder(false));
    NPK_ASSIGN(const auto payload, compress(*plain_encoder, options.profile, raw, {}, memory));
    if (payload) std::memcpy(with_words.data(), memory.data(), *payload);
    return payload;
  }

  // Behind quick words; made when first needed, and one at a time.
  Result<codec::Encoder*> words_encoder(bool is_repetitive) {
    if (encoder_behind_words != nullptr && is_repetitive == is_for_repetitive_words) return encoder_behind_words.get();
    encoder_behind_words.reset();
    const codec::ZstdParameters& zstd = is_repetitive ? options.quick_words.repetitive_zstd : options.quick_words.zstd;
    NPK_ASSIGN(encoder_behind_words, codec::make_encoder(behind_quick_words(options.encoder, zstd)));
    is_for_repetitive_words = is_repetitive;
    return encoder_behind_words.get();
  }

  SealOptions options;
  std::unique_ptr<codec::Encoder> encoder, encoder_behind_words;
  bool is_for_repetitive_words = false;
  codec::FilterBuffer words_buffer;
};

BlockSealer::BlockSealer(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
BlockSealer::BlockSealer(BlockSealer&&) noexcept = default;
BlockSealer& BlockSealer::operator=(BlockSealer&&) noexcept = default;
BlockSealer::~BlockSealer() = default;

Result<BlockSealer> BlockSealer::create(const SealOptions& options) {
  auto state = std::make_unique<State>(options);
  NPK_ASSIGN(state->encoder, codec::make_encoder(options.encoder));
  if (state->has_filtered_encoder()) NPK_TRY(codec::make_encoder(options.filtered_encoder));
  return BlockSealer(std::move(state));
}

void BlockSealer::keep_base(ByteView base) { state_->encoder->keep_base(base); }

Result<ByteView> BlockSealer::seal(MutableBytes buffer, const Base& base, MutableBytes room, codec::ContentKind kind, bool try_compression) {
  const ByteView raw = buffer.subspan(kSealHeadroom);
  std::size_t least_gain = least_gain_of(raw.size(), 2);
  if (!try_compression || state_->encoder->step().id == format::CodecId::store || raw.size() <= least_gain) return store(buffer);
  NPK_ASSIGN(const FilterSlots::Slot slot, state_->slot_for(kind, raw.size()));
  const bool is_long = state_->is_long(kind, raw.size());
  if (state_->may_filter(kind) || is_long) state_->words_buffer = {};  // its memory is the slot's
  const codec::EncoderPages::Use use(slot.pages());
  BlockFilterer filterer(state_->options, state_->words_buffer);
  NPK_ASSIGN(FilteredBlock filtered, filterer.filter(raw, kind, room));
  least_gain = std::min(raw.size(), least_gain_of(raw.size(), filtered.steps.size() + 1));
  const bool is_forced = !filtered.steps.empty() && filtered.steps.front().id != format::CodecId::words;
  std::unique_ptr<codec::Encoder> filtered_encoder;  // made for each block: between two its memory is the filters'
  if ((kind != codec::ContentKind::general || is_forced) && state_->has_filtered_encoder()) {
    NPK_ASSIGN(filtered_encoder, make_in_slot(encoder_options_behind(filtered.steps, kind, state_->options)));
  }
  codec::Encoder* encoder = filtered_encoder != nullptr ? filtered_encoder.get() : state_->encoder.get();
  const bool has_quick_words = kind == codec::ContentKind::general && !filtered.steps.empty() && state_->options.quick_words.most_raw_bytes > 0;
  if (is_long) {
    NPK_ASSIGN(filtered_encoder, state_->long_encoder(has_quick_words));
    encoder = filtered_encoder.get();
  } else if (has_quick_words) {
    NPK_ASSIGN(encoder, state_->words_encoder(false));
  }
  const MutableBytes body = room.subspan(kSealHeadroom, raw.size() - least_gain);
  NPK_ASSIGN(auto payload, compress(*encoder, state_->options.profile, filtered.bytes, base.raw, body));
  if (has_quick_words && !is_long && payload && *payload <= filtered.bytes.size() / kRepetitiveShare) {
    NPK_ASSIGN(encoder, state_->words_encoder(true));
    NPK_ASSIGN(payload, compress(*encoder, state_->options.profile, filtered.bytes, base.raw, body));
  }
  if (!payload) return store(buffer);
  if (filtered.may_be_worse) {
    filtered_encoder.reset();
    NPK_ASSIGN(const auto plain, state_->compress_plain(raw, body.first(*payload), filterer.take_memory(std::min(*payload, filtered.bytes.size()))));
    if (plain) payload = plain, filtered.steps.clear();
    encoder = state_->encoder.get();  // of the same step
  }
  filtered.steps.push_back(chain_step(encoder->step()));
  return finish({.raw_length = raw.size(), .base_position = base.position, .chain = std::move(filtered.steps)}, room, *payload);
}

codec::EncoderOptions behind_quick_words(codec::EncoderOptions encoder, const codec::ZstdParameters& zstd) {
  encoder.zstd = zstd;
  encoder.long_block_bytes = 0;
  return encoder;
}

Result<Bytes> seal_page(ByteView raw, int level) {
  NPK_ASSIGN(BlockSealer sealer, BlockSealer::create({.encoder = {.step = {format::CodecId::zstd, static_cast<std::int8_t>(level), 0}}}));
  Bytes buffer(kSealHeadroom + raw.size()), room(buffer.size());
  std::ranges::copy(raw, buffer.begin() + kSealHeadroom);
  NPK_ASSIGN(const ByteView body, sealer.seal(buffer, {}, room));
  return Bytes(body.begin(), body.end());
}

Bytes seal_stored(ByteView raw) {
  Bytes body;
  format::encode_inner_header({.raw_length = raw.size()}, body);
  body.insert(body.end(), raw.begin(), raw.end());
  return body;
}

}  // namespace npk::block
