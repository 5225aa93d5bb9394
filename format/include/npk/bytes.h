// Byte views and the two cursors all of npk's little-endian structures are read and written with.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "npk/result.h"

namespace npk {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;
using Digest = std::array<std::uint8_t, 32>;  // a BLAKE3 hash unless its name says otherwise

[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Unchecked little-endian load and store; the caller has made sure of sizeof(T) bytes.
template <std::unsigned_integral T>
[[nodiscard]] T load_le(const std::uint8_t* from) noexcept {
  T value = 0;
  if constexpr (std::endian::native == std::endian::little) {  // g++ 12 makes one load of the loop only where it doesn't vectorise around it
    std::memcpy(&value, from, sizeof(T));
  } else {
    for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value | (static_cast<T>(from[i]) << (8 * i)));
  }
  return value;
}
template <std::unsigned_integral T>
void store_le(std::uint8_t* to, T value) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, &value, sizeof(T));
  } else {
    for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

// Reads from a view it does not own, front to back. A read past the end gives Errc::truncated and moves nothing.
// Not thread-safe; cheap to copy.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size() - position_; }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }

  template <std::unsigned_integral T>
  [[nodiscard]] Result<T> read() {
    if (remaining() < sizeof(T)) return too_short(sizeof(T));
    const T value = load_le<T>(bytes_.data() + position_);
    position_ += sizeof(T);
    return value;
  }
  // The view stays valid as long as the bytes behind the reader do.
  [[nodiscard]] Result<ByteView> read_bytes(std::uint64_t count);
  template <std::size_t N>
  [[nodiscard]] Result<std::array<std::uint8_t, N>> read_array() {
    NPK_ASSIGN(const ByteView view, read_bytes(N));
    std::array<std::uint8_t, N> out;
    std::memcpy(out.data(), view.data(), N);
    return out;
  }
  // Errc::trailing_data unless everything has been read.
  [[nodiscard]] Result<void> expect_end() const;
  // Errc::corrupt unless the next `count` bytes are zero (reserved fields).
  [[nodiscard]] Result<void> expect_zeros(std::size_t count);

 private:
  [[nodiscard]] std::unexpected<Error> too_short(std::uint64_t wanted) const;

  ByteView bytes_;
  std::size_t position_ = 0;
};

// Appends to a vector it does not own. Infallible but for bad_alloc.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) noexcept : out_(out) {}

  template <std::unsigned_integral T>
  void write(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof(T));
    store_le(out_.data() + at, value);
  }
  void write_bytes(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void write_zeros(std::size_t count) { out_.resize(out_.size() + count); }
  [[nodiscard]] std::size_t position() const noexcept { return out_.size(); }

 private:
  Bytes& out_;
};

}  // namespace npk
