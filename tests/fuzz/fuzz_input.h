// What fuzz targets share: the input as a row of choices, and a check that ends the run.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "npk/bytes.h"
#include "npk/limits.h"

namespace npk::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Takes values off the front of the input; zeros and empty views once it is used up.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) noexcept : bytes_(data, size) {}
  explicit Input(ByteView bytes) noexcept : bytes_(bytes) {}

  template <std::unsigned_integral T>
  [[nodiscard]] T take() noexcept {
    if (bytes_.size() < sizeof(T)) {
      bytes_ = {};
      return 0;
    }
    const T value = load_le<T>(bytes_.data());
    bytes_ = bytes_.subspan(sizeof(T));
    return value;
  }
  [[nodiscard]] std::uint8_t byte() noexcept { return take<std::uint8_t>(); }
  [[nodiscard]] bool flag() noexcept { return (byte() & 1) != 0; }
  [[nodiscard]] std::size_t below(std::size_t bound) noexcept { return bound == 0 ? 0 : take<std::uint16_t>() % bound; }
  [[nodiscard]] ByteView bytes(std::size_t most) noexcept {
    const ByteView view = bytes_.first(std::min(most, bytes_.size()));
    bytes_ = bytes_.subspan(view.size());
    return view;
  }
  [[nodiscard]] std::string_view text(std::size_t most) noexcept { return as_text(bytes(most)); }
  [[nodiscard]] ByteView rest() noexcept { return bytes(bytes_.size()); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

 private:
  ByteView bytes_;
};

// Small enough that hostile claims cost the fuzzer little time. `wide` gives the defaults.
[[nodiscard]] inline Limits limits(bool wide = false) {
  Limits bounds;
  if (wide) return bounds;
  bounds.max_frame_bytes = 1U << 20;
  bounds.max_block_raw_bytes = 1U << 20;
  bounds.max_page_raw_bytes = 1U << 20;
  bounds.max_catalog_rows_per_page = 300;
  bounds.max_manifest_rows = 400;
  bounds.max_chunks_per_page = 400;
  bounds.max_path_bytes = 4096;
  bounds.max_xattr_bytes = 1U << 16;
  return bounds;
}

}  // namespace npk::fuzz
