#include "package/reader/stream/source_content.h"

#include <algorithm>
#include <string>

#include "package/reader/cache/chunk_buffer.h"

namespace npk::reader {

Result<void> SourceContent::read(std::uint64_t offset, MutableBytes out, const ContentRequest& /*request*/,
                                 ReadCost& cost) const {
  const auto begun = std::chrono::steady_clock::now();
  NPK_ASSIGN(const std::size_t count, source_->read_at(offset, out));
  cost.decoding += std::chrono::steady_clock::now() - begun;
  cost.stored_bytes += count;
  if (count == out.size()) return {};
  Error error{.code = Errc::truncated,
              .message = "the source ends before the " + std::to_string(size_) + " bytes it had when it was opened"};
  return std::unexpected(std::move(error).at(offset + count).in(source_->name()));
}

Result<Extent> SourceContent::extent_at(std::uint64_t offset, const ContentRequest& /*request*/) const {
  const std::uint64_t begin = offset - offset % piece_bytes_;
  return Extent{begin, begin + std::min(piece_bytes_, size_ - begin), begin / piece_bytes_, 0};
}

Result<Unit> SourceContent::load(const Extent& extent, std::uint64_t needed_bytes, const ContentRequest& request,
                                 ReadCost& cost) const {
  NPK_ASSIGN(const ChunkBuffer buffer, ChunkBuffer::get(pool_.get(), static_cast<std::size_t>(needed_bytes)));
  NPK_TRY(read(extent.begin, buffer.bytes(), request, cost));
  return Unit{buffer.bytes(), buffer.keeper()};
}

}  // namespace npk::reader
