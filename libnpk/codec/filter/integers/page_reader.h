// Reads pages of numbers out of the parts of an integers payload. Input is hostile.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "codec/filter/integers/page_format.h"
#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec::integers {

struct LinearPrediction {
  unsigned taps = 0;  // 0: none
  bool is_adaptive = false;  // besides
  unsigned shift = 0;
  std::array<std::int16_t, kMostTaps> weights{};
};

// Of a page: at most 32 bits each and their low bits not among the last of all, at most 32 bits each, or longer.
enum class Numbers : std::uint8_t { narrow_within, narrow, wide };

struct LowBits {
  ByteView bytes;
  std::uint64_t at = 0;

  // At most 30, or 61 of wide ones. `mask` has as many.
  template <Numbers kNumbers>
  [[nodiscard]] std::uint64_t take(std::uint64_t count, std::uint64_t mask) noexcept;

 private:
  [[nodiscard]] std::uint64_t word_at_end(std::size_t from, unsigned shift) const noexcept;
};

class PageReader {
 public:
  // Errc::corrupt if the parts are too few or too many. Keeps views of them.
  [[nodiscard]] static Result<PageReader> make(std::span<const ByteView> parts);

  // Numbers before the next page are none of its column: before each segment and each table.
  void begin_column() noexcept { context_.clear(); }
  // A page of values.size() (at most kPageValues) numbers of at most `bits` bits each, those of an element. Errc::corrupt, also for values over that.
  [[nodiscard]] Result<LinearPrediction> read(unsigned bits, std::span<std::uint64_t> values);
  [[nodiscard]] Result<std::uint64_t> take_number();
  [[nodiscard]] Result<ByteView> take_elements(std::size_t length);
  // Errc::corrupt if anything is left.
  [[nodiscard]] Result<void> expect_end() const;

 private:
  [[nodiscard]] Result<ByteView> take_control(std::size_t length);
  [[nodiscard]] Result<LinearPrediction> take_prediction(unsigned taps);
  [[nodiscard]] Result<void> read_column(std::uint8_t encoding, std::span<std::uint64_t> values);
  [[nodiscard]] bool read_classes(unsigned bits, std::span<std::uint64_t> values);
  template <Numbers kNumbers>
  [[nodiscard]] bool read_numbers(Classes classes, std::span<std::uint64_t> values) noexcept;

  ByteView elements_;
  ByteView control_;
  LowBits low_bits_;
  std::array<ByteView, kContexts> symbols_;
  Context context_;
  unsigned precision_ = 0;
  struct Class {
    std::uint64_t least;
    std::uint64_t mask;
    std::uint64_t low_bits;
  };
  std::array<Class, 256> by_symbol_{};
};

}  // namespace npk::codec::integers
