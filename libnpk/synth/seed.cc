#include <sys/random.h>
#include <cerrno>

#include "synth/mix.h"

namespace npk::synth {

Result<Seed> Seed::unique() {
  Seed seed;
  ssize_t count = 0;
  do {
    count = ::getrandom(&seed, sizeof seed, 0);  // so few bytes come whole or not at all
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof seed)) return seed;
  return std::unexpected(Error{.code = Errc::io, .message = "no random numbers for a seed", .system_errno = count < 0 ? errno : EIO});
}

Seed Seed::derived(std::uint64_t index) const noexcept {
  constexpr std::uint64_t kPartLabel = 0x7061727473;  // other than ObjectGenerator's own
  const Seed own = internal::permuted(*this, kPartLabel);
  return internal::permuted({own.low + index, own.high}, kPartLabel + 1);
}

}  // namespace npk::synth
