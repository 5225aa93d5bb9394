// Packs trees of files into a new package.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "npk/limits.h"
#include "npk/recipients.h"
#include "npk/writer.h"

namespace npk::ops {

// Something to pack. Stored as tar stores it: as given, without a leading '/' or "./"; of "." only what is inside.
struct InputPath {
  std::string path;
  std::string base_directory = ".";  // what `path` is relative to
};

struct CreateOptions {
  std::vector<InputPath> inputs;
  SequentialSource* standard_input = nullptr;      // one more entry, read to its end; the caller's
  std::string standard_input_name = "stdin";       // its path in the package
  std::vector<std::string> excludes, includes;     // globs: `*` matches '/'; see libnpk/tree/glob.h
  std::string package_path;                        // written under a temporary name beside it, renamed when whole and synced;
                                                   // never packed into itself
  // Written under `.NAME.npk-partial` instead, which stays when the call fails or the process is killed; another call
  // with this set takes from there what it would make the same, whatever has changed meanwhile, and ends with the same
  // bytes as if there had been nothing. Blocks not yet in a chunk page (64 MiB of input at most) are made again. misuse
  // for a sink, and if the run before compressed with other options or library versions.
  bool resume = false;
  std::shared_ptr<const std::vector<Identity>> identities = {};  // with `resume`: what opens the sealed package that was begun
  Sink* sink = nullptr;                            // instead of package_path: a pipe; the caller's
  WriterOptions writer;                            // writer.reproducible also leaves out owners and clamps times to writer.time_seconds
                                                   // where clamp_times is set
  // Also keeps files' inode numbers and ctimes, by which append() knows what has not changed; not with writer.reproducible.
  // writer.time_seconds must not be later than the call then. A copy of the tree gives other bytes.
  bool hints = false;
  bool clamp_times = false;                        // no entry is newer than writer.time_seconds (SOURCE_DATE_EPOCH)
  unsigned recovery_percent = 0;                   // parity as by protect(); 0: none. Not with a sink: a second pass reads the package
  Limits limits;
  ProblemCallback note;                            // nothing is missing, but worth a word: a socket left out, a leading '/' removed
};

struct CreateReport {
  WriteReport write;
  std::uint64_t parity_bytes = 0;   // write.package_bytes has them, too
  std::uint64_t scan_problems = 0;  // named entries or directories that could not be scanned
};

// Problems with single entries go to options.writer.problem and into the report; the rest is packed.
// Fails as a whole: misuse (options; parity for a package_path that is no regular file), not_found (nothing that was named can be read),
// limit (memory), cancelled, io (the package can't be written; nothing appears under its name).
[[nodiscard]] Result<CreateReport> create(const CreateOptions& options);

}  // namespace npk::ops
