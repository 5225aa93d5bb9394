#include "verbs.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <new>

#include "exit_code.h"
#include "output_buffer.h"

namespace npk::tools {
namespace {

constexpr std::array<Verb, 28> kVerbs = {{
    {"pack", "make a package of files and directories", run_pack},
    {"append", "add to a package, or bring it up to date", run_append},
    {"list", "list what is in a package", run_list},
    {"extract", "get files and directories back", run_extract},
    {"cat", "write a file's content to standard output", run_cat},
    {"seek", "read bytes at any place of a file, and show what that costs", run_seek},
    {"info", "totals, ratio, and what takes the room", run_info},
    {"report", "a page for a browser: what takes the room, and the time", run_report},
    {"verify", "check every byte, every reference and every hash", run_verify},
    {"protect", "add parity, to repair a package from", run_protect},
    {"repair", "mend a damaged package that has parity", run_repair},
    {"recover", "save what can be had of a damaged package", run_recover},
    {"sign", "say with a key of minisign that it is yours", run_sign},
    {"rekey", "seal a package anew, with fresh keys", run_rekey},
    {"log", "list the generations of a package", run_log},
    {"diff", "what is different between packages or generations", run_diff},
    {"revert", "make an older generation the newest again", run_revert},
    {"remove", "take entries out, from the next generation on", run_remove},
    {"rename", "give entries other paths, from the next generation on", run_rename},
    {"tag", "tags of entries and of the package, and what it is", run_tag},
    {"comment", "comments on entries and on the package", run_comment},
    {"compact", "drop generations, and what no other needs", run_compact},
    {"recompress", "compress the data anew, with other options", run_recompress},
    {"purge", "take entries out of all of the history", run_purge},
    {"hash", "print digests as b3sum does", run_hash},
    {"accel", "devices for heavy work, and how fast each is", run_accel},
    {"key", "say who may open a sealed package", run_key},
    {"gen", "make data up: objects and trees to test with", run_gen},
}};

std::string overview() {
  std::string text = "usage: npk VERB [OPTION]... PACKAGE [ARGUMENT]...\n\n";
  for (const Verb& verb : kVerbs) text += fmt::format("  {:<12}{}\n", verb.name, verb.summary);
  text += "\n`npk VERB --help` says more about each; `npk --version` tells the version.\n\n"
          "examples:\n"
          "  npk pack src.npk src            the directory src into src.npk\n"
          "  npk extract -C /tmp src.npk     and out of it again, below /tmp\n\n"
          "exit codes: 0 done, 1 some entries failed, 2 usage, 3 damaged or not a package,\n"
          "            4 wrong or missing key, 5 input/output\n";
  return text;
}

int print(std::string_view text, Io& io) {
  OutputBuffer out(io.out);
  out.append(text);
  const auto written = out.finish();
  return written ? kDone : Messages(io, "").error(written.error());
}

int run_verb(std::string_view name, const Arguments& arguments, Io& io) {
  const auto verb = std::ranges::find(kVerbs, name, &Verb::name);
  if (verb != kVerbs.end()) return verb->run(arguments, io);
  Messages messages(io, "");
  messages.error(fmt::format("there is no verb '{}'", name));
  messages.hint("npk --help lists the verbs");
  return kUsage;
}

}  // namespace

std::span<const Verb> verbs() noexcept { return kVerbs; }

int run_command(const Arguments& arguments, Io& io) {
  if (arguments.empty()) {
    static_cast<void>(io.err.write(as_bytes(overview())));
    return kUsage;
  }
  const std::string& first = arguments.front();
  if (first == "-h" || first == "--help" || (first == "help" && arguments.size() == 1)) return print(overview(), io);
  if (first == "--version") return print("npk " NPK_VERSION " (package format 1)\n", io);
  try {
    return first == "help" ? run_verb(arguments[1], {"--help"}, io) : run_verb(first, Arguments(arguments.begin() + 1, arguments.end()), io);
  } catch (const std::bad_alloc&) {
    Messages(io, first).error("not enough memory");
    return kInputOutput;
  }
}

}  // namespace npk::tools
