// Streams of filtered x86-64 code (spec/filters/x86_branches.md).
#pragma once

#include "codec/filter/executable/stretches.h"

namespace npk::codec::x86 {

enum Stream : std::uint8_t {
  kOther,
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
  kRecords,
  kStreams = kRecords + executable::kRecordStreams,
};
using Layout = executable::Layout<kStreams, kOther, kRecords, 1, 1>;

inline constexpr std::uint32_t kFarDistance = 0xFFFFFF;  // what the planes hold if the distance is over that or equal, and in kFar

}  // namespace npk::codec::x86
