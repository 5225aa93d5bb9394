#include "crypto/age_header.h"

#include <algorithm>
#include <utility>

#include "crypto/base64.h"

namespace npk::crypto {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1";
constexpr std::string_view kAnyVersion = "age-encryption.org/";
constexpr std::string_view kStanzaMark = "-> ", kMacMark = "---", kMacKeyInfo = "header";
constexpr std::size_t kBodyColumns = 64;
constexpr std::size_t kMostArguments = 64;  // so that a file can't ask for many times its size in memory

bool is_visible(char c) {
  return c > ' ' && c < 127;
}

// Lines end with LF; a CR is a character like another, and one no line may hold.
class Lines {
 public:
  explicit Lines(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] Result<std::string_view> next() {
    ++number_;
    const std::size_t end = text_.find('\n', position_);
    if (end == std::string_view::npos) return bad("has no end");
    start_ = std::exchange(position_, end + 1);
    return text_.substr(start_, end - start_);
  }
  [[nodiscard]] std::unexpected<Error> bad(std::string_view what) const {
    return fail(Errc::corrupt, "line " + std::to_string(number_) + " of the age header " + std::string(what));
  }
  [[nodiscard]] std::size_t start_of_line() const { return start_; }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::string_view text_;
  std::size_t position_ = 0, start_ = 0;
  std::size_t number_ = 0;
};

Result<void> read_version(Lines& lines, std::string_view file) {
  if (!file.starts_with(kAnyVersion)) return fail_corrupt("not an age file");
  NPK_ASSIGN(const std::string_view line, lines.next());
  if (line == kVersionLine) return {};
  const std::string_view version = line.substr(kAnyVersion.size());
  if (version.empty() || !std::ranges::all_of(version, is_visible)) return lines.bad("is no version");
  return fail(Errc::unsupported, "a version of the age format other than v1");
}

Result<std::vector<std::string>> read_arguments(const Lines& lines, std::string_view text) {
  std::vector<std::string> arguments;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view argument = text.substr(at, end - at);
    if (argument.empty()) return lines.bad("has an empty argument");
    if (!std::ranges::all_of(argument, is_visible)) return lines.bad("has a character that arguments may not have");
    if (arguments.size() > kMostArguments) return fail(Errc::limit, "an age stanza of more arguments than are read");
    arguments.emplace_back(argument);
    at = end + 1;
  }
  return arguments;
}

Result<Bytes> read_body(Lines& lines) {
  std::string text;
  for (std::size_t columns = kBodyColumns; columns == kBodyColumns;) {
    NPK_ASSIGN(const std::string_view line, lines.next());
    columns = line.size();
    if (columns > kBodyColumns) return lines.bad("is longer than 64 columns");
    text += line;
  }
  auto body = base64_decode(text);
  if (!body) return lines.bad("ends a stanza's body that is not canonical base64");
  return body;
}

Result<AgeStanza> read_stanza(Lines& lines, std::string_view first_line) {
  NPK_ASSIGN(std::vector<std::string> arguments, read_arguments(lines, first_line.substr(kStanzaMark.size())));
  AgeStanza stanza{.type = std::move(arguments.front()), .arguments = {}, .body = {}};
  arguments.erase(arguments.begin());
  stanza.arguments = std::move(arguments);
  NPK_ASSIGN(stanza.body, read_body(lines));
  return stanza;
}

Result<Mac> read_mac(const Lines& lines, std::string_view line) {
  if (line.size() <= kMacMark.size() || line[kMacMark.size()] != ' ') return lines.bad("has no MAC");
  const auto bytes = base64_decode(line.substr(kMacMark.size() + 1));
  Mac mac;
  if (!bytes || bytes->size() != mac.size()) return lines.bad("has a MAC that isn't 32 bytes in canonical base64");
  std::ranges::copy(*bytes, mac.begin());
  return mac;
}

Result<Mac> mac_of(ByteView authenticated, ByteView file_key) {
  NPK_ASSIGN(const SecretBytes key, hkdf_sha256(file_key, {}, kMacKeyInfo));
  Mac mac;
  hmac_sha256(mac, key.view(), {authenticated});
  return mac;
}

void append(Bytes& out, std::string_view text) {
  const ByteView bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// The last line is shorter than the others, so it may be empty.
void append_stanza(Bytes& out, const AgeStanza& stanza) {
  append(out, kStanzaMark);
  append(out, stanza.type);
  for (const std::string& argument : stanza.arguments) append(out, " " + argument);
  const std::string body = base64_encode(stanza.body);
  for (std::size_t at = 0; at <= body.size(); at += kBodyColumns) append(out, "\n" + body.substr(at, kBodyColumns));
  append(out, "\n");
}

}  // namespace

Result<AgeHeader> read_age_header(ByteView file) {
  Lines lines(as_text(file));
  NPK_TRY(read_version(lines, as_text(file)));
  AgeHeader header;
  for (;;) {
    NPK_ASSIGN(const std::string_view line, lines.next());
    if (line.starts_with(kMacMark)) {
      if (header.stanzas.empty()) return lines.bad("comes before any stanza");
      NPK_ASSIGN(header.mac, read_mac(lines, line));
      header.authenticated = file.first(lines.start_of_line() + kMacMark.size());
      header.payload = file.subspan(lines.position());
      return header;
    }
    if (!line.starts_with(kStanzaMark)) return lines.bad("begins neither a stanza nor the MAC");
    if (header.stanzas.size() == kMaxAgeStanzas)
      return fail(Errc::limit, "an age header of more stanzas than are read");
    NPK_ASSIGN(AgeStanza stanza, read_stanza(lines, line));
    header.stanzas.push_back(std::move(stanza));
  }
}

Result<Bytes> write_age_header(std::span<const AgeStanza> stanzas, ByteView file_key) {
  Bytes out;
  append(out, kVersionLine);
  append(out, "\n");
  for (const AgeStanza& stanza : stanzas) append_stanza(out, stanza);
  append(out, kMacMark);
  NPK_ASSIGN(const Mac mac, mac_of(out, file_key));
  append(out, " " + base64_encode(mac) + "\n");
  return out;
}

Result<void> check_age_header(const AgeHeader& header, ByteView file_key) {
  NPK_ASSIGN(const Mac mac, mac_of(header.authenticated, file_key));
  if (!equal_in_constant_time(mac, header.mac)) return fail(Errc::auth_failed, "the age header was altered");
  return {};
}

}  // namespace npk::crypto
