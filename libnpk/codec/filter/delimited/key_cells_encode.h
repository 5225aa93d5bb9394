// Finds cells that say what the others of their row are, as in tables of entity, attribute and value: a column for each attribute's values compresses
// better than one of all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "codec/filter/delimited/delimited_rows_encode.h"
#include "codec/filter/encoder_memory.h"

namespace npk::codec {

struct KeyCell {
  std::uint32_t cell = 0;              // which of a row's cells it is
  FilterVector<std::uint64_t> values;  // hashes of those that come often, in order
  std::uint64_t split = 0;             // cells that have a column for each of the values, a bit each; not the key's own

  // The number of a value, from 1; 0 if it comes rarely.
  [[nodiscard]] std::uint64_t number_of(ByteView value) const noexcept;
  [[nodiscard]] bool splits(std::size_t cell_number) const noexcept { return cell_number < 64 && (split >> cell_number & 1) != 0; }
};

inline constexpr std::size_t kKeySampleRows = 1U << 12;

// Tries cells of few different values on the largest columns of some rows of a table, given as their first cells; each has `cells_per_row`.
// Nothing if no key makes them 2 % smaller. Takes at most a few milliseconds.
[[nodiscard]] std::optional<KeyCell> find_key_cell(ByteView raw, const RecordList<DelimitedCell>& cells, std::span<const std::uint32_t> rows,
                                                   std::uint32_t cells_per_row);

}  // namespace npk::codec
