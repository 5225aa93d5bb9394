// The text minisign's files are made of: comment lines and lines of base64. Internal to the minisign sources.
#pragma once

#include <string>
#include <string_view>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::crypto {

inline constexpr std::string_view kUntrustedPrefix = "untrusted comment: ";
inline constexpr std::string_view kTrustedPrefix = "trusted comment: ";
inline constexpr std::string_view kEd25519Id = "Ed";           // of keys, and of signatures over the message itself
inline constexpr std::string_view kPrehashedEd25519Id = "ED";  // of signatures over the message's hash

// Takes lines off the front of a text it does not own. `what` begins every message: "signature".
class LineReader {
 public:
  LineReader(std::string_view text, std::string_view what) noexcept : rest_(text), what_(what) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  // The next line without its end, LF or CRLF; that of the last line may be missing. Errors: corrupt.
  [[nodiscard]] Result<std::string_view> line();
  // What follows `prefix` on the next line, at most `max_bytes` and printable. Errors: corrupt.
  [[nodiscard]] Result<std::string_view> comment(std::string_view prefix, std::size_t max_bytes);
  // Fills `out` from the next line: canonical base64 of exactly that size. Errors: corrupt.
  [[nodiscard]] Result<void> base64(MutableBytes out);
  // Errors: corrupt, if there is more.
  [[nodiscard]] Result<void> expect_end() const;

  [[nodiscard]] std::unexpected<Error> fail_here(Errc code, std::string_view message) const;

 private:
  std::string_view rest_;
  std::string_view what_;
  unsigned line_number_ = 0;
};

// Valid UTF-8 without control characters (C0 but the tab, DEL, C1).
[[nodiscard]] bool is_printable(std::string_view text) noexcept;

[[nodiscard]] std::string base64_text(ByteView bytes);

}  // namespace npk::crypto
