#include "codec/filter/integers/ranks_encode.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "codec/filter/numeric/elements.h"

namespace npk::codec::integers {
namespace {

constexpr std::size_t kLeastElements = 4096;
constexpr std::size_t kLeastSampledElements = 1U << 18;
constexpr unsigned kSampledShareBits = 6;

std::uint64_t hash_of(std::uint64_t value) noexcept { return value * 0x9E3779B97F4A7C15ULL; }

// Gives each number that occurs an id: 0, 1, … as they come.
template <class Number>
class NumberTable {
 public:
  // Inline, as g++ 12 leaves out calls of functions that only prefetch.
  [[gnu::always_inline]] void prefetch(Number number) const noexcept { __builtin_prefetch(&slots_[static_cast<std::size_t>(hash_of(number) >> shift_)]); }
  std::uint32_t id_of(Number number) {
    Slot& slot = find(number);
    if (slot.id != kNone) return slot.id;
    const auto id = static_cast<std::uint32_t>(numbers_.size());
    slot = {number, id};
    numbers_.push_back(number);
    if (4 * numbers_.size() > 3 * slots_.size()) grow();
    return id;
  }
  [[nodiscard]] const FilterVector<Number>& numbers() const noexcept { return numbers_; }
  [[nodiscard]] FilterVector<Number> take_numbers() { return std::move(numbers_); }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Slot {
    Number number = 0;
    std::uint32_t id = kNone;
  };

