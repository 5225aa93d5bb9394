// Tries a plan on the first part of a block.
#pragma once

#include <array>
#include <span>

#include "codec/filter/json/json_plan_encode.h"
#include "codec/filter/json/json_scan_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

// Keeps views of what it is made of.
class Trial {
 public:
  Trial(const Scan& scanned, ByteView raw);

  // What a quick compressor makes of the values, column by column, of the first MiB of either half of the block: it may hold files of two kinds.
  [[nodiscard]] std::size_t size_of(const Plan& planned) const;

 private:
  // Occurrences that follow one another.
  struct Range {
    std::size_t first = 0, end = 0;
  };
  template <class Use>
  void each_value(std::span<const std::uint16_t> places, const Plan& planned, const Use& use) const;

  const Scan& scanned_;
  ByteView raw_;
  std::array<Range, 2> tried_;
};

}  // namespace npk::codec::json
