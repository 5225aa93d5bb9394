// Manifests of the newest generation in a package that is written anew: an entry is named once its last chunk is there.
#pragma once

#include <vector>

#include "npk/reader.h"
#include "ops/write/rewrite/expansion_count.h"
#include "ops/write/rewrite/generation_rows.h"
#include "package/writer/frame_writer.h"

namespace npk::ops {

// Memory: 8 bytes an entry. One thread.
class ManifestQueue {
 public:
  // All outlive it. Errors: as reading; limit (more than 4,294,967,295 entries or chunks).
  [[nodiscard]] static Result<ManifestQueue> make(const PackageReader& newest, const GenerationRows& rows, int page_level,
                                                  writer::FrameWriter& to);

  // Those whose chunks, by their old numbers, all lie before `old_chunk_end`. The first manifest has the places of the chunks of `leaf`, which was
  // written just before; so there is one, be it without entries. No leaf: none was.
  [[nodiscard]] Result<void> write_up_to(std::uint64_t old_chunk_end, const format::ChunkPage* leaf);

 private:
  struct Entry {
    std::uint32_t chunk_end = 0;  // old number behind its last; 0: no chunks
    std::uint32_t number = 0;
  };
  ManifestQueue(const PackageReader& newest, const GenerationRows& rows, int page_level, writer::FrameWriter& to)
      : newest_(&newest), rows_(&rows), page_level_(page_level), to_(&to) {}
  [[nodiscard]] Result<void> collect();
  [[nodiscard]] Result<std::size_t> write_one(std::span<const Entry> entries, const format::ChunkPage* leaf);

  const PackageReader* newest_;
  const GenerationRows* rows_;
  int page_level_;
  writer::FrameWriter* to_;
  std::vector<Entry> entries_;  // by chunk_end
  std::size_t written_ = 0;
  ExpansionCount expansion_;
};

}  // namespace npk::ops
