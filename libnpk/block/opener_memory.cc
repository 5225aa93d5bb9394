#include "block/opener_memory.h"

#include <algorithm>

#include "codec/decoder.h"
#include "codec/filter_registry.h"
#include "codec/registry.h"
#include "npk/limits.h"

namespace npk::block {
namespace {

void raise(std::uint64_t& most, std::uint64_t bytes) noexcept { most = std::max(most, bytes); }

}  // namespace

void OpenerMemory::add(const format::InnerHeader& header, std::uint64_t needed_bytes) noexcept {
  const bool is_one_filter = std::ranges::count_if(header.chain, [](const format::ChainStep& step) { return codec::find_codec(step.id) == nullptr; }) == 1;
  const std::uint64_t base_bytes = header.base_position == 0 ? 0 : Limits().max_base_raw_bytes;
  std::uint64_t length = header.raw_length;
  std::size_t filter_number = 0;
  for (const format::ChainStep& step : header.chain) {
    const codec::CodecStep codec{step.id, step.level, step.parameter};
    if (const codec::FilterInfo* filter = codec::find_filter(step.id)) {
      raise(filter_bytes_, filter->decoder_memory(length));
      length = std::min<std::uint64_t>(step.parameter, codec::most_filtered_bytes(step.id, length, is_one_filter));
      raise(filtered_bytes_[filter_number++ % filtered_bytes_.size()], length);
    } else if (step.id == format::CodecId::zstd) {
      const bool is_whole = needed_bytes == header.raw_length;  // straight to where it belongs
      raise(zstd_bytes_, codec::decoder_memory_bytes(codec, is_whole ? 0 : length));
    } else if (step.id == format::CodecId::lzma2) {
      raise(lzma_bytes_, codec::decoder_memory_bytes(codec, length, base_bytes));
    }
  }
}

std::uint64_t OpenerMemory::bytes() const noexcept { return filtered_bytes_[0] + filtered_bytes_[1] + filter_bytes_ + zstd_bytes_ + lzma_bytes_; }

std::uint64_t opener_memory_bytes(std::uint64_t raw_block_bytes) {
  const auto dictionary = static_cast<std::uint32_t>(std::min<std::uint64_t>(raw_block_bytes, codec::kMaxLzmaDictionaryBytes));
  const std::uint64_t compressor = std::max(codec::decoder_memory_bytes({format::CodecId::zstd}, raw_block_bytes),
                                            codec::decoder_memory_bytes({format::CodecId::lzma2, 0, dictionary}, raw_block_bytes));
  const std::uint64_t filtered = std::min(raw_block_bytes, codec::kMaxFilteredRawBytes);
  std::uint64_t filter_bytes = 0;
  for (const codec::FilterInfo& filter : codec::filters()) raise(filter_bytes, filter.decoder_memory(filtered));
  // What filters restore from: one buffer for words, which a block of any length may have; two, and what the filter takes, for others.
  return compressor + std::max(raw_block_bytes, 2 * filtered + filter_bytes);
}

}  // namespace npk::block
