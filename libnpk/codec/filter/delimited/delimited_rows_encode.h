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

// Whether one of some samples has lines of which most have a delimiter equally often.
[[nodiscard]] bool has_delimiter(ByteView raw);
// By the delimiter of the rows that follow, which is looked for again and again, as a block is of many files. Where there is none a row is one cell.
[[nodiscard]] DelimitedRows split_rows(ByteView raw);

}  // namespace npk::codec
