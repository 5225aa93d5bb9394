#include "integer_column_dictionary.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "integer_column_bits.h"
#include "npk/format/integer_column.h"

namespace npk::format {
namespace {

constexpr std::uint32_t kNone = 0xFFFF'FFFF;
constexpr unsigned kMaxIndexWidth = 12;  // kMaxColumnDictionary is 2^12
constexpr std::uint64_t kMostOccurrences = ~0ULL / kMaxDictionaryCandidates;
constexpr std::size_t kLeastOverhead = 6;  // bytes of a dictionary besides indices and patches, 0 its only value
constexpr std::size_t kMaxProbes = 64;   // so that values chosen to collide cost no more than this; they become patches

unsigned index_width(std::size_t dictionary_size) noexcept {
  return static_cast<unsigned>(std::bit_width(dictionary_size - 1));
}

struct Candidate {
  std::uint64_t value;
  std::uint64_t occurrences;
};

// The different values of a column in order of first appearance, by open addressing.
class Census {
 public:
  explicit Census(std::size_t value_count)
      : slot_bits_(static_cast<unsigned>(std::bit_width(2 * std::min(value_count, kMaxDictionaryCandidates)))),
        slots_(std::size_t{1} << slot_bits_, kNone) {}

  // The candidate's number, or kNone if there is no room for another.
  std::uint32_t count(std::uint64_t value) {
    std::size_t slot = static_cast<std::size_t>((value * 0x9E37'79B9'7F4A'7C15ULL) >> (64 - slot_bits_));
    for (std::size_t probe = 0; probe < kMaxProbes; ++probe, slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == kNone) return add(slot, value);
      if (candidates_[slots_[slot]].value != value) continue;
      ++candidates_[slots_[slot]].occurrences;
      return slots_[slot];
    }
    return kNone;
  }
  [[nodiscard]] bool is_full() const noexcept { return is_full_; }
  [[nodiscard]] const std::vector<Candidate>& candidates() const noexcept { return candidates_; }

 private:
  std::uint32_t add(std::size_t slot, std::uint64_t value) {
    if (candidates_.size() == kMaxDictionaryCandidates) {
      is_full_ = true;
      return kNone;
    }
    slots_[slot] = static_cast<std::uint32_t>(candidates_.size());
    candidates_.push_back({value, 1});
    return slots_[slot];
  }

  unsigned slot_bits_;
  std::vector<std::uint32_t> slots_;
  std::vector<Candidate> candidates_;
  bool is_full_ = false;
};

}  // namespace

// Counts, then takes the 2^w commonest values for the w that promises fewest bits.
class DictionaryPlanner {
 public:
  explicit DictionaryPlanner(std::span<const std::uint64_t> values) : values_(values), census_(values.size()) {}

  void count() {
    numbers_.reserve(values_.size());
    for (const std::uint64_t value : values_) numbers_.push_back(census_.count(value));
  }

  // As count, but gives up, with false, once it is certain that no dictionary takes fewer than `size_to_beat` bytes.
  bool count_if_smaller(std::size_t size_to_beat) {
    constexpr std::size_t kBetweenChecks = 256;
    numbers_.reserve(values_.size());
    for (std::size_t i = 0; i < values_.size();) {
      const std::size_t end = std::min(values_.size(), i + kBetweenChecks);
      for (; i < end; ++i) numbers_.push_back(census_.count(values_[i]));
      if (census_.is_full() || is_hopeless(values_.size(), size_to_beat)) return false;
    }
    return !is_hopeless(most_occurrences(), size_to_beat);
  }

  // Nothing if what is chosen certainly takes no fewer than `size_to_beat` bytes.
  std::optional<DictionaryPlan> plan(std::size_t size_to_beat) {
    rank();
    const Choice choice = choose_size();
    if (least_bits(choice) / 8 + kLeastOverhead >= size_to_beat) return std::nullopt;
    DictionaryPlan plan;
    const auto index_of = choose_values(choice.size, plan);
    plan.indices_.reserve(values_.size());
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const std::uint32_t index = numbers_[i] == kNone ? kNone : index_of[numbers_[i]];
      plan.indices_.push_back(index == kNone ? 0 : index);
      if (index == kNone) plan.patches_.add(i, values_[i]);
    }
    return plan;
  }

 private:
  struct Choice {
    std::size_t size;  // of the dictionary
    std::uint64_t patch_count;
  };

  // Indices and patches take no fewer bits: so many different values need patches of at least so many bits.
  [[nodiscard]] std::uint64_t least_bits(const Choice& choice) const {
    const std::size_t different = census_.candidates().size() - choice.size;
    const unsigned patch_width = different == 0 ? 0 : index_width(different);
    return values_.size() * index_width(choice.size) + choice.patch_count * patch_width;
  }

  // Whether no choice gives fewer bytes, if no value occurs more often than given. Once true, more values keep it so.
  [[nodiscard]] bool is_hopeless(std::uint64_t occurrences, std::size_t size_to_beat) const {
    const std::size_t different = census_.candidates().size();
    std::uint64_t least = ~0ULL;
    for (unsigned width = 0; width <= kMaxIndexWidth; ++width) {
      const std::size_t size = std::min(different, std::size_t{1} << width);
      const std::uint64_t covered = std::min<std::uint64_t>(values_.size(), size * occurrences);
      least = std::min(least, least_bits({size, std::max(different - size, values_.size() - covered)}));
    }
    return least / 8 + kLeastOverhead >= size_to_beat;
  }

