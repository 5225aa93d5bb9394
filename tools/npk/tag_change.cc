#include "tag_change.h"

#include "pack_options.h"

namespace npk::tools {

void define_tag_command(OptionParser& parser, TagCommand& command) {
  parser.text("--message", command.append.create.writer.message);
  parser.flag("--append-to-signed", command.append.append_to_signed);
  parser.flag("--json", command.change.json);
  parser.flag("-q,--quiet", command.change.quiet);
  define_reading(parser, command.reading);
  parser.operand("PACKAGE", command.append.package_path);
}

std::string stored_path(std::string_view given) {
  while (given.starts_with("./")) given.remove_prefix(2);
  while (given.starts_with('/')) given.remove_prefix(1);
  while (given.ends_with('/')) given.remove_suffix(1);
  return std::string(given);
}

int run_tag_change(TagCommand& command, Messages& messages, Io& io) {
  if (command.reading.at || command.reading.spool_bytes || command.reading.expectation.expects_anything())
    return messages.error(Error{.code = Errc::misuse,
                                .message = "--at, --spool, --signer and --expect-commit are for reading: a change is made to the newest generation",
                                .path = {}});
  ChangeCommand change{.append = std::move(command.append), .change = command.change, .keys = command.reading.keys};
  return run_change(change, messages, io);
}

}  // namespace npk::tools
