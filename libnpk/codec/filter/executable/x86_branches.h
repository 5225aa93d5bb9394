// Streams and stretches of filtered x86-64 code (spec/filters/x86_branches.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec::x86 {

inline constexpr std::size_t kUnitBytes = 4096;  // stretches of code, of tables and of other data are so many bytes each, or a multiple

// A table's first record begins 0 to 3 bytes behind the stretch's begin.
enum Kind : std::uint8_t { kData, kCode, kTable0, kTable1, kTable2, kTable3, kUnwinding, kKinds };
inline constexpr std::size_t kRecordBytes = 8;  // two integers of 32 bits, as differences to the record before

enum Stream : std::uint8_t {
  kOther,         // bytes that are neither code nor records
  kOperations,
  kByteDisplacements,  // eight streams, by base
  kDwordDisplacements = kByteDisplacements + 8,
  kPlaces,
  kBytes,
  kWords,
  kDwords,
  kQwords,
  kNear,
  kCalls,
  kJumps,  // three planes
  kBranches = kJumps + 3,
  kFar = kBranches + 3,
  kRecords,  // eight planes
  kUnwindingSizes = kRecords + 8,
  kUnwindingOrigins,  // four planes
  kUnwindingBegins = kUnwindingOrigins + 4,
  kUnwindingRanges = kUnwindingBegins + 4,
  kUnwindingPrograms = kUnwindingRanges + 4,
  kStreams,
};

// What a byte of kUnwindingSizes says; from kLeastUnwinding on, so many integers of 32 bits behind the first of a record.
enum UnwindingSize : std::uint8_t { kUnwindingEnd, kUnwindingByte, kUnwindingWord, kLeastUnwinding };
inline constexpr std::size_t kUnwindingHeadBytes = 16, kMostUnwindingBytes = 4 + 4 * 255;

// What the next record of .eh_frame is predicted from.
struct UnwindingBefore {
  std::uint32_t origin = 0;  // how far back its CIE begins, were it the same as the last record's
  std::uint32_t begin = 0;   // position in the block, where the last record's range ends
};

inline constexpr std::uint32_t kFarDistance = 0xFFFFFF;  // what the planes hold if the distance is over that or equal, and in kFar

[[nodiscard]] constexpr std::uint32_t to_zigzag(std::uint32_t value) noexcept { return value << 1U ^ (0U - (value >> 31U)); }
[[nodiscard]] constexpr std::uint32_t from_zigzag(std::uint32_t value) noexcept { return value >> 1U ^ (0U - (value & 1U)); }

[[nodiscard]] constexpr std::size_t units_of(std::uint64_t raw_length) noexcept { return static_cast<std::size_t>((raw_length + kUnitBytes - 1) / kUnitBytes); }

// Of the unit that holds `position`.
[[nodiscard]] constexpr std::size_t unit_end(std::size_t position) noexcept { return (position / kUnitBytes + 1) * kUnitBytes; }

}  // namespace npk::codec::x86
