// How much work a passphrase is to cost on this machine.
#pragma once

#include <chrono>

#include "npk/result.h"

namespace npk::crypto {

inline constexpr int kProbeLog2 = 14;  // 16 MiB: large enough that memory's speed shows
inline constexpr std::chrono::nanoseconds kScryptTarget = std::chrono::seconds(1);

// The log2 in kMinScryptLog2…kMaxScryptLog2 whose time is closest to kScryptTarget (as a ratio), where one of
// kProbeLog2 takes `probe`: each step doubles it.
[[nodiscard]] int scrypt_log2_for(std::chrono::nanoseconds probe) noexcept;

// Runs that probe. Errors: limit (no memory).
[[nodiscard]] Result<int> measure_scrypt_log2();

}  // namespace npk::crypto
