// Made-up trees (npk/synth_tree.h) on disk, and in packages without a disk.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "npk/progress.h"
#include "npk/synth_tree.h"
#include "npk/writer.h"

namespace npk::ops {

struct GenerateOptions {
  std::string directory;               // made if it is not there; its parent must be
  std::uint32_t generation = 0;
  // The directory holds this generation of the same tree, as left by a call before: only what is different is written, moved or removed.
  // Otherwise no file of the tree may be there (Errc::exists).
  std::optional<std::uint32_t> from;
  unsigned threads = 0;                // 0: as many as processors; never changes the tree
  ProgressCallback progress;           // done only
  std::stop_token stop;
};

struct GenerateReport {
  std::uint64_t directories = 0;       // made
  std::uint64_t files = 0, bytes = 0;  // written
  std::uint64_t moved_files = 0, removed_files = 0;
};

// Files of mode 0644 and directories of 0755, less the umask. Stops at the first error, and leaves what it has written.
[[nodiscard]] Result<GenerateReport> generate_tree(const synth::Tree& made, const GenerateOptions& options);

// The tree as a package: its entries' content is made when the writer wants to read it. Under 400 bytes of memory an entry, with the writer's own.
// Owners are not recorded. Errors as PackageWriter.
[[nodiscard]] Result<WriteReport> pack_generated_tree(const synth::Tree& made, std::uint32_t generation, Sink& package, const WriterOptions& options);

}  // namespace npk::ops
