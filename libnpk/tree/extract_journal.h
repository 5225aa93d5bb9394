// Says, in a target directory, since when a run has been extracting which package there, so that another run tells what
// that one made from what was there before.
#pragma once

#include <memory>
#include <string>

#include "io/descriptor.h"
#include "npk/result.h"
#include "tree/file_age.h"

namespace npk::tree {

class ExtractJournal {
 public:
  // `.npk-resume` in `directory`, made if missing; locked. `what`: a line that names the package. Errors: misuse, if a
  // run was stopped here that extracted another; io, also when another process extracts here.
  [[nodiscard]] static Result<ExtractJournal> open(const std::string& directory, const std::string& what);

  // What was made since then was made by this run or those it goes on with.
  [[nodiscard]] const Moment& begun() const noexcept { return begun_; }
  // Whether what a run before finished is on the disk as it left it: the machine has not been restarted.
  [[nodiscard]] bool is_trusted() const noexcept { return is_trusted_; }
  // Everything has been extracted.
  [[nodiscard]] Result<void> remove();

 private:
  std::string path_;
  io::FileDescriptor file_;
  Moment begun_;
  bool is_trusted_ = false;
};

}  // namespace npk::tree