  [[nodiscard]] std::uint64_t most_occurrences() const {
    return std::ranges::max(census_.candidates(), {}, &Candidate::occurrences).occurrences;
  }

  // Candidates' numbers, the commonest first; among equals, the one met first.
  void rank() {
    std::vector<std::uint64_t> keys;  // one integer each, which sorts twice as fast as a pair
    keys.reserve(census_.candidates().size());
    for (const Candidate& candidate : census_.candidates())
      keys.push_back((kMostOccurrences - candidate.occurrences) * kMaxDictionaryCandidates + keys.size());
    std::ranges::sort(keys);
    ranked_.reserve(keys.size());
    for (const std::uint64_t key : keys) ranked_.push_back(static_cast<std::uint32_t>(key % kMaxDictionaryCandidates));
  }

  // An estimate, in bits; what it leads to is then measured exactly.
  [[nodiscard]] std::uint64_t estimate(const Choice& choice, unsigned value_width) const {
    const unsigned width = index_width(choice.size);
    const std::uint64_t entry_bits = value_width > width ? value_width - width : 1;
    const std::uint64_t patches = choice.patch_count;
    const std::uint64_t gap_bits = patches == 0 ? 0 : std::bit_width(values_.size() / patches) + 1U;
    return values_.size() * width + choice.size * entry_bits + patches * (value_width + gap_bits);
  }

  [[nodiscard]] Choice choose_size() const {
    const unsigned value_width = range_of(values_).width();
    Choice choice{0, values_.size()};
    Choice best = choice;
    std::uint64_t least = ~0ULL;
    for (unsigned width = 0; width <= kMaxIndexWidth && choice.size < ranked_.size(); ++width) {
      for (const std::size_t end = std::min(ranked_.size(), std::size_t{1} << width); choice.size < end; ++choice.size)
        choice.patch_count -= census_.candidates()[ranked_[choice.size]].occurrences;
      const std::uint64_t bits = estimate(choice, value_width);
      if (bits < least) best = choice;
      least = std::min(least, bits);
    }
    return best;
  }

  // Fills the dictionary; gives each candidate's index, or kNone.
  std::vector<std::uint32_t> choose_values(std::size_t size, DictionaryPlan& plan) {
    const std::span chosen(ranked_.data(), size);
    std::ranges::sort(chosen, {}, [&](std::uint32_t number) { return census_.candidates()[number].value; });
    std::vector<std::uint32_t> index_of(ranked_.size(), kNone);
    for (std::uint32_t index = 0; index < size; ++index) {
      index_of[chosen[index]] = index;
      plan.dictionary_.push_back(census_.candidates()[chosen[index]].value);
    }
    return index_of;
  }

  std::span<const std::uint64_t> values_;
  Census census_;
  std::vector<std::uint32_t> numbers_;  // of each value, its candidate
  std::vector<std::uint32_t> ranked_;
};

DictionaryPlan DictionaryPlan::make(std::span<const std::uint64_t> values) {
  DictionaryPlanner planner(values);
  planner.count();
  return *planner.plan(std::numeric_limits<std::size_t>::max());
}

std::optional<DictionaryPlan> DictionaryPlan::make_if_smaller(std::span<const std::uint64_t> values,
                                                              std::size_t size_to_beat) {
  DictionaryPlanner planner(values);
  if (!planner.count_if_smaller(size_to_beat)) return std::nullopt;
  return planner.plan(size_to_beat);
}

std::size_t DictionaryPlan::size() const noexcept {
  return number_size(dictionary_.size()) +
         differences_size(dictionary_.front(), difference_range_of(dictionary_), dictionary_.size()) +
         bits::packed_size(indices_.size(), index_width(dictionary_.size())) + patches_.size();
}

void DictionaryPlan::write(Bytes& out) const {
  write_number(dictionary_.size(), out);
  write_differences(dictionary_, difference_range_of(dictionary_), out);
  bits::pack(indices_, 0, index_width(dictionary_.size()), out);
  patches_.write(out);
}

namespace {

Result<std::vector<std::uint64_t>> read_values(ByteReader& in) {
  NPK_ASSIGN(const std::uint64_t size, read_number(in));
  if (size == 0 || size > kMaxColumnDictionary)
    return fail_corrupt("a column's dictionary has not 1 to 4096 values");
  std::vector<std::uint64_t> dictionary(static_cast<std::size_t>(size));
  NPK_TRY(read_differences(in, dictionary));
  if (std::ranges::adjacent_find(dictionary, std::ranges::greater_equal{}) != dictionary.end())
    return fail_corrupt("a column's dictionary does not ascend");
  return dictionary;
}

}  // namespace

Result<void> read_dictionary(ByteReader& in, std::span<std::uint64_t> out) {
  NPK_ASSIGN(const std::vector<std::uint64_t> dictionary, read_values(in));
  NPK_TRY(read_packed(in, index_width(dictionary.size()), 0, out));
  NPK_ASSIGN(const Exceptions::List patches, Exceptions::read(in, out.size()));
  for (const std::uint64_t position : patches.positions)
    if (out[position] != 0) return fail_corrupt("a patched value has a dictionary index as well");
  if (range_of(out).highest >= dictionary.size()) return fail_corrupt("a column's dictionary has no such index");
  for (std::uint64_t& index : out) index = dictionary[index];
  for (std::size_t i = 0; i < patches.positions.size(); ++i) out[patches.positions[i]] = patches.values[i];
  return {};
}

}  // namespace npk::format
