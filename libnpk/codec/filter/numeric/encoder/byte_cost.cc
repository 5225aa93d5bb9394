#include "codec/filter/numeric/encoder/byte_cost.h"

#include <algorithm>
#include <bit>

#include "codec/filter/numeric/elements.h"

namespace npk::codec::numeric {
namespace {

constexpr std::uint64_t kBit = 256;
constexpr std::uint64_t kMatchCost = 22 * kBit;
constexpr std::uint64_t kSymbolCost = kBit;  // what a sample's entropy is too low by, and a code table's entry

// log2 of n in 256ths, by squaring.
constexpr std::uint32_t log2_of(std::uint32_t n) {
  auto result = static_cast<std::uint32_t>(std::bit_width(n) - 1);
  std::uint64_t x = (std::uint64_t{n} << 31U) >> result;  // 1 to 2, with 31 bits behind the point
  for (int i = 0; i < 8; ++i) {
    x = x * x >> 31U;
    const auto bit = static_cast<std::uint32_t>(x >> 32U);
    x >>= bit;
    result = 2 * result + bit;
  }
  return result;
}

// n log2 n
const std::array<std::uint32_t, kMaxCostedBytes + 1>& logarithms() {
  static const auto table = [] {
    std::array<std::uint32_t, kMaxCostedBytes + 1> values{};
    for (std::uint32_t n = 1; n <= kMaxCostedBytes; ++n) values[n] = n * log2_of(n);
    return values;
  }();
  return table;
}

// Single loads, where g++ 12 makes one of each byte of load_le here.
using Word = Element<std::uint32_t, 4, false>;
using LongWord = Element<std::uint64_t, 8, false>;

class MatchFinder {
 public:
  explicit MatchFinder(ByteView bytes) noexcept : bytes_(bytes) {}

  // The length of a match at `at` with what was looked at before; 0 if there is none.
  std::size_t find(std::size_t at) noexcept {
    const std::uint32_t word = Word::load(&bytes_[at]);
    std::uint16_t& slot = last_[word * 2654435761U >> 20U];
    const std::size_t before = slot;
    slot = static_cast<std::uint16_t>(at);
    if (before >= at || Word::load(&bytes_[before]) != word) return 0;
    std::size_t length = 4;
    for (; at + length + 8 <= bytes_.size(); length += 8) {
      const std::uint64_t differ = LongWord::load(&bytes_[before + length]) ^ LongWord::load(&bytes_[at + length]);
      if (differ != 0) return length + static_cast<std::size_t>(std::countr_zero(differ)) / 8;
    }
    while (at + length < bytes_.size() && bytes_[before + length] == bytes_[at + length]) ++length;
    return length;
  }

 private:
  ByteView bytes_;
  std::array<std::uint16_t, 4096> last_{};
};

}  // namespace

std::uint64_t entropy_cost(const Histogram& counts) noexcept {
  const auto& logs = logarithms();
  std::uint32_t total = 0, parts = 0, kinds = 0;
  for (const std::uint16_t count : counts) {
    total += count;
    parts += logs[count];
    kinds += count != 0 ? 1U : 0U;
  }
  return logs[total] - parts + kinds * kSymbolCost;
}

std::uint64_t plane_cost(ByteView bytes, std::size_t period) noexcept {
  std::array<Histogram, 8> counts{};
  const std::size_t records = bytes.size() / period;
  const std::uint8_t* from = bytes.data();
  for (std::size_t i = 0; i < records; ++i) {
    for (std::size_t plane = 0; plane < period; ++plane) ++counts[plane][*from++];
  }
  std::uint64_t cost = 0;
  for (std::size_t plane = 0; plane < period; ++plane) cost += entropy_cost(counts[plane]);
  return cost;
}

std::uint64_t match_cost(ByteView bytes, std::size_t parts, std::uint64_t limit) noexcept {
  MatchFinder finder(bytes);
  std::uint64_t cost = 0;
  std::size_t at = 0;
  for (std::size_t part = 1; part <= parts && cost < limit; ++part) {
    const std::size_t end = bytes.size() * part / parts;
    Histogram counts{};
    for (std::size_t misses = 0; at < end;) {
      const std::size_t step = 1 + misses / 64;
      const std::size_t length = at + 4 <= bytes.size() ? finder.find(at) : 0;
      if (length != 0) {
        cost += kMatchCost;
        at += length;
        misses = 0;
        continue;
      }
      ++misses;
      for (std::size_t last = std::min(end, at + step); at < last; ++at) ++counts[bytes[at]];
    }
    cost += entropy_cost(counts);
  }
  return cost;
}

}  // namespace npk::codec::numeric
