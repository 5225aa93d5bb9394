// What filters of machine code have in common: a block is stretches of code, of tables, of .eh_frame and of other data, whose bytes are in streams
// (spec/filters/x86_branches.md, from which spec/filters/arm64_branches.md takes the tables and .eh_frame).
#pragma once

#include <cstddef>
#include <cstdint>

namespace npk::codec::executable {

inline constexpr std::size_t kUnitBytes = 4096;  // a stretch is so many bytes, or a multiple
inline constexpr std::size_t kRecordBytes = 8;   // of a table: two integers of 32 bits, as differences to the record before

// Which streams and kinds of stretches a filter has. Code of the first kind is kind 1.
template <std::size_t kAllStreams, std::size_t kOtherStream, std::size_t kFirstRecordStream, std::size_t kKindsOfCode, std::size_t kStreamAlignment>
struct Layout {
  static constexpr std::size_t kStreams = kAllStreams;
  static constexpr std::size_t kAlignment = kStreamAlignment;  // of the first stream in the payload, which begins behind zeros
  static constexpr std::size_t kOther = kOtherStream;  // bytes that are neither code nor records
  static constexpr std::size_t kRecords = kFirstRecordStream;  // eight planes
  static constexpr std::size_t kUnwindingSizes = kRecords + 8;
  static constexpr std::size_t kUnwindingOrigins = kUnwindingSizes + 1;  // four planes
  static constexpr std::size_t kUnwindingBegins = kUnwindingOrigins + 4;
  static constexpr std::size_t kUnwindingRanges = kUnwindingBegins + 4;
  static constexpr std::size_t kUnwindingPrograms = kUnwindingRanges + 4;

  static constexpr std::uint8_t kData = 0, kCode = 1, kCodeKinds = kKindsOfCode;
  static constexpr std::uint8_t kTables = kCode + kCodeKinds;  // four: a table's first record begins 0 to 3 bytes behind the stretch's begin
  static constexpr std::uint8_t kUnwinding = kTables + 4;
  static constexpr std::uint8_t kKinds = kUnwinding + 1;
};
inline constexpr std::size_t kRecordStreams = 22;

// What a byte of kUnwindingSizes says; from kLeastUnwinding on, so many integers of 32 bits behind the first of a record.
enum UnwindingSize : std::uint8_t { kUnwindingEnd, kUnwindingByte, kUnwindingWord, kLeastUnwinding };
inline constexpr std::size_t kUnwindingHeadBytes = 16, kMostUnwindingBytes = 4 + 4 * 255;

// What the next record of .eh_frame is predicted from.
struct UnwindingBefore {
  std::uint32_t origin = 0;  // how far back its CIE begins, were it the same as the last record's
  std::uint32_t begin = 0;   // position in the block, where the last record's range ends
};

[[nodiscard]] constexpr std::uint32_t to_zigzag(std::uint32_t value) noexcept { return value << 1U ^ (0U - (value >> 31U)); }
[[nodiscard]] constexpr std::uint32_t from_zigzag(std::uint32_t value) noexcept { return value >> 1U ^ (0U - (value & 1U)); }

[[nodiscard]] constexpr std::size_t units_of(std::uint64_t raw_length) noexcept { return static_cast<std::size_t>((raw_length + kUnitBytes - 1) / kUnitBytes); }

// Of the unit that holds `position`.
[[nodiscard]] constexpr std::size_t unit_end(std::size_t position) noexcept { return (position / kUnitBytes + 1) * kUnitBytes; }

}  // namespace npk::codec::executable
