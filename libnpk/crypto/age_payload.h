// The payload of an age file: a nonce, then the plaintext in sealed chunks of 64 KiB. A chunk's nonce holds its number
// and whether it is the last, so chunks can be neither moved, left out, nor cut off at the end.
#pragma once

#include "npk/bytes.h"
#include "npk/secret.h"

namespace npk::crypto {

// Appends to `out`. Errors: limit (no memory).
[[nodiscard]] Result<void> append_age_payload(Bytes& out, ByteView file_key, ByteView plaintext);

// All of the plaintext or nothing. Errors: corrupt (too short, an empty chunk after others); limit
// (kMaxAgePlaintextBytes); auth_failed.
[[nodiscard]] Result<SecretBytes> open_age_payload(ByteView payload, ByteView file_key);

}  // namespace npk::crypto
