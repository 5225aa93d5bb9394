// What `npk tag` and `npk comment` take alike: reading options, and those of a change.
#pragma once

#include "change_report.h"
#include "opened_package.h"

namespace npk::tools {

struct TagCommand {
  ops::AppendOptions append;
  ChangeOptions change;
  ReadingOptions reading;
};

// But for the operands behind PACKAGE.
void define_tag_command(OptionParser& parser, TagCommand& command);
// As the library names entries.
[[nodiscard]] std::string stored_path(std::string_view given);
// Makes the change. The exit code.
[[nodiscard]] int run_tag_change(TagCommand& command, Messages& messages, Io& io);

}  // namespace npk::tools
