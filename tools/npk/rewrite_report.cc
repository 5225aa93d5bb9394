#include "rewrite_report.h"

#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "opened_package.h"
#include "progress_line.h"

namespace npk::tools {
namespace {

// The file may have become longer: an unfinished end is no part of the package.
std::string sizes_text(const ops::RewriteReport& report) {
  return fmt::format("{} before, {} now", bytes_text(report.old_bytes), bytes_text(report.package_bytes));
}

}  // namespace

void define_rewrite(OptionParser& parser, RewriteCommand& command) {
  parser.flag("-n,--dry-run", command.rewrite.dry_run);
  parser.flag("--pad", command.rewrite.pad);
  parser.text("-o,--output", command.rewrite.output_path);
  parser.number("--threads", command.threads, 1, 1024);
  define_identities(parser, command.keys);
  parser.flag("--json", command.json);
  parser.flag("-q,--quiet", command.quiet);
  parser.excludes("--dry-run", "--output");
  parser.operand("PACKAGE", command.package);
}

Result<void> complete_rewrite(RewriteCommand& command, Messages& messages, Io& io) {
  messages.set_quiet(command.quiet);
  command.rewrite.threads = static_cast<unsigned>(command.threads);
  command.rewrite.stop = io.stop;
  command.rewrite.progress = progress_line(io, messages, command.quiet || command.json);
  NPK_ASSIGN(command.rewrite.identities, identities_of(command.keys, command.package));
  return {};
}

int say_rewrite_failure(const Error& error, Messages& messages) {
  const int code = messages.error(error);
  hint_at_keys(error, messages);
  return code;
}

std::string not_restored_text(std::uint64_t blocks) {
  return fmt::format("{} stored without filters that would not have restored {}: nothing is lost but space; please report this error in npk",
                     blocks == 1 ? "a block is" : fmt::format("{} blocks are", count_text(blocks)), blocks == 1 ? "it" : "them");
}

Json json_of(const ops::RewriteReport& report, const RewriteCommand& command, std::chrono::duration<double> time) {
  return {{"dry_run", command.rewrite.dry_run},
          {"old_bytes", report.old_bytes},
          {"package_bytes", report.package_bytes},
          {"freed_bytes_estimate", report.freed_estimate},
          {"chunks", report.chunks},
          {"dropped_chunks", report.dropped_chunks},
          {"unique_bytes", report.unique_bytes},
          {"dropped_bytes", report.dropped_bytes},
          {"copied_blocks", report.copied_blocks},
          {"rewritten_blocks", report.rewritten_blocks},
          {"kept_signatures", report.kept_signatures},
          {"cut_bytes", report.cut_bytes},
          {"not_restored_blocks", report.not_restored_blocks},
          {"seconds", time.count()}};
}

void say_rewrite(const ops::RewriteReport& report, const RewriteCommand& command, std::chrono::duration<double> time, Messages& messages) {
  if (report.cut_bytes != 0) messages.note(fmt::format("{} that a writer left unfinished were cut off first", bytes_text(report.cut_bytes)));
  if (command.rewrite.dry_run) {
    messages.note(fmt::format("{} of {} are needed; about {} of stored data would be freed, and what small blocks and old pages take",
                              bytes_text(report.unique_bytes), bytes_text(report.unique_bytes + report.dropped_bytes), bytes_text(report.freed_estimate)));
    return;
  }
  messages.note(fmt::format("{}: {}; {} blocks copied, {} packed anew, {}", command.rewrite.output_path.empty() ? command.package : command.rewrite.output_path,
                            sizes_text(report), count_text(report.copied_blocks), count_text(report.rewritten_blocks), seconds_text(time)));
  if (report.not_restored_blocks != 0) messages.note(not_restored_text(report.not_restored_blocks));
  if (report.kept_signatures != 0)
    messages.note(fmt::format("{} of the form it had {} now: `npk sign` signs the new one",
                              report.kept_signatures == 1 ? "a signature" : fmt::format("{} signatures", report.kept_signatures),
                              report.kept_signatures == 1 ? "is a record" : "are records"));
}

}  // namespace npk::tools
