// The header of an age file, text form and MAC. One encoding for each header: what is read is what would be written.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/primitives.h"
#include "npk/age.h"

namespace npk::crypto {

struct AgeHeader {
  std::vector<AgeStanza> stanzas;  // one at least
  Mac mac{};
  // Views of the file that was read.
  ByteView authenticated;  // what the MAC covers
  ByteView payload;        // whatever follows
};

// Errors: unsupported (another version); corrupt, with the header's line; limit (kMaxAgeStanzas).
[[nodiscard]] Result<AgeHeader> read_age_header(ByteView file);

// The header of a file with this key, its MAC included.
[[nodiscard]] Result<Bytes> write_age_header(std::span<const AgeStanza> stanzas, ByteView file_key);

// Errors: auth_failed.
[[nodiscard]] Result<void> check_age_header(const AgeHeader& header, ByteView file_key);

}  // namespace npk::crypto
