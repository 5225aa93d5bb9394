#include "crypto/minisign_text.h"

#include <sodium.h>
#include <algorithm>

namespace npk::crypto {
namespace {

// The bytes of UTF-8 that a first byte begins; 0 if none begins so.
std::size_t length_of(std::uint8_t first) noexcept {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

// Neither overlong, nor a surrogate, nor beyond U+10FFFF, nor a C1 control: all show in the second byte.
bool is_allowed_pair(std::uint8_t first, std::uint8_t second) noexcept {
  switch (first) {
    case 0xc2:
    case 0xe0: return second >= 0xa0;
    case 0xed: return second < 0xa0;
    case 0xf0: return second >= 0x90;
    case 0xf4: return second < 0x90;
    default: return true;
  }
}

bool is_printable_ascii(std::uint8_t byte) noexcept {
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool is_printable_character(ByteView bytes) noexcept {
  if (bytes.size() == 1) return is_printable_ascii(bytes[0]);
  const bool is_continued = std::ranges::all_of(bytes.subspan(1), [](std::uint8_t b) { return (b & 0xc0) == 0x80; });
  return is_continued && is_allowed_pair(bytes[0], bytes[1]);
}

// libsodium 1.0.18 takes some bytes beyond ASCII for letters, which would give one signature several texts.
bool decode_base64(std::string_view text, MutableBytes out) noexcept {
  if (std::ranges::any_of(as_bytes(text), [](std::uint8_t byte) { return byte >= 0x80; })) return false;
  std::size_t size = 0;
  const char* end = nullptr;
  const int status = ::sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end,
                                         sodium_base64_VARIANT_ORIGINAL);
  return status == 0 && size == out.size() && end == text.data() + text.size();
}

}  // namespace

bool is_printable(std::string_view text) noexcept {
  for (ByteView rest = as_bytes(text); !rest.empty();) {
    const std::size_t length = length_of(rest[0]);
    if (length == 0 || length > rest.size() || !is_printable_character(rest.first(length))) return false;
    rest = rest.subspan(length);
  }
  return true;
}

std::string base64_text(ByteView bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  ::sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the zero at the end
  return text;
}

std::unexpected<Error> LineReader::fail_here(Errc code, std::string_view message) const {
  return fail(code, std::string(what_) + ", line " + std::to_string(line_number_) + ": " + std::string(message));
}

Result<std::string_view> LineReader::line() {
  ++line_number_;
  if (rest_.empty()) return fail_here(Errc::corrupt, "is missing");
  const std::size_t end = rest_.find('\n');
  std::string_view found = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

Result<std::string_view> LineReader::comment(std::string_view prefix, std::size_t max_bytes) {
  NPK_ASSIGN(std::string_view text, line());
  if (!text.starts_with(prefix)) {
    return fail_here(Errc::corrupt, "does not begin with \"" + std::string(prefix) + "\"");
  }
  text.remove_prefix(prefix.size());
  if (text.size() > max_bytes) return fail_here(Errc::corrupt, "the comment is too long");
  if (!is_printable(text)) return fail_here(Errc::corrupt, "the comment has unprintable characters");
  return text;
}

Result<void> LineReader::base64(MutableBytes out) {
  NPK_ASSIGN(const std::string_view text, line());
  if (!decode_base64(text, out)) {
    return fail_here(Errc::corrupt, "is not base64 of " + std::to_string(out.size()) + " bytes");
  }
  return {};
}

Result<void> LineReader::expect_end() const {
  if (!rest_.empty()) return fail_here(Errc::corrupt, "more follows");
  return {};
}

}  // namespace npk::crypto
