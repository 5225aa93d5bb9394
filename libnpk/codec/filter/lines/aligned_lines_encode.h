// Recognises lines whose fields are filled with spaces to the same width in all of them (fixed-width records: coordinates of atoms, printed tables,
// catalogues of stars). By the values alone each such line would have a template by the lengths of its values.
#pragma once

#include <cstdint>

#include "codec/filter/encoder_memory.h"
#include "npk/bytes.h"

namespace npk::codec {

// A stretch of a line between places that are blank in all lines of its group.
struct AlignedField {
  std::uint8_t begin;
  std::uint8_t end;
  bool padded;  // Begins or ends with spaces in some of the lines.
};

// Lines of one length that begin alike.
struct AlignedGroup {
  std::uint64_t context = 0;
  FilterVector<AlignedField> fields;  // None: the lines are not aligned.
  FilterBytes blanks;                 // For each place of a line 0xFF where it is blank in all, else 0.
};

// Takes 400 KiB while it is made, less afterwards.
class AlignedLines {
 public:
  static constexpr std::size_t kLongestLine = 255;  // without its line feed

  explicit AlignedLines(ByteView raw);

  // Of a line without its ending; null if it is none of an aligned group's.
  [[nodiscard]] const AlignedGroup* group_of(ByteView line) const noexcept;
  [[nodiscard]] bool found_any() const noexcept { return found_any_; }

 private:
  [[nodiscard]] const AlignedGroup* find(std::uint64_t key) const noexcept;

  FilterVector<AlignedGroup> groups_;
  bool found_any_ = false;
};

}  // namespace npk::codec
