// A sequence of 64-bit numbers in as few whole bytes each as all of them need: what FieldEncoding::numbers is made of.
#pragma once

#include <span>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

enum class NumberStep : std::uint8_t { value = 0, difference = 1, second_difference = 2 };

// One byte of the part: step in bits 0-1, zigzag in bit 2, interleaved in bit 3, width - 1 in bits 4-6.
struct NumberLayout {
  NumberStep step = NumberStep::value;
  bool zigzag = false;       // words are signed
  bool interleaved = false;  // word by word, else all lowest bytes, then all next ones, …
  unsigned width = 1;        // bytes a word, 1 to 8
};

class NumberStream {
 public:
  // `part`: varint count, the byte of NumberLayout, zigzag varints offset, start (unless step is value) and step (for second_difference), then
  // count times width bytes and nothing else. Errc::corrupt if it is not.
  [[nodiscard]] static Result<NumberStream> open(ByteView part);

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] bool at_end() const noexcept { return position_ == count_; }
  // Not at_end().
  [[nodiscard]] std::uint64_t take() noexcept;
  // Takes as many as there are, at most `numbers`, and says how many.
  std::size_t take_some(std::span<std::uint64_t> numbers) noexcept;

 private:
  [[nodiscard]] std::uint64_t word() noexcept;

  const std::uint8_t* words_ = nullptr;
  std::size_t count_ = 0;
  std::size_t position_ = 0;
  std::size_t byte_stride_ = 1;  // from a byte of a word to its next
  std::size_t word_stride_ = 1;
  std::uint64_t offset_ = 0;
  std::uint64_t value_ = 0;
  std::uint64_t step_ = 0;
  NumberLayout layout_;
};

inline std::uint64_t NumberStream::word() noexcept {
  const std::uint8_t* at = words_ + position_++ * word_stride_;
  std::uint64_t word = at[0];
  for (unsigned i = 1; i < layout_.width; ++i) word |= std::uint64_t{at[i * byte_stride_]} << (8 * i);
  if (layout_.zigzag) word = (word >> 1) ^ (0 - (word & 1));
  return word + offset_;
}

// All sums modulo 2^64.
inline std::uint64_t NumberStream::take() noexcept {
  const std::uint64_t next = word();
  if (layout_.step == NumberStep::value) return next;
  step_ = layout_.step == NumberStep::difference ? next : step_ + next;
  return value_ += step_;
}

}  // namespace npk::codec
