#include "codec/filter/json/json_trial_encode.h"

#include <zstd.h>

#include <algorithm>

namespace npk::codec::json {
namespace {

constexpr std::size_t kTriedBytes = 2U << 20;
constexpr int kLevel = 3;
constexpr std::size_t kColumnCost = 8;  // about what a column takes that has nothing in it

}  // namespace

std::size_t trial_size(const Scan& scanned, const Plan& planned, ByteView raw) {
  FilterVector<std::size_t> next(planned.columns + 1);
  const auto each_value = [&](const auto& use) {
    for (std::size_t i = 0; i < scanned.occurrences.size(); ++i) {
      const Occurrence& occurrence = scanned.occurrences[i];
      if (occurrence.value.offset >= kTriedBytes) break;
      const std::uint16_t token = planned.choices[occurrence.shape].whole;
      if (token == kNoToken || planned.tokens[token].column == kNoColumn) continue;
      use(planned.tokens[token].column, occurrence.value);
    }
  };
  each_value([&](std::uint16_t column, const Piece& value) { next[column + 1U] += value.length + 1; });
  const auto columns = static_cast<std::size_t>(std::ranges::count_if(next, [](std::size_t bytes) { return bytes > 0; }));
  for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  FilterBytes values(next.back());
  each_value([&](std::uint16_t column, const Piece& value) {
    std::copy_n(raw.begin() + value.offset, value.length, values.begin() + static_cast<std::ptrdiff_t>(next[column]));
    next[column] += value.length + 1;
  });
  FilterBytes compressed(ZSTD_compressBound(values.size()));
  const std::size_t size = ZSTD_compress(compressed.data(), compressed.size(), values.data(), values.size(), kLevel);
  return columns * kColumnCost + (ZSTD_isError(size) != 0 ? values.size() : size);
}

}  // namespace npk::codec::json
