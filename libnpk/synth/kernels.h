// Private to npk_synth: the ways to make random bytes, in one table. All make the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "npk/result.h"
#include "npk/synth.h"
#include "synth/mix.h"

namespace npk::synth::internal {

inline constexpr std::size_t kLineBytes = 64;
inline constexpr std::uint64_t kLineWords = kLineBytes / 8;

// Lines `first_line` on, `lines` of them; `out` has room for them and any alignment.
using FillLines = void (*)(const RandomKey& key, std::uint64_t first_line, std::uint8_t* out, std::size_t lines);

struct Kernel {
  std::string_view name;
  bool (*available)();  // runs here
  FillLines fill;
};

// The fastest first; the last is available everywhere.
[[nodiscard]] std::span<const Kernel> kernels() noexcept;
// `name` empty: the first that is available. Errc::unsupported.
[[nodiscard]] Result<const Kernel*> kernel_named(std::string_view name);
// What NPK_SYNTH_KERNEL says, or else the first.
[[nodiscard]] Result<const Kernel*> chosen_kernel();

// What each kernel has made in this thread so far, counted by the kernel itself: that a forced one ran is shown by this.
struct KernelLines {
  std::uint64_t avx512 = 0, avx2 = 0, scalar = 0;
};
[[nodiscard]] KernelLines& lines_made() noexcept;

void fill_scalar(const RandomKey& key, std::uint64_t first_line, std::uint8_t* out, std::size_t lines);
#if defined(__x86_64__)
void fill_avx2(const RandomKey& key, std::uint64_t first_line, std::uint8_t* out, std::size_t lines);
void fill_avx512(const RandomKey& key, std::uint64_t first_line, std::uint8_t* out, std::size_t lines);
#endif

}  // namespace npk::synth::internal
