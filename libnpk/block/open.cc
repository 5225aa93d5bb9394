#include "block/open.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <span>

#include "codec/registry.h"
#include "hash/hash.h"

namespace npk::block {
namespace {

std::unexpected<Error> does_not_hold() {
  return fail(Errc::corrupt, "the hash of a frame's body does not hold");
}

// A zstd frame's window may not be larger than the data it can reach (spec section 5).
std::uint32_t window_log_bound(std::uint64_t raw_bytes, std::uint64_t base_bytes) {
  const std::uint64_t reach = std::max<std::uint64_t>(raw_bytes + base_bytes, 1ULL << codec::kMinZstdWindowLog);
  return static_cast<std::uint32_t>(std::bit_width(reach - 1));
}

// A chain as this build knows it: perhaps the words filter, then at most one compressor.
struct Chain {
  std::optional<std::uint64_t> filtered_length;  // set: the words filter comes first
  codec::CodecStep compressor;                   // store if there is none
};

Result<Chain> chain_of(const format::InnerHeader& header, std::size_t base_bytes) {
  Chain chain;
  std::span<const format::ChainStep> steps = header.chain;
  if (!steps.empty() && steps.front().id == format::CodecId::words) {
    chain.filtered_length = steps.front().parameter;
    if (*chain.filtered_length > header.raw_length) return fail(Errc::corrupt, "a filtered block is longer than its raw length");
    steps = steps.subspan(1);
    if (steps.empty() || header.base_position != 0) return fail(Errc::corrupt, "a words filter without a compressor behind it, or with a base");
  }
  for (const format::ChainStep& step : steps) {
    if (step.id == format::CodecId::words) return fail(Errc::corrupt, "a words filter that is not the first step of its chain");
    if (codec::find_codec(step.id) == nullptr) return codec::unknown_codec(step.id);
  }
  if (steps.empty()) return chain;
  if (steps.size() > 1) return fail(Errc::corrupt, "a codec chain has more than one compressor");
  const format::ChainStep& step = steps.front();
  chain.compressor = {step.id, step.level, step.parameter};
  if (step.id == format::CodecId::zstd && step.parameter >= codec::kMinZstdWindowLog && step.parameter <= codec::kMaxZstdWindowLog)
    chain.compressor.parameter = std::min(step.parameter, window_log_bound(chain.filtered_length.value_or(header.raw_length), base_bytes));
  return chain;
}

}  // namespace

BodyCheck body_check_of(const Digest& body_hash) noexcept {
  BodyCheck check;
  std::copy_n(body_hash.begin(), check.size(), check.begin());
  return check;
}

Result<void> check_body(ByteView body, const Digest& expected) {
  if (hash::blake3(body) != expected) return does_not_hold();
  return {};
}

Result<Digest> check_body(ByteView body, const BodyCheck& expected) {
  const Digest found = hash::blake3(body);
  if (body_check_of(found) != expected) return does_not_hold();
  return found;
}

Result<Bytes> open_page(ByteView body, const Limits& limits) {
  Limits bounds = limits;
  bounds.max_block_raw_bytes = limits.max_page_raw_bytes;
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(body, bounds));
  if (opened.header.base_position != 0) return fail(Errc::corrupt, "a frame that is no block names a base");
  if (opened.header.chain.empty()) return Bytes(opened.payload.begin(), opened.payload.end());
  Bytes raw(static_cast<std::size_t>(opened.header.raw_length));
  NPK_TRY(BlockOpener(bounds).decode(opened, {}, raw));
  return raw;
}

std::uint64_t opener_memory_bytes(std::uint64_t raw_block_bytes) {
  constexpr std::uint64_t kMostDictionaryBytes = 1ULL << 30;
  const auto dictionary = static_cast<std::uint32_t>(std::min(raw_block_bytes, kMostDictionaryBytes));
  const std::uint32_t window = std::min(window_log_bound(raw_block_bytes, 0), codec::kMaxZstdWindowLog);
  const std::uint64_t compressor = std::max(
      codec::decoder_memory_bytes({format::CodecId::zstd, 0, std::max(window, codec::kMinZstdWindowLog)}, raw_block_bytes),
      codec::decoder_memory_bytes({format::CodecId::lzma2, 0, dictionary}, raw_block_bytes));
  return compressor + raw_block_bytes;  // what the words filter restores from
}

Result<void> BlockOpener::decode(const format::OpenedBody& opened, ByteView base, MutableBytes out) {
  NPK_ASSIGN(const Chain chain, chain_of(opened.header, base.size()));
  NPK_ASSIGN(codec::Decoder * decoder, decoders_.get(chain.compressor));
  const std::uint64_t raw_length = opened.header.raw_length;
  if (!chain.filtered_length) return decoder->decode_prefix(opened.payload, base, raw_length, out);
  const std::uint64_t filtered_length = *chain.filtered_length;
  return words_.decode_prefix(filtered_length, raw_length, out, [&](MutableBytes prefix) {
    return decoder->decode_prefix(opened.payload, base, filtered_length, prefix);
  });
}

}  // namespace npk::block
