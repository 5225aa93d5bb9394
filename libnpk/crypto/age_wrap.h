// What the stanza types have in common: the file key sealed under a key that is used once.
#pragma once

#include <string_view>

#include "crypto/primitives.h"
#include "npk/age.h"

namespace npk::crypto {

[[nodiscard]] Bytes seal_file_key(ByteView wrap_key, ByteView file_key);
// Empty where the key is another. Errors: corrupt (the body has not the size of a sealed file key); limit (no memory).
[[nodiscard]] Result<SecretBytes> open_file_key(ByteView wrap_key, ByteView body);

// Errors: corrupt.
[[nodiscard]] Result<void> check_shape(const AgeStanza& stanza, std::size_t arguments);
[[nodiscard]] Result<PublicKey> read_share(std::string_view argument);

}  // namespace npk::crypto
