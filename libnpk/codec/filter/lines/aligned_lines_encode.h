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
  std::uint8_t end;  // Of a ragged group's last field it says nothing: that goes to the line's end.
  bool padded;  // Begins or ends with spaces in some of the lines.
};

// Lines that begin alike, and are of one length or ragged: of any.
struct AlignedGroup {
  std::uint64_t context = 0;
  FilterVector<AlignedField> fields;  // None: the lines are not aligned.
  FilterBytes blanks;                 // For each place of a line, of a ragged one before its last field, 0xFF where it is blank in all, else 0.
  bool is_ragged = false;
};

// Looks at each stretch of a block by itself, as it may be of many files, and joins what has the same fields. Takes 1 MiB while it is made.
class AlignedLines {
 public:
  static constexpr std::size_t kLongestLine = 255;  // without its line feed
  static constexpr std::size_t kStretchBytes = 512U << 10;

  explicit AlignedLines(ByteView raw);

  // Of the line at `at`, without its line feed; null if it is none of an aligned group's.
  [[nodiscard]] const AlignedGroup* group_of(ByteView raw, std::size_t at, std::size_t length) const noexcept;

 private:
  struct Tally;
  struct GroupOfKey {
    std::uint64_t key;
    std::uint32_t group;
  };

  [[nodiscard]] static Tally* tally_of(FilterVector<Tally>& tallies, std::uint64_t key) noexcept;
  [[nodiscard]] static std::uint32_t group_for(FilterVector<Tally>& groups, const Tally& tally);
  void add_group(const Tally& tally);
  [[nodiscard]] const AlignedGroup* find(std::size_t stretch, std::uint64_t key, ByteView line) const noexcept;

  FilterVector<AlignedGroup> groups_;
  FilterVector<FilterVector<GroupOfKey>> stretches_;
  bool found_any_ = false;
};

}  // namespace npk::codec
