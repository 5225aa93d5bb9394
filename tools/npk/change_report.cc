#include "change_report.h"

#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "json_text.h"
#include "npk/ops/hash.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "pack_options.h"
#include "progress_line.h"
#include "rewrite_report.h"

namespace npk::tools {
namespace {

Json json_of(const ops::AppendReport& report, std::chrono::duration<double> time) {
  return {{"format", "npk-append-1"},
          {"generation", report.generation},
          {"changed", !report.changed_nothing},
          {"entries", report.write.totals.entries},
          {"new_entries", report.new_entries},
          {"gone_entries", report.gone_entries},
          {"kept_files", report.kept_files},
          {"input_bytes", report.write.input_bytes},
          {"duplicate_bytes", report.write.duplicate_bytes},
          {"added_bytes", report.added_bytes},
          {"parity_bytes", report.parity_bytes},
          {"cut_bytes", report.cut_bytes},
          {"package_bytes", report.write.package_bytes},
          {"failed_entries", report.write.failed_entries + report.scan_problems},
          {"changed_entries", report.write.changed_entries},
          {"earlier_bytes", report.write.earlier_bytes},
          {"not_restored_blocks", report.write.not_restored_blocks},
          {"content_root", ops::hex_of(report.write.content_root)},
          {"seconds", time.count()}};
}

std::string summary(const ops::AppendReport& report, std::chrono::duration<double> time) {
  if (report.changed_nothing) return fmt::format("generation {} stays: nothing has changed, {}", report.generation, seconds_text(time));
  return fmt::format("generation {}: {} entries ({} new, {} gone), {} read, {} added, {}", report.generation, count_text(report.write.totals.entries),
                     count_text(report.new_entries), count_text(report.gone_entries), bytes_text(report.write.input_bytes),
                     bytes_text(report.added_bytes), seconds_text(time));
}

int say_failure(const Error& error, Messages& messages) {
  const int code = messages.error(error);
  hint_at_keys(error, messages);
  if (error.code == Errc::misuse && error.message.find("is signed") != std::string::npos) messages.hint("--append-to-signed adds to it all the same");
  return error.code == Errc::not_found && error.path.empty() ? kSomeFailed : code;
}

}  // namespace

void define_change(OptionParser& parser, ChangeCommand& command) {
  parser.text("--message", command.append.create.writer.message);
  parser.flag("--append-to-signed", command.append.append_to_signed);
  define_identities(parser, command.keys);
  parser.flag("--json", command.change.json);
  parser.flag("-q,--quiet", command.change.quiet);
  parser.operand("PACKAGE", command.append.package_path);
}

int run_change(ChangeCommand& command, Messages& messages, Io& io) {
  if (const auto timed = set_time(command.append.create, io); !timed) return messages.error(timed.error());
  auto identities = identities_of(command.keys, command.append.package_path);
  if (!identities) return messages.error(identities.error());
  command.append.identities = *std::move(identities);
  return change_package(command.append, command.change, messages, io);
}

int change_package(ops::AppendOptions& append, const ChangeOptions& options, Messages& messages, Io& io) {
  messages.set_quiet(options.quiet);
  append.create.writer.progress = progress_line(io, messages, options.quiet || options.json);
  append.create.writer.problem = [&](const Error& error) { messages.error(error.to_string()); };
  append.create.writer.stop = io.stop;
  append.create.note = [&](const Error& note) { messages.note(note.to_string()); };
  const auto start = io.now();
  const auto report = ops::append(append);
  messages.clear_status_line();
  if (!report) return say_failure(report.error(), messages);
  if (report->cut_bytes != 0) messages.note(fmt::format("{} that a writer left unfinished were cut off first", bytes_text(report->cut_bytes)));
  if (options.json) {
    OutputBuffer out(io.out);
    out.append(json_of(*report, io.now() - start).dump(2) + "\n");
    if (const auto written = out.finish(); !written) return messages.error(written.error());
  } else {
    messages.note(summary(*report, io.now() - start));
  }
  if (report->write.not_restored_blocks != 0) messages.note(not_restored_text(report->write.not_restored_blocks));
  const std::uint64_t failed = report->write.failed_entries + report->scan_problems;
  if (failed != 0) messages.error(fmt::format("{} entries were left out", count_text(failed)));
  return failed == 0 && report->write.changed_entries == 0 ? kDone : kSomeFailed;
}

}  // namespace npk::tools
