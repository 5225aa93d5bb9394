#include "block/seal_filters.h"

#include <algorithm>

#include "block/seal_check.h"
#include "codec/filter/numeric/encoder/choose_numeric.h"
#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "codec/json_kind.h"
#include "codec/word_filter.h"

namespace npk::block {

// What a trial looks at: pieces from all over, each beginning with a unit, joined; or all, if that is no longer.
struct Pieces {
  std::size_t count;
  std::size_t bytes;
  std::size_t unit = 1;

  [[nodiscard]] constexpr std::size_t total_bytes() const noexcept { return count * bytes; }
  [[nodiscard]] constexpr bool is_gathered(std::uint64_t from_bytes) const noexcept { return count > 1 && from_bytes > total_bytes(); }
};

namespace {

using codec::ContentKind;
using format::CodecId;

constexpr std::size_t kLeastFilteredBytes = 2048;
constexpr std::int8_t kTrialLevel = 3;
constexpr std::int8_t kCodeTrialLevel = 1;  // code saves a tenth or much more, or nothing
constexpr std::int8_t kLeastGainPercent = 2;  // below it decoding is worth more than the space

constexpr Pieces kMiddle = {1, 512U << 10};
constexpr Pieces kLinePieces = {8, 64U << 10};                          // of many files no one says what the others are
constexpr Pieces kJsonPieces = {4, 256U << 10};                         // a block has files of many kinds
constexpr Pieces kNumberPieces = {8, 132U << 10, 12U << 10};            // one kind of numbers says little of the next; whole elements of any width
constexpr Pieces kCodePieces = {64, 16U << 10};                         // of all of a block before the filter and behind it
constexpr Pieces kAll = {1, codec::kMaxFilteredRawBytes};

// Words hide what tells LZMA2 what comes next where columns or numbers are: they are tried with the block's own compressor, which is slow.
constexpr std::size_t kWordTrialBytes = 512U << 10;
constexpr std::size_t kWordTrials = 2;
constexpr std::size_t kMostLossShare = 25;  // 1/25: device trees lose 1.6 % and gain 2.2, tables of registers lose 7 to 30 and then 12

constexpr std::size_t kLeastQuickWordBytes = 256U << 10;  // less becomes larger behind the compressor

constexpr std::size_t kLongWordsTrialBytes = 2U << 20;
constexpr std::size_t kLongPlainTrialBytes = 512U << 10;
constexpr std::size_t kRepeatsShare = 10;  // registers of AMD's drivers, of which words save nothing, are far below it
// Of a long block of text words that leave no more are taken without a trial.
constexpr std::size_t sure_long_words_bytes(std::size_t raw_bytes) { return raw_bytes / 5 * 3; }

// What is tried for a kind; the cheapest to decode first.
struct Candidate {
  ContentKind kind;
  CodecId filter;
};

constexpr std::array kCandidates = std::to_array<Candidate>({
    {ContentKind::json, CodecId::json},
    {ContentKind::markup, CodecId::markup},
    {ContentKind::delimited, CodecId::delimited},
    {ContentKind::delimited, CodecId::lines},
    {ContentKind::delimited, CodecId::words},
    {ContentKind::lines, CodecId::lines},
    {ContentKind::lines, CodecId::delimited},
    {ContentKind::lines, CodecId::words},
    {ContentKind::json, CodecId::lines},  // where each line is an object: strings may be lines of a log, which JSON's columns keep whole
    {ContentKind::numeric, CodecId::byte_shuffle},
    {ContentKind::numeric, CodecId::element_delta},
    {ContentKind::numeric, CodecId::integers},
    {ContentKind::x86_code, CodecId::x86_branches},
    {ContentKind::arm64_code, CodecId::arm64_branches},
});

struct Trial {
  const Candidate* candidate;
  std::int8_t gain;
};

constexpr std::uint64_t kTrialEncoderBytes = 3U << 19;
constexpr std::array kWords = {CodecId::words};

// Code lies beside much else in a block: what a filter makes of pieces would say little. Nor does a part of many files say well whether they are rather
// tables or lines, nor do pieces what ranks of all numbers save.
Pieces tried_pieces(ContentKind kind, bool whole_trials) noexcept {
  if (is_code(kind)) return kAll;
  if (whole_trials && (kind == ContentKind::delimited || kind == ContentKind::lines || kind == ContentKind::numeric)) return kAll;
  if (kind == ContentKind::json) return kJsonPieces;
  if (kind == ContentKind::lines || kind == ContentKind::delimited) return kLinePieces;
  return kind == ContentKind::numeric ? kNumberPieces : kMiddle;
}

// Lines and tables have had words in their trial.
bool takes_quick_words(ContentKind kind) noexcept {
  return kind == ContentKind::general || kind == ContentKind::json || kind == ContentKind::markup;
}

// At least 1 where anything is.
std::int8_t percent_saved(std::size_t before, std::size_t after) {
  return after >= before ? std::int8_t{0} : static_cast<std::int8_t>(std::max<std::size_t>(1, (before - after) * 100 / before));
}

}  // namespace

std::uint64_t filter_memory(CodecId id, std::uint64_t raw_length) noexcept {
  const codec::FilterEncoderInfo* encoder = codec::find_filter_encoder(id);
  const codec::FilterInfo* decoder = codec::find_filter(id);
  return std::max(encoder == nullptr ? 0 : encoder->memory(raw_length), decoder == nullptr ? 0 : decoder->decoder_memory(raw_length));
}

std::uint64_t trial_memory(std::uint64_t raw_length, ContentKind kind, bool whole_trials) noexcept {
  std::uint64_t most = 0;
  const Pieces pieces = is_code(kind) ? kCodePieces : tried_pieces(kind, whole_trials);
  const std::uint64_t tried_bytes = std::min<std::uint64_t>(raw_length, pieces.total_bytes());
  const std::uint64_t gathered_bytes = pieces.is_gathered(raw_length) ? tried_bytes : 0;
  for (const Candidate& candidate : kCandidates) {
    if (candidate.kind != kind) continue;
    most = std::max(most, filter_memory(candidate.filter, raw_length) + tried_bytes + gathered_bytes + kTrialEncoderBytes);
  }
  return most;
}

ContentKind kind_of_filter(CodecId id) noexcept {
  if (id == CodecId::words) return ContentKind::general;
  const auto found = std::ranges::find(kCandidates, id, &Candidate::filter);
  return found == kCandidates.end() ? ContentKind::general : found->kind;
}

// Filters that decline are left out.
FilteredBlock BlockFilterer::apply(ByteView raw, Filters filters, std::int8_t level) {
  FilteredBlock block{raw, {}};
  const auto in_room = [&] { return block.bytes.data() == room_.data(); };
  for (const CodecId id : filters) {
    const auto filter = std::ranges::find(options_.filter_encoders, id, &codec::FilterEncoderInfo::id);
    if (filter == options_.filter_encoders.end() || (raw.size() > codec::kMaxFilteredRawBytes && (id != CodecId::words || !block.steps.empty()))) continue;
    const auto most = static_cast<std::size_t>(codec::most_filtered_bytes(id, block.bytes.size(), filters.size() == 1));
    const MutableBytes to = block.steps.empty() || in_room() ? buffer_.take(std::max(raw.size() + kSealHeadroom, most)) : room_;
    const MutableBytes out = to.first(std::min(to.size(), most));
    ProfileSpan span(options_.profile, {ProfileStage::filter, id});
    const bool is_smaller = options_.smaller_filters && filter->encode_smaller != nullptr;
    const auto length = is_smaller ? filter->encode_smaller(block.bytes, out) : filter->encode(block.bytes, out);
    span.add_bytes(block.bytes.size(), length.value_or(block.bytes.size()));
    if (!length) continue;
    block.bytes = out.first(*length);
    block.steps.push_back({id, level, static_cast<std::uint32_t>(*length)});
  }
  if (in_room()) {
    const MutableBytes copy = buffer_.take(raw.size() + kSealHeadroom).first(block.bytes.size());
    std::ranges::copy(block.bytes, copy.begin());
    block.bytes = copy;
  }
  return block;
}

ByteView BlockFilterer::gather(ByteView from, const Pieces& pieces) {
  if (!pieces.is_gathered(from.size())) {
    const std::size_t size = std::min(from.size(), pieces.total_bytes());
    return from.subspan((from.size() - size) / 2, size);
  }
  const MutableBytes gathered = gathered_.take(pieces.total_bytes());
  for (std::size_t i = 0; i < pieces.count; ++i) {
    const std::size_t middle = (2 * i + 1) * from.size() / (2 * pieces.count);
    std::ranges::copy(from.subspan((middle - pieces.bytes / 2) / pieces.unit * pieces.unit, pieces.bytes), gathered.subspan(i * pieces.bytes).begin());
  }
  return gathered;
}

// One block is of one kind. Of code pieces say how small all of it becomes.
Result<std::size_t> BlockFilterer::trial_size(ByteView bytes, ContentKind kind) {
  if (trial_encoder_ == nullptr) {
    const codec::CodecStep step{CodecId::zstd, is_code(kind) ? kCodeTrialLevel : kTrialLevel, 0};
    NPK_ASSIGN(trial_encoder_, codec::make_encoder({.step = step, .pages = codec::EncoderPages::current()}));
  }
  const ByteView part = is_code(kind) ? gather(bytes, kCodePieces) : bytes;
  NPK_ASSIGN(const auto size, trial_encoder_->encode(part, {}, trial_room_.take(part.size())));
  return size.value_or(part.size()) * bytes.size() / std::max<std::size_t>(1, part.size());
}

// Each candidate of the content's kind on pieces of the block: the one that saves most, of equals the first, or the next where it declines all of the
// block. What the last one made of all of the block is used.
Result<FilteredBlock> BlockFilterer::choose(ByteView raw, ContentKind kind) {
  const ProfileSpan span(options_.profile, ProfileStage::choose);
  if (kind == ContentKind::general || raw.size() < kLeastFilteredBytes) return FilteredBlock{raw, {}};
  std::vector<Trial> trials;  // those that save most first
  const Candidate* last = nullptr;
  FilteredBlock tried{raw, {}};
  const ByteView part = gather(raw, tried_pieces(kind, options_.whole_trials));
  // Any gain counts of pieces of JSON, which have nearly as many columns as all of it.
  const std::int8_t least_gain = kind == ContentKind::json && part.size() != raw.size() ? 1 : kLeastGainPercent;
  const codec::numeric::SharedSearch shared_search(part);
  std::optional<std::size_t> plain;
  for (const Candidate& candidate : kCandidates) {
    if (candidate.kind != kind || (candidate.filter == CodecId::words && !options_.tries_words)) continue;
    if (kind == ContentKind::json && candidate.filter == CodecId::lines && !codec::is_json_by_line(part)) continue;
    tried = apply(part, std::span(&candidate.filter, 1), 0);
    last = &candidate;
    if (tried.steps.empty()) continue;
    if (!plain) {
      NPK_ASSIGN(plain, trial_size(part, kind));
    }
    NPK_ASSIGN(const std::size_t size, trial_size(tried.bytes, kind));
    const std::int8_t gain = percent_saved(*plain, size);
    if (gain >= least_gain) trials.insert(std::ranges::upper_bound(trials, gain, std::ranges::greater(), &Trial::gain), {&candidate, gain});
  }
  for (const auto& [candidate, gain] : trials) {
    if (candidate != last || part.size() != raw.size()) tried = apply(raw, std::span(&candidate->filter, 1), gain);
    for (format::ChainStep& step : tried.steps) step.level = gain;
    if (!tried.steps.empty()) return tried;
  }
  return FilteredBlock{raw, {}};
}

// On parts from the middle of each half of the block, or on all of a small one. Percent, at least 1 where words pay; less than 0 where they lose so
// little that all of a block of text gains, as what it has in common reaches further and has a larger dictionary.
Result<std::int8_t> BlockFilterer::words_gain(ByteView raw) {
  codec::EncoderOptions options = options_.encoder;
  options.step.parameter = kWordTrialBytes;
  options.pages = codec::EncoderPages::current();
  NPK_ASSIGN(const auto encoder, codec::make_encoder(options));
  const bool is_small = raw.size() < 2 * kWordTrials * kWordTrialBytes;
  std::size_t plain_bytes = 0, word_bytes = 0;
  for (std::size_t trial = 0; trial < (is_small ? 1 : kWordTrials); ++trial) {
    const ByteView part = is_small ? raw : raw.subspan((2 * trial + 1) * raw.size() / (2 * kWordTrials) - kWordTrialBytes / 2, kWordTrialBytes);
    NPK_ASSIGN(const auto plain, encoder->encode(part, {}, trial_room_.take(part.size())));
    const FilteredBlock words = apply(part, kWords, 0);
    NPK_ASSIGN(const auto coded, encoder->encode(words.bytes, {}, trial_room_.take(part.size())));
    plain_bytes += plain.value_or(part.size());
    word_bytes += coded.value_or(words.bytes.size());
  }
  if (word_bytes < plain_bytes) return percent_saved(plain_bytes, word_bytes);
  const bool loses_little = !is_small && word_bytes - plain_bytes <= plain_bytes / kMostLossShare;
  return loses_little && codec::WordFilter::is_text(raw) ? std::int8_t{-1} : std::int8_t{0};
}

FilteredBlock BlockFilterer::quick_words(ByteView raw, MutableBytes out, bool only_text) {
  ProfileSpan span(options_.profile, {ProfileStage::filter, CodecId::words});
  const auto length = only_text ? codec::WordFilter::encode_text(raw, out) : codec::WordFilter::encode(raw, out);
  span.add_bytes(raw.size(), length.value_or(raw.size()));
  if (!length) return {raw, {}};
  const auto level = static_cast<std::int8_t>(-percent_saved(raw.size(), *length));
  return {out.first(*length), {{CodecId::words, level, static_cast<std::uint32_t>(*length)}}};
}

// Some of it tells ahead whether all will do, or may.
Result<FilteredBlock> BlockFilterer::long_quick_words(ByteView raw) {
  const MutableBytes out = buffer_.take(most_long_words_bytes(raw.size()));
  const std::size_t some = std::min(raw.size(), kLongWordsTrialBytes);
  const ByteView middle = raw.subspan((raw.size() - some) / 2, some);
  if (!quick_words(middle, out.first(sure_long_words_bytes(some))).steps.empty()) {
    FilteredBlock text = quick_words(raw, out.first(sure_long_words_bytes(raw.size())));
    if (!text.steps.empty()) return text;
  }
  NPK_ASSIGN(const bool repeats, repeats_itself(middle.first(std::min(some, kLongPlainTrialBytes))));
  if (repeats || quick_words(middle, out.first(most_long_words_bytes(some)), false).steps.empty()) return FilteredBlock{raw, {}};
  FilteredBlock block = quick_words(raw, out, false);
  block.may_be_worse = !block.steps.empty();
  return block;
}

// Its repeats are long and near by: words would save nothing.
Result<bool> BlockFilterer::repeats_itself(ByteView part) {
  codec::EncoderOptions options = behind_quick_words(options_.encoder, options_.quick_words.zstd);
  options.pages = codec::EncoderPages::current();
  NPK_ASSIGN(const auto encoder, codec::make_encoder(options));
  NPK_ASSIGN(const auto payload, encoder->encode(part, {}, trial_room_.take(part.size())));
  return payload.value_or(part.size()) <= part.size() / kRepeatsShare;
}

FilteredBlock BlockFilterer::words_of_text(ByteView raw) {
  FilteredBlock block = apply(raw, kWords, 0);
  for (format::ChainStep& step : block.steps) step.level = static_cast<std::int8_t>(-percent_saved(raw.size(), block.bytes.size()));
  return block;
}

Result<FilteredBlock> BlockFilterer::filter(ByteView raw, ContentKind kind, MutableBytes room) {
  room_ = room;
  auto block = filtered(raw, kind);
  trial_encoder_.reset();
  trial_room_ = {};
  gathered_ = {};
  if (!block || comes_back(*block, raw, room, options_.profile)) return block;
  if (options_.not_restored != nullptr) options_.not_restored->fetch_add(1, std::memory_order_relaxed);
  return FilteredBlock{raw, {}};
}

Result<FilteredBlock> BlockFilterer::filtered(ByteView raw, ContentKind kind) {
  if (!options_.forced_filters.empty()) return apply(raw, options_.forced_filters, 0);
  if (options_.choose_filters) {
    NPK_ASSIGN(FilteredBlock chosen, choose(raw, kind));
    if (!chosen.steps.empty()) return chosen;
  }
  if (takes_quick_words(kind) && raw.size() >= kLeastQuickWordBytes) {
    const QuickWords& words = options_.quick_words;
    // What is in a slot ends with it.
    codec::FilterBuffer& buffer = kind == ContentKind::general ? words_buffer_ : buffer_;
    if (raw.size() <= words.most_raw_bytes) return quick_words(raw, buffer.take(words.most_raw_bytes).first(raw.size()));
    if (raw.size() <= words.most_long_raw_bytes) return long_quick_words(raw);
  }
  if (!options_.word_filter) return FilteredBlock{raw, {}};
  NPK_ASSIGN(const std::int8_t gain, words_gain(raw));
  if (gain < 0) return words_of_text(raw);
  return gain > 0 ? apply(raw, kWords, gain) : FilteredBlock{raw, {}};
}

Result<bool> filters_pay(ByteView part, ContentKind kind) {
  const SealOptions options{.encoder = {}, .choose_filters = true};
  Bytes room(kSealHeadroom + part.size());
  codec::FilterBuffer no_words;
  NPK_ASSIGN(const FilteredBlock block, BlockFilterer(options, no_words).filter(part, kind, room));
  return !block.steps.empty();
}

}  // namespace npk::block
