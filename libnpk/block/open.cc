#include "block/open.h"

#include <algorithm>
#include <bit>
#include <string>

#include "codec/filter_registry.h"
#include "codec/registry.h"
#include "hash/hash.h"
#include "io/huge_pages.h"

namespace npk::block {
namespace {

std::unexpected<Error> does_not_hold() {
  return fail_corrupt("the hash of a frame's body does not hold");
}

// A zstd frame's window may not be larger than the data it can reach (spec section 5).
std::uint32_t window_log_bound(std::uint64_t raw_bytes, std::uint64_t base_bytes) {
  const std::uint64_t reach = std::max<std::uint64_t>(raw_bytes + base_bytes, 1ULL << codec::kMinZstdWindowLog);
  return static_cast<std::uint32_t>(std::bit_width(reach - 1));
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
  if (opened.header.base_position != 0) return fail_corrupt("a frame that is no block names a base");
  if (opened.header.chain.empty()) return Bytes(opened.payload.begin(), opened.payload.end());
  Bytes raw(static_cast<std::size_t>(opened.header.raw_length));
  NPK_TRY(BlockOpener(bounds).decode(opened, {}, raw));
  return raw;
}

// A chain as this build knows it, in the order of encoding.
struct BlockOpener::Chain {
  struct Filter {
    format::CodecId id;
    codec::FilterDecoder* decoder;
    std::uint64_t input_bytes;   // of the encoder: what is restored
    std::uint64_t output_bytes;  // of the encoder: what it is restored from
  };
  std::array<Filter, 8> filters;
  std::size_t filter_count = 0;
  codec::Decoder* compressor = nullptr;
  format::CodecId compressor_id{};
  std::uint64_t compressed_bytes = 0;  // raw length for the compressor
  ByteView payload;
  ByteView base;
};

// Filters, each with a parameter that says how long its output is, then at most one compressor (spec section 5).
Result<BlockOpener::Chain> BlockOpener::chain_of(const format::InnerHeader& header, std::size_t base_bytes) {
  Chain chain;
  codec::CodecStep compressor;
  chain.compressed_bytes = header.raw_length;
  const bool is_one_filter = std::ranges::count_if(header.chain, [](const format::ChainStep& step) { return codec::find_codec(step.id) == nullptr; }) == 1;
  for (const format::ChainStep& step : header.chain) {
    if (compressor.id != format::CodecId::store) return fail_corrupt("a codec chain goes on behind its compressor");
    if (codec::find_codec(step.id) != nullptr) {
      compressor = {step.id, step.level, step.parameter};
      continue;
    }
    NPK_ASSIGN(codec::FilterDecoder * filter, filters_.get(step.id));
    if (step.parameter > codec::most_filtered_bytes(step.id, chain.compressed_bytes, is_one_filter))
      return fail_corrupt("a filter made a block longer than filters do");
    const bool is_words_alone = step.id == format::CodecId::words && chain.filter_count == 0;
    if (header.raw_length > codec::kMaxFilteredRawBytes && !is_words_alone) return fail_corrupt("a block is too long for its filters");
    if (chain.filter_count == chain.filters.size()) return fail(Errc::limit, "a codec chain has more filters than any may");
    chain.filters[chain.filter_count++] = {step.id, filter, chain.compressed_bytes, step.parameter};
    chain.compressed_bytes = step.parameter;
  }
  if (compressor.id == format::CodecId::zstd && compressor.parameter >= codec::kMinZstdWindowLog && compressor.parameter <= codec::kMaxZstdWindowLog)
    compressor.parameter = std::min(compressor.parameter, window_log_bound(chain.compressed_bytes, base_bytes));
  chain.compressor_id = compressor.id;
  NPK_ASSIGN(chain.compressor, decoders_.get(compressor));
  return chain;
}

Result<void> BlockOpener::decompress(const Chain& chain, MutableBytes out) {
  ProfileSpan span(profile_, {ProfileStage::decompress, chain.compressor_id});
  span.add_bytes(chain.payload.size(), out.size());
  return chain.compressor->decode_prefix(chain.payload, chain.base, chain.compressed_bytes, out);
}

// Restores what filter `step` was given, from what the steps behind it restore.
Result<void> BlockOpener::decode_from(const Chain& chain, std::size_t step, MutableBytes out) {
  if (step == chain.filter_count) return decompress(chain, out);
  const Chain::Filter& filter = chain.filters[step];
  ProfileSpan span(profile_, {ProfileStage::unfilter, filter.id});
  span.add_bytes(0, out.size());
  auto restored = codec::restore_prefix(*filter.decoder, filter.output_bytes, filter.input_bytes, out, [&](std::uint64_t wanted) -> Result<ByteView> {
    const MutableBytes filtered = scratch_[step % scratch_.size()].take(wanted);
    NPK_TRY(decode_from(chain, step + 1, filtered));
    span.add_bytes(filtered.size(), 0);
    return filtered;
  });
  filter.decoder->release();  // opener_memory_bytes() counts what one filter takes
  return restored;
}

MutableBytes BlockOpener::Scratch::take(std::uint64_t length) {
  if (room < length) {
    bytes.reset();
    bytes = std::make_unique_for_overwrite<std::uint8_t[]>(static_cast<std::size_t>(length));
    io::ask_huge_pages({bytes.get(), static_cast<std::size_t>(length)});
    room = length;
  }
  return {bytes.get(), static_cast<std::size_t>(length)};
}

Result<void> BlockOpener::decode(const format::OpenedBody& opened, ByteView base, MutableBytes out) {
  if (out.size() > opened.header.raw_length) return fail(Errc::misuse, "more bytes asked for than the block has");
  if (opened.header.raw_length > limits_.max_block_raw_bytes)
    return fail(Errc::limit, "a block of " + std::to_string(opened.header.raw_length) + " bytes is beyond the limit of " +
                                 std::to_string(limits_.max_block_raw_bytes));
  NPK_ASSIGN(Chain chain, chain_of(opened.header, base.size()));
  chain.payload = opened.payload;
  chain.base = base;
  return decode_from(chain, 0, out);
}

}  // namespace npk::block
