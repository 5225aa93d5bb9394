// Copies of the few bytes that most values are, as quick as may be: how long values are can't be foreseen, so branches on it are what takes time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace npk::codec {

// As memmove; up to 16 bytes without a call.
inline void copy_short(std::uint8_t* to, const std::uint8_t* from, std::size_t length) noexcept {
  const auto copy_ends = [&]<class Word>(Word) {
    Word front, back;
    std::memcpy(&front, from, sizeof(Word));
    std::memcpy(&back, from + length - sizeof(Word), sizeof(Word));
    std::memcpy(to, &front, sizeof(Word));
    std::memcpy(to + length - sizeof(Word), &back, sizeof(Word));
  };
  if (length > 2 * sizeof(std::uint64_t)) {
    std::memmove(to, from, length);
  } else if (length >= sizeof(std::uint64_t)) {
    copy_ends(std::uint64_t{});
  } else if (length >= sizeof(std::uint32_t)) {
    copy_ends(std::uint32_t{});
  } else if (length > 0) {
    const std::uint8_t front = from[0], middle = from[length / 2], back = from[length - 1];
    to[0] = front;
    to[length / 2] = middle;
    to[length - 1] = back;
  }
}

// Bytes behind a field's value that may be read, whatever they are, unless it ends in the last so many of its part.
inline constexpr std::size_t kValueSlack = 16;

// Whether so many bytes may be read from `value` on, where only values in memory that ends at `end` lack slack.
[[nodiscard]] inline bool has_slack(const std::uint8_t* value, const std::uint8_t* end) noexcept {
  return reinterpret_cast<std::uintptr_t>(end) - reinterpret_cast<std::uintptr_t>(value) >= kValueSlack;
}

// Copies kValueSlack bytes.
inline void copy_slack(std::uint8_t* to, const std::uint8_t* from) noexcept {
  std::array<std::uint8_t, kValueSlack> bytes;
  std::memcpy(bytes.data(), from, kValueSlack);
  std::memcpy(to, bytes.data(), kValueSlack);
}

// Values are rarely longer.
inline constexpr std::size_t kQuickBytes = 4 * kValueSlack;
// Room that copy_quickly may write in, and bytes that it may read.
inline constexpr std::size_t kQuickRoom = kQuickBytes + kValueSlack;

// As has_slack, for all of kQuickRoom.
[[nodiscard]] inline bool has_quick_room(const std::uint8_t* value, const std::uint8_t* end) noexcept {
  return reinterpret_cast<std::uintptr_t>(end) - reinterpret_cast<std::uintptr_t>(value) >= kQuickRoom;
}

// Copies up to kQuickBytes in steps of kValueSlack, the first for any length.
inline void copy_quickly(std::uint8_t* to, const std::uint8_t* from, std::size_t length) noexcept {
  copy_slack(to, from);
  for (std::size_t done = kValueSlack; done < length; done += kValueSlack) copy_slack(to + done, from + done);
}

}  // namespace npk::codec