  Slot& find(Number number) {
    std::size_t at = static_cast<std::size_t>(hash_of(number) >> shift_);
    while (slots_[at].id != kNone && slots_[at].number != number) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow() {
    const std::size_t slots = 2 * slots_.size();
    let_go(slots_);
    slots_.resize(slots);
    --shift_;
    for (std::size_t i = 0; i < numbers_.size(); ++i) find(numbers_[i]) = {numbers_[i], static_cast<std::uint32_t>(i)};
  }

  unsigned shift_ = 64 - 12;
  FilterVector<Slot> slots_ = FilterVector<Slot>(std::size_t{1} << 12);  // few: most tables are small, and fit a cache
  FilterVector<Number> numbers_;
};

// About how many numbers differ, or fewer: of many elements those count whose hashes begin with zeros, so all that are alike or none. By a map of bits.
template <class E>
std::size_t about_different(ByteView elements) {
  constexpr unsigned kMapBits = 20;
  std::vector<std::uint64_t> map((std::size_t{1} << kMapBits) / 64);
  const unsigned share = elements.size() / E::kWidth < kLeastSampledElements ? 0 : kSampledShareBits;
  const std::uint64_t end = ~std::uint64_t{0} >> share;
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth) {
    const std::uint64_t hash = hash_of(E::load(elements.data() + at) >> E::kUnused);
    if (hash > end) continue;
    const std::uint64_t bit = hash >> (64 - kMapBits - share);
    map[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  std::size_t count = 0;
  for (const std::uint64_t word : map) count += static_cast<std::size_t>(std::popcount(word));
  return count << share;
}

// Whether the numbers whose top bit is set are floats of usual size, not signed numbers.
template <class Number>
bool are_floats(std::span<const Number> numbers, unsigned width) {
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

// A key and the id of its number.
struct WideKey {
  std::uint64_t key_;
  std::uint32_t id_;
  WideKey(std::uint64_t key, std::uint32_t id) noexcept : key_(key), id_(id) {}
  WideKey() = default;
  [[nodiscard]] std::uint64_t key() const noexcept { return key_; }
  [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
};

// Of at most 32 bits.
struct NarrowKey {
  std::uint64_t both_;
  NarrowKey(std::uint64_t key, std::uint32_t id) noexcept : both_(key << 32 | id) {}
  NarrowKey() = default;
  [[nodiscard]] std::uint64_t key() const noexcept { return both_ >> 32; }
  [[nodiscard]] std::uint32_t id() const noexcept { return static_cast<std::uint32_t>(both_); }
};

// By digits, the lowest first.
template <class Key>
void sort_keys(FilterVector<Key>& keys, unsigned bits) {
  constexpr unsigned kDigitBits = 11, kMostDigits = 6;
  constexpr std::size_t kDigits = 1U << kDigitBits, kFew = 1024;
  if (keys.size() < kFew) {
    std::ranges::sort(keys, {}, &Key::key);
    return;
  }
  const unsigned digits = (bits + kDigitBits - 1) / kDigitBits;
  const auto digit_of = [](const Key& key, unsigned digit) { return key.key() >> digit * kDigitBits & (kDigits - 1); };
  FilterVector<std::array<std::uint32_t, kDigits>> starts(kMostDigits);
  for (const Key& key : keys) {
    for (unsigned digit = 0; digit < digits; ++digit) ++starts[digit][digit_of(key, digit)];
  }
  FilterVector<Key> sorted(keys.size());
  for (unsigned digit = 0; digit < digits; ++digit) {
    auto& to = starts[digit];
    if (to[digit_of(keys.front(), digit)] == keys.size()) continue;
    std::exclusive_scan(to.begin(), to.end(), to.begin(), std::uint32_t{0});
    for (const Key& key : keys) sorted[to[digit_of(key, digit)]++] = key;
    keys.swap(sorted);
  }
}

// The keys of numbers in order; ranks[i] becomes the place of numbers[i].
template <class E>
FilterVector<std::uint64_t> rank_numbers(const FilterVector<typename E::Number>& numbers, KeyOrder order, FilterVector<std::uint32_t>& ranks) {
  FilterVector<std::conditional_t<E::kWidth == 8, WideKey, NarrowKey>> keys;
  keys.reserve(numbers.size());
  for (const auto number : numbers) keys.emplace_back(key_of(number, order, E::kWidth), static_cast<std::uint32_t>(keys.size()));
  sort_keys(keys, 8 * E::kWidth);
  ranks.resize(keys.size());
  FilterVector<std::uint64_t> sorted(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    sorted[i] = keys[i].key();
    ranks[keys[i].id()] = static_cast<std::uint32_t>(i);
  }
  return sorted;
}

// Each element's number as its id, as an element; the numbers by their ids, or none if they are over half as many.
template <class E>
FilterVector<typename E::Number> number_elements(ByteView elements, FilterBytes& ids) {
  const std::size_t count = elements.size() / E::kWidth;
  constexpr std::size_t kAhead = 16 * E::kWidth;
  NumberTable<typename E::Number> table;
  const auto number_at = [&](std::size_t at) { return static_cast<typename E::Number>(E::load(elements.data() + at) >> E::kUnused); };
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth) {
    if (at + kAhead < elements.size()) table.prefetch(number_at(at + kAhead));
    const std::uint32_t id = table.id_of(number_at(at));
    if (2 * std::size_t{id} >= count) return {};
    E::store(ids.data() + at, static_cast<typename E::Number>(static_cast<typename E::Number>(id) << E::kUnused));
  }
  if (2 * table.numbers().size() > count) return {};
  return table.take_numbers();
}

// What negative numbers seem to be.
template <class E, class Numbers>
KeyOrder order_of(const Numbers& numbers) {
  using Number = typename E::Number;
  if (std::ranges::none_of(numbers, [](Number number) { return number >> (8 * E::kWidth - 1) != 0; })) return KeyOrder::unsigned_numbers;
  return are_floats<Number>(numbers, E::kWidth) ? KeyOrder::floats : KeyOrder::signed_numbers;
}

template <class E>
std::optional<Ranks> rank(ByteView elements) {
  using Number = typename E::Number;
  const std::size_t count = elements.size() / E::kWidth;
  if (count < kLeastElements || 2 * about_different<E>(elements) > count + count / 8) return std::nullopt;
  Ranks ranks;
  ranks.elements.resize(elements.size());
  const FilterVector<Number> numbers = number_elements<E>(elements, ranks.elements);
  if (numbers.empty()) return std::nullopt;
  ranks.order = order_of<E>(numbers);
  FilterVector<std::uint32_t> places;
  ranks.keys = rank_numbers<E>(numbers, ranks.order, places);
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth) {
    const std::uint32_t place = places[static_cast<std::size_t>(E::load(ranks.elements.data() + at) >> E::kUnused)];
    E::store(ranks.elements.data() + at, static_cast<Number>(static_cast<Number>(place) << E::kUnused));
  }
  return ranks;
}

// The same by a table of all numbers of 16 bits.
template <class E>
std::optional<Ranks> rank_short(ByteView elements) {
  constexpr std::size_t kNumbers = 65536;
  const std::size_t count = elements.size() / E::kWidth;
  if (count < kLeastElements) return std::nullopt;
  FilterVector<std::uint16_t> places(kNumbers);  // of those that occur 1 at first
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth) places[E::load(elements.data() + at)] = 1;
  Ranks ranks;
  if (std::any_of(places.begin() + kNumbers / 2, places.end(), [](std::uint16_t place) { return place != 0; })) ranks.order = KeyOrder::signed_numbers;
  const std::size_t first = ranks.order == KeyOrder::signed_numbers ? kNumbers / 2 : 0;
  for (std::size_t key = 0; key < kNumbers; ++key) {
    std::uint16_t& place = places[key ^ first];
    if (place == 0) continue;
    place = static_cast<std::uint16_t>(ranks.keys.size());
    ranks.keys.push_back(key);
  }
  if (2 * ranks.keys.size() > count) return std::nullopt;
  ranks.elements.resize(elements.size());
  for (std::size_t at = 0; at < elements.size(); at += E::kWidth) E::store(ranks.elements.data() + at, places[E::load(elements.data() + at)]);
  return ranks;
}

}  // namespace

std::optional<Ranks> rank_elements(const numeric::ElementForm& form, ByteView elements) {
  std::optional<Ranks> ranks;
  try {
    with_element(form, [&]<class E>() {
      if constexpr (E::kWidth == 2) ranks = rank_short<E>(elements);
      if constexpr (E::kWidth > 2) ranks = rank<E>(elements);
    });
  } catch (const FilterMemoryExceeded&) {
    return std::nullopt;
  }
  return ranks;
}

}  // namespace npk::codec::integers
