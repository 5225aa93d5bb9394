// Every whole frame of a damaged package, wherever it lies.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "npk/format/frame.h"
#include "npk/limits.h"
#include "npk/ops/recover.h"
#include "npk/source.h"

namespace npk::ops {

struct FoundFrame {
  std::uint64_t position = 0;  // in the source
  format::FrameHeader header;
  Digest hash{};               // BLAKE3 of the body as it is stored

  [[nodiscard]] std::uint64_t end() const noexcept { return position + format::kFrameHeaderBytes + header.stored_length; }
};

struct Survey {
  std::vector<FoundFrame> frames;                // as they lie
  std::optional<format::Superblock> superblock;  // of the same package
  std::vector<ByteSpan> gaps;                    // between what is whole
  std::uint64_t gap_bytes = 0;
  std::uint64_t source_bytes = 0;
};

// Reads the source once, and what is damaged some more times: limit, where headers in it claim more than that is worth.
// A frame counts if its header's checksum, the package tag and the body check hold. Within one nothing is looked for: what
// a package holds may be a package. Which one it is: the superblock at the start says, else a trailer at the end, else
// the first whole frame. Errors: io, limit, cancelled; corrupt (no frame at all).
[[nodiscard]] Result<Survey> survey_frames(const RandomAccessSource& source, const Limits& limits,
                                           const ProgressCallback& progress, const std::stop_token& stop);

}  // namespace npk::ops
