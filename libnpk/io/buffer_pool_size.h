// Size classes of the buffer pool: 4 KiB, then four steps to each power of two (1.25, 1.5, 1.75, 2), so that no more
// than a fifth of a buffer above 4 KiB is room nobody asked for.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace npk::io {

inline constexpr std::uint64_t kSmallestClassBytes = 4096;
inline constexpr std::uint64_t kLargestRequestBytes = 1ULL << 60;  // classes of more can't be told apart in 64 bits
inline constexpr std::size_t kNotKept = SIZE_MAX;

struct SizeClass {
  std::size_t index = kNotKept;
  std::uint64_t bytes = 0;
};

// Of 1 <= size <= kLargestRequestBytes.
[[nodiscard]] constexpr SizeClass class_of_size(std::uint64_t size) noexcept {
  if (size <= kSmallestClassBytes) return {0, kSmallestClassBytes};
  const auto exponent = static_cast<unsigned>(std::bit_width(size - 1)) - 1;  // 2^exponent < size <= 2^(exponent + 1)
  const std::uint64_t quarter = ((size - 1) >> (exponent - 2)) & 3U;
  return {(exponent - 12) * 4 + static_cast<std::size_t>(quarter) + 1, (quarter + 5) << (exponent - 2)};
}

// Classes of at most `largest_bytes` each.
[[nodiscard]] constexpr std::size_t class_count(std::uint64_t largest_bytes) noexcept {
  if (largest_bytes < kSmallestClassBytes) return 0;
  const SizeClass last = class_of_size(largest_bytes < kLargestRequestBytes ? largest_bytes : kLargestRequestBytes);
  return last.bytes <= largest_bytes ? last.index + 1 : last.index;
}

// The class, or kNotKept and whole pages where there are no more than `classes`.
[[nodiscard]] constexpr SizeClass size_class(std::uint64_t size, std::size_t classes) noexcept {
  const SizeClass found = class_of_size(size);
  if (found.index < classes) return found;
  return {kNotKept, (size + kSmallestClassBytes - 1) / kSmallestClassBytes * kSmallestClassBytes};
}

}  // namespace npk::io
