// Takes comma-separated text and its like apart into rows and cells.
#pragma once

#include <cstdint>
#include <optional>

#include "codec/filter/record_list_encode.h"
#include "codec/filter/templates/template_format.h"
#include "npk/bytes.h"

namespace npk::codec {

struct DelimitedRow {
  std::uint32_t offset;
  std::uint32_t length;      // With its ending.
  std::uint32_t first_cell;
  std::uint32_t cells : 31;
  bool carriage_return : 1;
  std::uint32_t quotes;      // A hash of which cells are quoted.
};

struct DelimitedCell {
  std::uint32_t offset;  // Without its quotation marks.
  std::uint32_t length : 31;
  bool quoted : 1;

  [[nodiscard]] Place place() const noexcept { return {offset, length}; }
};

struct DelimitedRows {
  RecordList<DelimitedRow> rows;
  RecordList<DelimitedCell> cells;
  std::size_t length = 0;  // What follows the last row has no line feed.
};

// The byte that most lines of a sample have equally often; nothing if none does.
[[nodiscard]] std::optional<std::uint8_t> find_delimiter(ByteView raw);
[[nodiscard]] DelimitedRows split_rows(ByteView raw, std::uint8_t delimiter);

}  // namespace npk::codec
