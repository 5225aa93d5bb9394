#include "codec/filter/integers/ranks_encode.h"

#include <algorithm>
#include <bit>

#include "codec/filter/numeric/elements.h"

namespace npk::codec::integers {
namespace {

constexpr std::size_t kLeastElements = 4096;

std::uint64_t hash_of(std::uint64_t value) noexcept { return value * 0x9E3779B97F4A7C15ULL; }

// Of each number, whether it was seen, and its rank once that is known.
class NumberTable {
 public:
  explicit NumberTable(std::size_t most) : shift_(64 - static_cast<unsigned>(std::bit_width(most - 1))), slots_(std::size_t{1} << (64 - shift_)) {}

  // False if there are over half as many as slots.
  bool add(std::uint64_t number) {
    Slot& slot = find(number);
    if (slot.is_used()) return true;
    slot = {number, 0};
    numbers_.push_back(number);
    return 2 * numbers_.size() <= slots_.size();
  }
  [[nodiscard]] FilterVector<std::uint64_t> take_numbers() { return std::move(numbers_); }
  void set_rank(std::uint64_t number, std::uint32_t rank) { find(number).rank = rank; }
  [[nodiscard]] std::uint32_t rank_of(std::uint64_t number) { return find(number).rank; }

 private:
  struct Slot {
    std::uint64_t number = 0;
    std::uint32_t rank = UINT32_MAX;  // of none
    [[nodiscard]] bool is_used() const noexcept { return rank != UINT32_MAX; }
  };

  Slot& find(std::uint64_t number) {
    std::size_t at = static_cast<std::size_t>(hash_of(number) >> shift_);
    while (slots_[at].is_used() && slots_[at].number != number) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }

  unsigned shift_;
  FilterVector<Slot> slots_;
  FilterVector<std::uint64_t> numbers_;
};

// A lower bound, from a map of bits.
template <class E>
std::size_t least_different(ByteView elements) {
  constexpr unsigned kMapBits = 20;
  std::vector<std::uint64_t> map((std::size_t{1} << kMapBits) / 64);
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth) {
    const std::uint64_t hash = hash_of(E::load(elements.data() + at) >> E::kUnused) >> (64 - kMapBits);
    map[hash / 64] |= std::uint64_t{1} << hash % 64;
  }
  std::size_t count = 0;
  for (const std::uint64_t word : map) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

// Whether the numbers whose top bit is set are floats of usual size, not signed numbers.
bool are_floats(std::span<const std::uint64_t> numbers, unsigned width) {
  if (width != 4 && width != 8) return false;
  const unsigned top = 8 * width - 1, mantissa = width == 4 ? 23 : 52;
  const std::uint64_t middle = width == 4 ? 127 : 1023;
  std::size_t usual = 0, all = 0;
  for (const std::uint64_t number : numbers) {
    if (number >> top == 0) continue;
    const std::uint64_t exponent = number >> mantissa & (2 * middle + 1);
    usual += exponent + 40 > middle && exponent < middle + 40 ? 1U : 0U;
    ++all;
  }
  return 2 * usual > all;
}

std::uint64_t key_of(std::uint64_t number, KeyOrder order, unsigned width) noexcept {
  const std::uint64_t top = std::uint64_t{1} << (8 * width - 1), all = ~std::uint64_t{0} >> (64 - 8 * width);
  if (order == KeyOrder::unsigned_numbers) return number;
  if (order == KeyOrder::signed_numbers || number < top) return number ^ top;
  return ~number & all;
}

template <class E>
std::optional<Ranks> rank(ByteView elements) {
  const std::size_t count = elements.size() / E::kWidth;
  if (count < kLeastElements || 2 * least_different<E>(elements) > count) return std::nullopt;
  NumberTable table(E::kWidth == 2 ? std::min<std::size_t>(count, 1U << 17) : count);
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth)
    if (!table.add(E::load(elements.data() + at) >> E::kUnused)) return std::nullopt;
  FilterVector<std::uint64_t> numbers = table.take_numbers();
  if (2 * numbers.size() > count) return std::nullopt;
  Ranks ranks;
  const bool has_negative = std::ranges::any_of(numbers, [](std::uint64_t number) { return number >> (8 * E::kWidth - 1) != 0; });
  if (has_negative) ranks.order = are_floats(numbers, E::kWidth) ? KeyOrder::floats : KeyOrder::signed_numbers;
  for (std::uint64_t& number : numbers) number = key_of(number, ranks.order, E::kWidth);
  std::ranges::sort(numbers);
  ranks.keys = std::move(numbers);
  for (std::size_t i = 0; i < ranks.keys.size(); ++i) {
    const std::uint64_t key = ranks.keys[i], top = std::uint64_t{1} << (8 * E::kWidth - 1);
    // Back to the number: key_of is its own inverse but for negative floats, whose keys are below the top bit.
    const std::uint64_t number = ranks.order == KeyOrder::floats ? (key < top ? ~key & (top | (top - 1)) : key ^ top) : key_of(key, ranks.order, E::kWidth);
    table.set_rank(number, static_cast<std::uint32_t>(i));
  }
  ranks.elements.resize(elements.size());
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth) {
    const std::uint32_t place = table.rank_of(E::load(elements.data() + at) >> E::kUnused);
    E::store(ranks.elements.data() + at, static_cast<typename E::Number>(static_cast<typename E::Number>(place) << E::kUnused));
  }
  return ranks;
}

}  // namespace

std::optional<Ranks> rank_elements(const numeric::ElementForm& form, ByteView elements) {
  std::optional<Ranks> ranks;
  try {
    with_element(form, [&]<class E>() {
      if constexpr (E::kWidth > 1) ranks = rank<E>(elements);
    });
  } catch (const FilterMemoryExceeded&) {
    return std::nullopt;
  }
  return ranks;
}

}  // namespace npk::codec::integers
