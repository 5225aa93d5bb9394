#include "crypto/age_armor.h"

#include <string>

#include "crypto/base64.h"
#include "crypto/text_lines.h"

namespace npk::crypto {
namespace {

constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----", kEnd = "-----END AGE ENCRYPTED FILE-----";
constexpr std::size_t kColumns = 64;

std::unexpected<Error> bad_line(const TextLines& lines, std::string_view what) {
  return fail(Errc::corrupt, "line " + std::to_string(lines.number()) + " of the age armor " + std::string(what));
}

}  // namespace

bool is_age_armor(ByteView file) {
  return without_blanks(as_text(file)).starts_with(kBegin);
}

Result<Bytes> decode_age_armor(ByteView file) {
  TextLines lines(without_blanks(as_text(file)));
  if (lines.next() != kBegin) return bad_line(lines, "is not its first");
  std::string text;
  bool is_last = false;
  for (;;) {
    const auto line = lines.next();
    if (!line) return fail_corrupt("the age armor has no end line");
    if (*line == kEnd) break;
    if (is_last) return bad_line(lines, "follows one that is shorter than 64 columns");
    if (line->empty() || line->size() > kColumns) return bad_line(lines, "is empty, or longer than 64 columns");
    is_last = line->size() < kColumns;
    text += *line;
  }
  if (lines.next()) return bad_line(lines, "follows its end");
  auto bytes = base64_decode(text, Padding::required);
  if (!bytes) return fail_corrupt("the age armor is not canonical base64");
  return bytes;
}

}  // namespace npk::crypto
