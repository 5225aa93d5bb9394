#include "ops/read/extracted_chunks.h"

#include <string>

#include "block/open.h"

namespace npk::ops {

Result<void> ExtractedChunks::read(const KnownChunk& chunk, MutableBytes out) {
  const std::string_view path = entries_.path(chunk.home_file);
  if (open_file_ != chunk.home_file) {
    NPK_ASSIGN(descriptor_, writer_.open_for_reading(path));
    open_file_ = chunk.home_file;
  }
  NPK_ASSIGN(const std::size_t count, io::read_fully_at(descriptor_.get(), chunk.home_offset, out, path));
  if (count == out.size() && block::check_body(out, chunk.hash)) return {};
  return fail(Errc::corrupt, "its data came with " + std::string(path) + ", which was changed since it was extracted");
}

}  // namespace npk::ops
