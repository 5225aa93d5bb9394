// Takes comma-separated text and its like apart into rows and cells.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codec/filter/templates/template_format.h"
#include "npk/bytes.h"

namespace npk::codec {

struct DelimitedRow {
  std::uint32_t offset;
  std::uint32_t length;      // With its ending.
  std::uint32_t first_cell;
  std::uint32_t cells;
  std::uint64_t quotes;      // A hash of which cells are quoted.
  bool carriage_return;
};

struct DelimitedCell {
  Place place;  // Without its quotation marks.
  bool quoted;
};

struct DelimitedRows {
  std::vector<DelimitedRow> rows;
  std::vector<DelimitedCell> cells;
  std::size_t length = 0;  // What follows the last row has no line feed.
};

// The byte that most lines of a sample have equally often; nothing if none does.
[[nodiscard]] std::optional<std::uint8_t> find_delimiter(ByteView raw);
[[nodiscard]] DelimitedRows split_rows(ByteView raw, std::uint8_t delimiter);

}  // namespace npk::codec
