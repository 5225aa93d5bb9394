// Reads chunks back from the files they have been extracted to.
#pragma once

#include "io/descriptor.h"
#include "ops/read/planned_entries.h"
#include "ops/read/stream_chunks.h"
#include "tree/restore.h"

namespace npk::ops {

// One thread; keeps the last file open. Nothing is believed that does not have the chunk's hash.
class ExtractedChunks {
 public:
  ExtractedChunks(const PlannedEntries& entries, tree::TreeWriter& writer) : entries_(entries), writer_(writer) {}

  // `out` has the chunk's length. Errc::corrupt if the file was changed meanwhile.
  [[nodiscard]] Result<void> read(const KnownChunk& chunk, MutableBytes out);

 private:
  const PlannedEntries& entries_;
  tree::TreeWriter& writer_;
  PlannedEntries::Number open_file_ = KnownChunk::kNoFile;
  io::FileDescriptor descriptor_;
};

}  // namespace npk::ops
