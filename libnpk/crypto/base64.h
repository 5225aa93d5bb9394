// Canonical base64 (RFC 4648 section 4) as age uses it: no padding in headers, padding in armor and SSH keys.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "npk/bytes.h"
#include "npk/secret.h"

namespace npk::crypto {

enum class Padding : bool { none, required };

[[nodiscard]] std::string base64_encode(ByteView bytes);  // unpadded

// Errors: corrupt (a foreign character, wrong padding, bits left over that aren't zero).
[[nodiscard]] Result<Bytes> base64_decode(std::string_view text, Padding padding = Padding::none);
[[nodiscard]] Result<SecretBytes> base64_decode_secret(std::string_view text, Padding padding);

}  // namespace npk::crypto
