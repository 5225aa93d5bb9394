// Bech32 (BIP 173) as age uses it: its alphabet and checksum, but no limit of 90 characters.
#pragma once

#include <string>
#include <string_view>

#include "npk/bytes.h"
#include "npk/secret.h"

namespace npk::crypto {

struct Bech32 {
  std::string prefix;  // in lower case
  SecretBytes data;
};

// Errors: corrupt (no separator, a foreign character, both cases mixed, wrong checksum, bits left over).
[[nodiscard]] Result<Bech32> bech32_decode(std::string_view text);
// The same up to the checksum: `data` is then one value of 5 bits to a byte.
[[nodiscard]] Result<Bech32> bech32_decode_values(std::string_view text);

// In lower case. `prefix` is lower-case ASCII.
[[nodiscard]] Result<SecretBytes> bech32_encode(std::string_view prefix, ByteView data);

}  // namespace npk::crypto
