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
  unsigned shift = 0;
  std::array<std::int16_t, kMostTaps> weights{};
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
  [[nodiscard]] std::uint64_t take_low_bits(unsigned count) noexcept;

  ByteView elements_;
  ByteView control_;
  ByteView low_bits_;
  std::uint64_t low_bits_at_ = 0;
  std::array<ByteView, kContexts> symbols_;
  Context context_;
  unsigned precision_ = 0;
  std::array<std::uint8_t, 256> low_bits_by_symbol_{};
};

}  // namespace npk::codec::integers
