#include "codec/filter/delimited/key_cells_encode.h"

#include <algorithm>
#include <array>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

constexpr std::uint32_t kMostKeyCells = 64;       // of a row, those that are looked at
constexpr std::size_t kMostValues = 64, kMostDistinct = 128;
constexpr std::size_t kRarestKeyShare = 256;         // a value that fewer rows have comes rarely
constexpr std::size_t kMostRareShare = 8;         // at most this part of the rows may have such values
constexpr std::size_t kTriedColumns = 6, kTriedKeys = 2;
constexpr std::size_t kTriedBytes = 1U << 15;     // of a column
constexpr std::size_t kMostColumns = 256;         // that a key may make
constexpr std::size_t kLeastGain = 256;           // bytes of the sample

// How often there is which value; gives up when there are too many.
class ValueCounts {
 public:
  bool add(std::uint64_t hash) {
    std::size_t at = hash % kSlots;
    while (slots_[at].count != 0 && slots_[at].hash != hash) at = (at + 1) % kSlots;
    distinct_ += slots_[at].count == 0 ? 1U : 0U;
    slots_[at].hash = hash;
    ++slots_[at].count;
    return distinct_ <= kMostDistinct;
  }

  // In order; nothing if they are too few or too many, or the rest is too much.
  [[nodiscard]] FilterVector<std::uint64_t> frequent(std::size_t rows) const {
    FilterVector<std::uint64_t> values;
    std::size_t covered = 0;
    for (const Slot& slot : slots_) {
      if (slot.count == 0 || slot.count * kRarestKeyShare < rows) continue;
      values.push_back(slot.hash);
      covered += slot.count;
    }
    if (values.size() < 2 || values.size() > kMostValues || (rows - covered) * kMostRareShare > rows) return {};
    std::ranges::sort(values);
    return values;
  }

 private:
  static constexpr std::size_t kSlots = 2 * kMostDistinct;
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t count = 0;
  };
  std::array<Slot, kSlots> slots_{};
  std::size_t distinct_ = 0;
};

class KeySearch {
 public:
  KeySearch(ByteView raw, const RecordList<DelimitedCell>& cells, std::span<const std::uint32_t> rows, std::uint32_t cells_per_row, CompressedCost& cost)
      : raw_(raw), cells_(cells), rows_(rows), cell_count_(std::min(cells_per_row, kMostKeyCells)), cost_(cost) {}

  std::optional<KeyCell> run() {
    FilterVector<KeyCell> keys = candidates();
    if (keys.empty()) return std::nullopt;
    find_largest();
    std::optional<KeyCell> best;
    std::size_t most = std::max(kLeastGain, all_cost_ / 50);
    for (KeyCell& key : keys) {
      const std::size_t gain = try_key(key);
      if (gain <= most) continue;
      most = gain;
      best = std::move(key);
    }
    return best;
  }

 private:
  struct Column {
    std::uint32_t cell = 0;
    std::size_t bytes = 0;  // of all rows
    std::size_t cost = 0;   // of those tried
    bool repeats = false;   // the value of the row before, mostly: what costs nothing as it is
  };

  [[nodiscard]] ByteView value(std::uint32_t row, std::uint32_t cell) const {
    const Place place = cells_[row + cell].place();
    return raw_.subspan(place.offset, place.length);
  }

  FilterVector<KeyCell> candidates() const {
    FilterVector<KeyCell> keys;
    for (std::uint32_t cell = 0; cell < cell_count_; ++cell) {
      ValueCounts counts;
      if (!std::ranges::all_of(rows_, [&](std::uint32_t row) { return counts.add(hash_bytes(value(row, cell))); })) continue;
      FilterVector<std::uint64_t> values = counts.frequent(rows_.size());
      if (!values.empty()) keys.push_back({.cell = cell, .values = std::move(values)});
    }
    std::ranges::stable_sort(keys, std::ranges::greater(), [](const KeyCell& key) { return key.values.size(); });
    if (keys.size() > kTriedKeys) keys.resize(kTriedKeys);
    return keys;
  }

  void find_largest() {
    for (std::uint32_t cell = 0; cell < cell_count_; ++cell) {
      Column column{.cell = cell};
      for (const std::uint32_t row : rows_) column.bytes += value(row, cell).size();
      columns_.push_back(column);
    }
    std::ranges::stable_sort(columns_, std::ranges::greater(), &Column::bytes);
    if (columns_.size() > kTriedColumns) columns_.resize(kTriedColumns);
    for (Column& column : columns_) {
      column.repeats = repeats(column.cell);
      text_.clear();
      for (const std::uint32_t row : tried(column)) append(row, column);
      all_cost_ += column.cost = cost_.of(text_);
    }
  }

  [[nodiscard]] bool repeats(std::uint32_t cell) const {
    std::size_t same = 0;
    for (std::size_t i = 1; i < rows_.size(); ++i) same += std::ranges::equal(value(rows_[i], cell), value(rows_[i - 1], cell)) ? 1U : 0U;
    return 2 * same > rows_.size();
  }

  // Rows that have about kTriedBytes of the column.
  [[nodiscard]] std::span<const std::uint32_t> tried(const Column& column) const {
    return column.bytes <= kTriedBytes ? rows_ : rows_.first(std::max<std::size_t>(1, rows_.size() * kTriedBytes / column.bytes));
  }

  void append(std::uint32_t row, const Column& column) {
    const ByteView bytes = value(row, column.cell);
    text_.insert(text_.end(), bytes.begin(), bytes.end());
    text_.push_back('\n');
  }

  // What it saves.
  std::size_t try_key(KeyCell& key) {
    FilterVector<std::uint8_t> numbers;
    for (const std::uint32_t row : rows_) numbers.push_back(static_cast<std::uint8_t>(key.number_of(value(row, key.cell))));
    std::size_t saved = 0, made = 0;
    for (const Column& column : columns_) {
      made += key.values.size();
      if (column.cell == key.cell || column.repeats || made > kMostColumns) continue;
      const std::size_t apart = cost_apart(column, numbers, key.values.size());
      if (apart + column.cost / 16 >= column.cost) continue;
      saved += column.cost - apart;
      key.split |= 1ULL << column.cell;
    }
    return saved;
  }

  std::size_t cost_apart(const Column& column, std::span<const std::uint8_t> numbers, std::size_t values) {
    const auto rows = tried(column);
    text_.clear();
    for (std::size_t number = 0; number <= values; ++number) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (numbers[i] == number) append(rows[i], column);
      }
    }
    return cost_.of(text_);
  }

  ByteView raw_;
  const RecordList<DelimitedCell>& cells_;
  std::span<const std::uint32_t> rows_;
  std::uint32_t cell_count_;
  CompressedCost& cost_;
  FilterVector<Column> columns_;  // the largest
  FilterBytes text_;
  std::size_t all_cost_ = 0;
};

}  // namespace

std::uint64_t KeyCell::number_of(ByteView value) const noexcept {
  const std::uint64_t hash = hash_bytes(value);
  const auto found = std::ranges::lower_bound(values, hash);
  return found == values.end() || *found != hash ? 0 : static_cast<std::uint64_t>(found - values.begin()) + 1;
}

std::optional<KeyCell> find_key_cell(ByteView raw, const RecordList<DelimitedCell>& cells, std::span<const std::uint32_t> rows, std::uint32_t cells_per_row) {
  if (EncoderMemory* memory = EncoderMemory::current()) return KeySearch(raw, cells, rows, cells_per_row, memory->cost()).run();
  CompressedCost cost;
  return KeySearch(raw, cells, rows, cells_per_row, cost).run();
}

}  // namespace npk::codec
