#include "codec/record_stretches.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "codec/filter/numeric/encoder/byte_cost.h"
#include "codec/filter/numeric/encoder/lag_kernels.h"
#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec {
namespace {

// Figures: bench/figures/machine-code.md, "Tables of records".
constexpr std::array<std::size_t, 8> kRecordBytes = {12, 20, 24, 32, 40, 48, 56, 64};
constexpr std::array<std::size_t, 3> kElementBytes = {4, 8, 16};  // as alike at these: an array, which code repeats whole as often as not
constexpr std::size_t kMostRecordBytes = 64;
constexpr std::size_t kCompared = 1024;
constexpr std::size_t kLeastEqual = kCompared * 45 / 100;
constexpr std::size_t kLeastAdvantage = kCompared / 16;
constexpr std::size_t kMostCostPercent = 80;
constexpr std::size_t kMostPlanes = 24;  // with statistics of their own

// The length of records that most bytes are repeated at, or 0.
std::size_t record_bytes_of(ByteView unit, numeric::CountEqual count_equal) noexcept {
  const auto equal_at = [&](std::size_t lag) -> std::size_t { return count_equal(unit.data() + kMostRecordBytes, kCompared, lag); };
  std::size_t best = 0, most = 0;
  for (const std::size_t lag : kRecordBytes) {
    const std::size_t equal = equal_at(lag);
    if (equal > most + most / 32) best = lag, most = equal;  // not a multiple of it, unless that is better
  }
  if (most < kLeastEqual) return 0;
  return std::ranges::all_of(kElementBytes, [&](std::size_t lag) { return equal_at(lag) + kLeastAdvantage <= most; }) ? best : 0;
}

// The differences of all bytes to those one record before, plane by plane.
std::uint64_t cost_of_differences(ByteView unit, std::size_t record_bytes) noexcept {
  std::array<std::uint8_t, kRecordUnitBytes> differences;
  std::size_t count = 0;
  for (std::size_t place = record_bytes; place < 2 * record_bytes; ++place) {
    for (std::size_t at = place; at < unit.size(); at += record_bytes) differences[count++] = static_cast<std::uint8_t>(unit[at] - unit[at - record_bytes]);
  }
  return numeric::match_cost(ByteView(differences).first(count), record_bytes <= kMostPlanes ? record_bytes : 1);
}

bool holds_records(ByteView unit, numeric::CountEqual count_equal) noexcept {
  const std::size_t record_bytes = record_bytes_of(unit, count_equal);
  return record_bytes != 0 && cost_of_differences(unit, record_bytes) * 100 < numeric::match_cost(unit, 1) * kMostCostPercent;
}

// Tables that one unit parts are one; shorter ones than there are to be are none.
void smooth(std::vector<bool>& tables) {
  for (std::size_t unit = 1; unit + 1 < tables.size(); ++unit)
    if (tables[unit - 1] && tables[unit + 1]) tables[unit] = true;
  constexpr auto kLeastUnits = static_cast<std::ptrdiff_t>(kLeastRecordTableBytes / kRecordUnitBytes);
  for (auto from = tables.begin(); from != tables.end();) {
    const auto to = std::find(from, tables.end(), !*from);
    if (*from && to - from < kLeastUnits) std::fill(from, to, false);
    from = to;
  }
}

}  // namespace

std::vector<RecordStretch> record_stretches(ByteView bytes) {
  std::vector<bool> tables;
  const numeric::CountEqual count_equal = numeric::equal_kernel(numeric::split_kernel().name);
  for (ByteView rest = bytes; rest.size() >= kRecordUnitBytes; rest = rest.subspan(kRecordUnitBytes))
    tables.push_back(holds_records(rest.first(kRecordUnitBytes), count_equal));
  smooth(tables);
  std::vector<RecordStretch> stretches;
  for (const bool is_table : tables) {
    if (stretches.empty() || stretches.back().is_table != is_table) stretches.push_back({0, is_table});
    stretches.back().length += kRecordUnitBytes;
  }
  if (stretches.empty()) stretches.push_back({});
  stretches.back().length += bytes.size() - tables.size() * kRecordUnitBytes;
  return stretches;
}

}  // namespace npk::codec
