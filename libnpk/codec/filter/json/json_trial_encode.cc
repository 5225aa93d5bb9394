#include "codec/filter/json/json_trial_encode.h"

#include <zstd.h>

#include <algorithm>
#include <array>

#include "codec/filter/json/json_format.h"

namespace npk::codec::json {
namespace {

constexpr std::size_t kTriedBytes = 1U << 20;  // of each half of the block
constexpr int kLevel = 3;
constexpr std::size_t kColumnCost = 8;  // about what a column takes that has nothing in it
// Numbers of one field go on as such and cost less than their digits do here: about 3/4 of it, and sometimes half.
constexpr std::size_t kNumbersShare = 3, kDigitsShare = 4;

std::size_t compressed_size(ByteView bytes) {
  FilterBytes compressed(ZSTD_compressBound(bytes.size()));
  const std::size_t size = ZSTD_compress(compressed.data(), compressed.size(), bytes.data(), bytes.size(), kLevel);
  return ZSTD_isError(size) != 0 ? bytes.size() : size;
}

// The values of the block's parts that are looked at, with what column they go to and whether they are bare.
template <class Use>
void each_tried_value(const Scan& scanned, const Plan& planned, std::size_t raw_bytes, const Use& use) {
  const std::size_t half = raw_bytes / 2 + 1;
  for (std::size_t i = 0; i < scanned.occurrences.size(); ++i) {
    const Occurrence& occurrence = scanned.occurrences[i];
    if (occurrence.value.offset % half >= kTriedBytes) continue;
    const std::uint16_t number = planned.choices[occurrence.shape].whole;
    if (number == kNoToken || planned.tokens[number].column == kNoColumn) continue;
    const Token& token = planned.tokens[number];
    use(token.column, scanned.skeletons[token.skeleton].back() == kBare, occurrence.value);
  }
}

}  // namespace

std::size_t trial_size(const Scan& scanned, const Plan& planned, ByteView raw) {
  // Of quoted columns, then of bare ones: where the next value of each goes.
  std::array<FilterVector<std::size_t>, 2> next;
  for (auto& ends : next) ends.resize(planned.columns + 1);
  each_tried_value(scanned, planned, raw.size(), [&](std::uint16_t column, bool bare, const Piece& value) {
    next[bare ? 1 : 0][column + 1U] += value.length + 1;
  });
  std::array<FilterBytes, 2> values;
  std::size_t size = 0;
  for (std::size_t kind = 0; kind < 2; ++kind) {
    size += kColumnCost * static_cast<std::size_t>(std::ranges::count_if(next[kind], [](std::size_t bytes) { return bytes > 0; }));
    for (std::size_t i = 1; i < next[kind].size(); ++i) next[kind][i] += next[kind][i - 1];
    values[kind].resize(next[kind].back());
  }
  each_tried_value(scanned, planned, raw.size(), [&](std::uint16_t column, bool bare, const Piece& value) {
    std::size_t& at = next[bare ? 1 : 0][column];
    std::copy_n(raw.begin() + value.offset, value.length, values[bare ? 1 : 0].begin() + static_cast<std::ptrdiff_t>(at));
    at += value.length + 1;
  });
  const std::size_t bare = compressed_size(values[1]);
  return size + compressed_size(values[0]) + (planned.grouping == Grouping::by_key ? bare * kNumbersShare / kDigitsShare : bare);
}

}  // namespace npk::codec::json
