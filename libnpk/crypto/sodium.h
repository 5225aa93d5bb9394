// libsodium, ready for use.
#pragma once

#include "npk/result.h"

namespace npk::crypto {

// Once, before anything else of libsodium; further calls cost nothing. Thread-safe. Errors: internal.
[[nodiscard]] Result<void> start_sodium();

}  // namespace npk::crypto
