// npk key list and export: what can be seen without changing anything.
#include <fmt/format.h>

#include "cmd_key.h"
#include "exit_code.h"
#include "json_text.h"
#include "npk/files.h"
#include "output_buffer.h"

namespace npk::tools {
namespace key_show_verb {
namespace {

using ops::EnvelopeInfo;

Json json_of(const EnvelopeInfo& envelope, std::size_t number) {
  Json json = {{"number", number},
               {"position", envelope.position},
               {"bytes", envelope.bytes},
               {"stanzas", Json::array()},
               {"opens", envelope.is_open},
               {"own", envelope.is_own},
               {"complete", envelope.is_complete}};
  for (const std::string& stanza : envelope.stanzas) json["stanzas"].push_back(to_utf8(stanza));
  Json& recipients = json["recipients"] = Json::array();
  for (const std::string& recipient : envelope.recipients) recipients.push_back(to_utf8(recipient));
  json["epochs"] = envelope.epochs;
  if (envelope.problem) json["problem"] = to_utf8(envelope.problem->to_string());
  return json;
}

Json json_of(const std::vector<EnvelopeInfo>& envelopes) {
  Json list = Json::array();
  for (std::size_t i = 0; i < envelopes.size(); ++i) list.push_back(json_of(envelopes[i], i + 1));
  return {{"format", "npk-key-list-1"}, {"envelopes", std::move(list)}};
}

// "2 X25519, 1 ssh-ed25519"
std::string kinds_text(const EnvelopeInfo& envelope) {
  std::vector<std::pair<std::string, std::size_t>> kinds;
  for (const std::string& stanza : envelope.stanzas) {
    if (kinds.empty() || kinds.back().first != stanza) kinds.emplace_back(stanza, 0);
    ++kinds.back().second;
  }
  std::string text;
  for (const auto& [kind, count] : kinds) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, printable(kind));
  return text.empty() ? "no age file" : text;
}

std::string epochs_text(const std::vector<std::uint32_t>& epochs) {
  if (epochs.size() == 1) return fmt::format("epoch {}", epochs.front());
  return fmt::format("epochs {} to {}", epochs.front(), epochs.back());
}

std::string state_text(const EnvelopeInfo& envelope) {
  if (envelope.problem) return "does not open: " + printable(envelope.problem->message);
  if (!envelope.is_open) return "does not open";
  const std::string epochs = epochs_text(envelope.epochs);
  if (!envelope.is_own) return epochs + ", added by someone who lacks the package's newest key";
  return envelope.is_complete ? epochs : epochs + ", imported: may be for others than";
}

std::string text_of(const EnvelopeInfo& envelope, std::size_t number, bool has_keys) {
  std::string text = fmt::format("{:>2}  {}", number, kinds_text(envelope));
  if (has_keys || envelope.problem) text += "; " + state_text(envelope);
  text += '\n';
  for (const std::string& recipient : envelope.recipients)
    text += "    " + (recipient.empty() ? std::string("a passphrase") : printable(recipient)) + "\n";
  return text;
}

std::string text_of(const std::vector<EnvelopeInfo>& envelopes, bool has_keys) {
  std::string text;
  for (std::size_t i = 0; i < envelopes.size(); ++i) text += text_of(envelopes[i], i + 1, has_keys);
  return text;
}

// The only one there is, if none is named.
Result<Bytes> exported(const std::string& package, std::size_t number) {
  if (number != 0) return ops::export_envelope(package, number);
  NPK_ASSIGN(const auto envelopes, ops::list_envelopes(package));
  if (envelopes.size() == 1) return ops::export_envelope(package, 1);
  return fail(Errc::misuse, fmt::format("the package has {} envelopes: --envelope N says which", envelopes.size()));
}

Result<void> write_to(const std::string& path, ByteView bytes, Io& io) {
  if (path.empty() || path == "-") return io.out.write(bytes);
  NPK_ASSIGN(const auto file, create_atomic_file(path));
  NPK_TRY(file->write(bytes));
  return file->commit();
}

}  // namespace
}  // namespace key_show_verb

int run_key_list(const Arguments& arguments, Io& io) {
  using namespace key_show_verb;
  Messages messages(io, "key list");
  OptionParser parser(key_help(), messages);
  std::string package;
  bool json = false;
  IdentityOptions keys;
  parser.flag("--json", json);
  define_identities(parser, keys);
  parser.operand("PACKAGE", package);
  if (const auto code = parser.parse(arguments, io)) return *code;
  const auto options = key_options(keys, package);
  if (!options) return key_failure(options.error(), messages);
  const auto envelopes = ops::list_envelopes(package, *options);
  if (!envelopes) return key_failure(envelopes.error(), messages);
  OutputBuffer out(io.out);
  out.append(json ? json_of(*envelopes).dump(2) + "\n" : text_of(*envelopes, options->identities != nullptr));
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

int run_key_export(const Arguments& arguments, Io& io) {
  using namespace key_show_verb;
  Messages messages(io, "key export");
  OptionParser parser(key_help(), messages);
  std::string package;
  std::string output;
  std::uint64_t number = 0;
  parser.number("--envelope", number, 1);
  parser.text("-o,--output", output);
  parser.operand("PACKAGE", package);
  if (const auto code = parser.parse(arguments, io)) return *code;
  const auto age_file = exported(package, number);
  if (!age_file) return key_failure(age_file.error(), messages);
  const auto written = write_to(output, *age_file, io);
  return written ? kDone : messages.error(written.error());
}

}  // namespace npk::tools
