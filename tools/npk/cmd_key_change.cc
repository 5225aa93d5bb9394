// npk key add, remove and import: in place.
#include <fmt/format.h>

#include <charconv>

#include "cmd_key.h"
#include "exit_code.h"
#include "npk/age.h"
#include "npk/files.h"

namespace npk::tools {
namespace key_change_verb {
namespace {

struct Common {
  std::string package;
  IdentityOptions keys;
  bool quiet = false;
};

void define(OptionParser& parser, Common& common) {
  define_identities(parser, common.keys);
  parser.flag("-q,--quiet", common.quiet);
  parser.operand("PACKAGE", common.package);
}

std::string state_text(const ops::KeyReport& report) {
  return fmt::format("{} {} now, epoch {}", report.live_envelopes, report.live_envelopes == 1 ? "envelope" : "envelopes", report.epoch);
}

int finish(const Result<ops::KeyReport>& report, const std::string& done, Messages& messages) {
  if (!report) return key_failure(report.error(), messages);
  messages.note(fmt::format("{}; {}", done, state_text(*report)));
  return kDone;
}

// As text; files too. Errors: as recipients_of.
Result<std::vector<std::string>> texts_of(const RecipientOptions& options, const std::string& package) {
  NPK_ASSIGN(const auto recipients, recipients_of(options, package));
  std::vector<std::string> texts;
  if (recipients == nullptr) return texts;
  for (const Recipient& recipient : *recipients) texts.push_back(recipient.text());
  return texts;
}

Result<std::vector<std::size_t>> numbers_of(const std::vector<std::string>& texts) {
  std::vector<std::size_t> numbers;
  for (const std::string& text : texts) {
    std::size_t& number = numbers.emplace_back();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0)
      return fail(Errc::misuse, "--envelope: '" + text + "' is not a number from 1 on");
  }
  return numbers;
}

Result<Bytes> read_all(SequentialSource& source) {
  Bytes bytes(kMaxAgeFileBytes + 1);
  std::size_t size = 0;
  for (std::size_t count = 1; count != 0 && size < bytes.size(); size += count) {
    NPK_ASSIGN(count, source.read(MutableBytes(bytes).subspan(size)));
  }
  bytes.resize(size);
  return bytes;
}

Result<Bytes> read_age_file(const std::string& path, Io& io) {
  if (path == "-") return read_all(io.in);
  NPK_ASSIGN(const auto source, open_file_source(path));
  return read_all(*sequential_source(source));
}

Result<ops::KeyReport> import(const Common& common, const std::string& age_file, std::size_t replaced, Io& io) {
  NPK_ASSIGN(const ops::KeyOptions options, key_options(common.keys, common.package));
  NPK_ASSIGN(const Bytes bytes, read_age_file(age_file, io));
  return ops::import_envelope(common.package, bytes, replaced, options);
}

Result<ops::KeyReport> add(const Common& common, const RecipientOptions& added) {
  NPK_ASSIGN(const ops::KeyOptions options, key_options(common.keys, common.package));
  NPK_ASSIGN(const auto recipients, recipients_of(added, common.package + ", the new one"));
  if (recipients == nullptr) return fail(Errc::misuse, "nobody to add: -r, -R or --new-passphrase says whom");
  return ops::add_recipients(common.package, *recipients, options);
}

Result<ops::KeyReport> remove(const Common& common, const RecipientOptions& gone, const std::vector<std::string>& envelopes) {
  ops::RemovedKeys removed;
  NPK_ASSIGN(removed.recipients, texts_of(gone, common.package));
  NPK_ASSIGN(removed.envelopes, numbers_of(envelopes));
  if (removed.recipients.empty() && removed.envelopes.empty())
    return fail(Errc::misuse, "nobody to remove: -r, -R or --envelope says whom");
  NPK_ASSIGN(const ops::KeyOptions options, key_options(common.keys, common.package));
  return ops::remove_recipients(common.package, removed, options);
}

}  // namespace
}  // namespace key_change_verb

int run_key_add(const Arguments& arguments, Io& io) {
  using namespace key_change_verb;
  Messages messages(io, "key add");
  OptionParser parser(key_help(), messages);
  Common common;
  RecipientOptions added;
  define(parser, common);
  parser.texts("-r,--recipient", added.recipients);
  parser.texts("-R,--recipients-file", added.files);
  parser.flag("--new-passphrase", added.passphrase);
  parser.number("--new-passphrase-fd", added.descriptor, 0, 65'535);
  parser.excludes("--new-passphrase", "--new-passphrase-fd");
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(common.quiet);
  return finish(add(common, added), "added", messages);
}

int run_key_remove(const Arguments& arguments, Io& io) {
  using namespace key_change_verb;
  Messages messages(io, "key remove");
  OptionParser parser(key_help(), messages);
  Common common;
  RecipientOptions gone;
  std::vector<std::string> envelopes;
  define(parser, common);
  parser.texts("-r,--recipient", gone.recipients);
  parser.texts("-R,--recipients-file", gone.files);
  parser.texts("--envelope", envelopes);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(common.quiet);
  const int code = finish(remove(common, gone, envelopes), "removed", messages);
  if (code == kDone)
    messages.note("what they could read they still can, from this file too until `npk rekey`, and for ever from copies; what is "
                  "added from now on is sealed under a key they don't have");
  return code;
}

int run_key_import(const Arguments& arguments, Io& io) {
  using namespace key_change_verb;
  Messages messages(io, "key import");
  OptionParser parser(key_help(), messages);
  Common common;
  std::string age_file;
  std::uint64_t replaced = 0;
  define(parser, common);
  parser.number("--replace", replaced, 1);
  parser.operand("AGEFILE", age_file);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(common.quiet);
  const auto report = import(common, age_file, replaced, io);
  const int code = finish(report, "imported", messages);
  if (report && !report->was_checked)
    messages.error("warning: no identity given opens the age file, so nobody has seen whether the package's keys are in it");
  return code;
}

}  // namespace npk::tools
