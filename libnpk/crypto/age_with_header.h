// Age files that know themselves: the plaintext may depend on the header before it.
#pragma once

#include <functional>
#include <span>

#include "npk/age.h"

namespace npk::crypto {

// `plaintext_for` gets the header, its MAC included. Errors: as age_encrypt, and those of `plaintext_for`.
[[nodiscard]] Result<Bytes> age_encrypt_with_header(std::span<const Recipient> recipients,
                                                    const std::function<Result<SecretBytes>(ByteView header)>& plaintext_for);

// The header of a binary file, its MAC included: a view of it. Errors: unsupported, corrupt, limit.
[[nodiscard]] Result<ByteView> age_header_of(ByteView file);

}  // namespace npk::crypto
