// Counterpart of page_reader.h, and what numbers would cost as pages.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/integers/page_reader.h"
#include "codec/filter/numeric/encoder/byte_cost.h"

namespace npk::codec::integers {

struct ClassifiedPage;

class PageWriter {
 public:
  PageWriter() : parts_(kMostParts) {}

  void begin_column() noexcept { context_.clear(); }
  // One page, of at most kPageValues values, of elements of so many bytes.
  void write(unsigned bytes, std::span<const std::uint64_t> values, const LinearPrediction& linear);
  void append_number(std::uint64_t value);
  void append_elements(ByteView elements) { parts_[kElementsPart].insert(parts_[kElementsPart].end(), elements.begin(), elements.end()); }
  // Of all parts, in bytes, but for the last low bits.
  [[nodiscard]] std::size_t size() const noexcept;
  // The parts, to be joined, but for empty ones at the end. Nothing can be written any more.
  [[nodiscard]] std::vector<FilterBytes> finish();

 private:
  [[nodiscard]] bool write_column(std::span<const std::uint64_t> values, const ClassifiedPage& page);
  void write_symbols(std::span<const std::uint64_t> values, const ClassifiedPage& page);
  void write_low_bits(std::span<const std::uint64_t> values, const ClassifiedPage& page);
  void write_long_low_bits(std::span<const std::uint64_t> values, const ClassifiedPage& page);

  std::vector<FilterBytes> parts_;
  std::uint64_t low_bits_ = 0;
  unsigned low_count_ = 0;
  Context context_;
  FilterBytes streams_;  // room for a page's symbols, by stream
};

// What pages take behind a compressor that knows how often each symbol of a stream occurs, guessed from at most kMaxCostedBytes values.
class PageCost {
 public:
  explicit PageCost(unsigned bytes) noexcept : classes_(bytes) {}

  void add(std::span<const std::uint64_t> values);
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t cost() const noexcept;  // 256ths of a bit

 private:
  Classes classes_;
  std::array<numeric::Histogram, kContexts> symbols_{};
  std::uint64_t low_bits_ = 0;
  std::size_t count_ = 0;
};

}  // namespace npk::codec::integers
