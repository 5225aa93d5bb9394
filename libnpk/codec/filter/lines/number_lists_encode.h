// Recognises lines with lists of long numbers between short texts that come again and again (offsets, identifiers: edges of a graph, postings of an
// index), of another length in each line: no template of a whole line fits them, but one of each number does.
#pragma once

#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec {

// What ends a unit in such lines: a number of five digits or more between separators, with the separator behind it. Returns the place behind that,
// or 0 if there is none before `end`, which is that of the line's ending.
[[nodiscard]] std::size_t long_number_end(ByteView raw, std::size_t at, std::size_t end) noexcept;

// Tells for each stretch of a block, by its first lines, whether it is of such lines.
class NumberLists {
 public:
  explicit NumberLists(ByteView raw) : raw_(raw) {}

  // Of the line that begins at `at`; lines come in order.
  [[nodiscard]] bool has_lists(std::size_t at) {
    if (at >= next_look_) look(at);
    return has_lists_;
  }
  [[nodiscard]] bool found_any() const noexcept { return found_any_; }

 private:
  void look(std::size_t at);

  ByteView raw_;
  std::size_t next_look_ = 0;
  bool has_lists_ = false;
  bool found_any_ = false;
};

}  // namespace npk::codec
