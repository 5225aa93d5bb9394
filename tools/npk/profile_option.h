// --profile FILE: where the time goes, in the form that FILE's name ends in.
#pragma once

#include <memory>
#include <string>

#include "npk/accel.h"
#include "npk/profile.h"
#include "option_parser.h"

namespace npk::tools {

class ProfileOption {
 public:
  void define(OptionParser& parser) { parser.text("--profile", path_); }
  // Before the work: null without the option. misuse: the name's end says no form, or FILE is the package.
  [[nodiscard]] Result<std::shared_ptr<Profile>> begin(const std::string& package);
  // What the operation used of devices; in the forms json and txt.
  void note_device(const AccelUse& use) { accel_ = use; }
  // After it: FILE appears, whole. Nothing without the option.
  [[nodiscard]] Result<void> write() const;
  // write(), what is wrong said; `code` if it was kDone or the file could be written.
  [[nodiscard]] int finish(int code, Messages& messages) const;

 private:
  std::optional<std::string> path_;
  std::shared_ptr<Profile> profile_;
  AccelUse accel_;
};

}  // namespace npk::tools
