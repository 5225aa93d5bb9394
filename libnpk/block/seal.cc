#include "block/seal.h"

#include <algorithm>

#include "npk/format/frame.h"

namespace npk::block {
namespace {

constexpr std::size_t kLeastGainShift = 6;  // 1/64: below it the reader's time is worth more than the space

static_assert(kSealHeadroom == format::kInnerHeaderFixedBytes + format::kChainStepBytes);

void write_header(const format::InnerHeader& header, MutableBytes to) {
  Bytes bytes;
  format::encode_inner_header(header, bytes);
  std::ranges::copy(bytes, to.begin());
}

ByteView store(MutableBytes buffer) {
  constexpr std::size_t kUnused = kSealHeadroom - format::kInnerHeaderFixedBytes;
  write_header({.raw_length = buffer.size() - kSealHeadroom}, buffer.subspan(kUnused));
  return buffer.subspan(kUnused);
}

}  // namespace

Result<BlockSealer> BlockSealer::create(const codec::EncoderOptions& options) {
  NPK_ASSIGN(auto encoder, codec::make_encoder(options));
  return BlockSealer(std::move(encoder));
}

Result<ByteView> BlockSealer::seal(MutableBytes buffer, const Base& base, MutableBytes room, bool try_compression) {
  const ByteView raw = buffer.subspan(kSealHeadroom);
  const std::size_t least_gain = std::max<std::size_t>(raw.size() >> kLeastGainShift, format::kChainStepBytes + 1);
  if (!try_compression || encoder_->step().id == format::CodecId::store || raw.size() <= least_gain) return store(buffer);
  NPK_ASSIGN(const auto payload, encoder_->encode(raw, base.raw, room.subspan(kSealHeadroom, raw.size() - least_gain)));
  if (!payload) return store(buffer);
  const codec::CodecStep step = encoder_->step();
  write_header({.raw_length = raw.size(), .base_position = base.position, .chain = {{step.id, step.level, step.parameter}}}, room);
  return room.first(kSealHeadroom + *payload);
}

Result<Bytes> seal_page(ByteView raw, int level) {
  NPK_ASSIGN(BlockSealer sealer, BlockSealer::create({.step = {format::CodecId::zstd, static_cast<std::int8_t>(level), 0}}));
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
