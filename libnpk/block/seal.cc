#include "block/seal.h"

#include <algorithm>

#include "codec/word_filter.h"
#include "npk/format/frame.h"

namespace npk::block {
namespace {

constexpr std::size_t kLeastGainShift = 6;  // 1/64: below it the reader's time is worth more than the space

static_assert(kSealHeadroom >= 64 + format::kInnerHeaderFixedBytes + 2 * format::kChainStepBytes);

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

format::ChainStep chain_step(const codec::CodecStep& step) { return {step.id, step.level, step.parameter}; }

}  // namespace

Result<BlockSealer> BlockSealer::create(const SealOptions& options) {
  NPK_ASSIGN(auto encoder, codec::make_encoder(options.encoder));
  return BlockSealer(std::move(encoder), options);
}

std::optional<std::size_t> BlockSealer::filter(ByteView raw) {
  if (!word_filter_ || raw.size() > codec::kMaxWordFilterBytes) return std::nullopt;
  if (filtered_room_ < raw.size()) {
    filtered_ = std::make_unique_for_overwrite<std::uint8_t[]>(raw.size());
    filtered_room_ = raw.size();
  }
  ProfileSpan span(profile_, {ProfileStage::filter, format::CodecId::words});
  const auto filtered = codec::WordFilter::encode(raw, {filtered_.get(), raw.size()});
  span.add_bytes(raw.size(), filtered.value_or(raw.size()));
  return filtered;
}

// What does not fit is stored: it goes on at its own length.
Result<std::optional<std::size_t>> BlockSealer::compress(ByteView input, ByteView base, MutableBytes room) {
  const codec::CodecStep step = encoder_->step();
  ProfileSpan span(profile_, {ProfileStage::compress, step.id, step.level});
  span.sample(input);
  auto payload = encoder_->encode(input, base, room);
  if (payload) span.add_bytes(input.size(), payload->value_or(input.size()));
  return payload;
}

Result<ByteView> BlockSealer::seal(MutableBytes buffer, const Base& base, MutableBytes room, bool try_compression) {
  const ByteView raw = buffer.subspan(kSealHeadroom);
  const std::size_t least_gain = std::max<std::size_t>(raw.size() >> kLeastGainShift, 2 * format::kChainStepBytes + 1);
  if (!try_compression || encoder_->step().id == format::CodecId::store || raw.size() <= least_gain) return store(buffer);
  format::InnerHeader header{.raw_length = raw.size(), .base_position = base.position};
  const auto filtered = filter(raw);
  if (filtered) header.chain.push_back({format::CodecId::words, 0, static_cast<std::uint32_t>(*filtered)});
  const ByteView input = filtered ? ByteView(filtered_.get(), *filtered) : raw;
  NPK_ASSIGN(const auto payload, compress(input, base.raw, room.subspan(kSealHeadroom, raw.size() - least_gain)));
  if (!payload) return store(buffer);
  header.chain.push_back(chain_step(encoder_->step()));
  return finish(header, room, *payload);
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
