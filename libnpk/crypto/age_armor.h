// The armored form of age files: strict PEM (RFC 7468, figure 3), between blanks at most.
#pragma once

#include <optional>
#include <string_view>

#include "npk/bytes.h"

namespace npk::crypto {

[[nodiscard]] bool is_age_armor(ByteView file);

// What the armor holds. Lines end with LF or CRLF. Errors: corrupt.
[[nodiscard]] Result<Bytes> decode_age_armor(ByteView file);

}  // namespace npk::crypto
