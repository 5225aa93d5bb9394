// A commit: statement (what was packed, what a signature signs) and placement (where it lies); and the trailer that finds it.
// Spec sections 7 and 11.
#pragma once

#include <string>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/superblock.h"
#include "npk/limits.h"

namespace npk::format {

struct Statement {
  PackageId lineage_id{};
  std::uint64_t generation = 1;
  std::int64_t time_seconds = 0;
  std::uint32_t time_nanoseconds = 0;
  Digest previous_statement{};  // zero in the first generation
  Digest content_root{};
  Digest storage_root{};
  std::string message;          // UTF-8

  friend bool operator==(const Statement&, const Statement&) = default;
};

// Where a page, commit or other frame lies and what its body must hash to. Position 0: none.
struct FrameReference {
  std::uint64_t position = 0;
  std::uint64_t stored_length = 0;
  Digest hash{};

  [[nodiscard]] bool exists() const noexcept { return position != 0; }
  friend bool operator==(const FrameReference&, const FrameReference&) = default;
};

struct FeatureBits {
  std::uint64_t compatible = 0;
  std::uint64_t read_only_compatible = 0;
  std::uint64_t incompatible = 0;

  friend bool operator==(const FeatureBits&, const FeatureBits&) = default;
};

struct Totals {
  std::uint64_t entries = 0;
  std::uint64_t files = 0;         // regular
  std::uint64_t directories = 0;
  std::uint64_t content_bytes = 0; // sum of sizes, hard links counted each
  std::uint64_t hole_bytes = 0;    // of these, in holes
  std::uint64_t chunks = 0;
  std::uint64_t blocks = 0;        // dictionaries included
  std::uint64_t unique_bytes = 0;  // sum of all chunks' lengths
  std::uint64_t stored_bytes = 0;  // sum of all blocks' stored lengths

  friend bool operator==(const Totals&, const Totals&) = default;
};

enum class ChunkingMethod : std::uint8_t { none = 0, gear = 1, fixed = 2 };

struct Chunking {
  ChunkingMethod method = ChunkingMethod::none;
  std::uint32_t minimum_bytes = 0;
  std::uint32_t average_bytes = 0;
  std::uint32_t maximum_bytes = 0;
  std::uint64_t seed = 0;

  friend bool operator==(const Chunking&, const Chunking&) = default;
};

struct CommitSection {
  std::uint16_t id = 0;
  std::uint8_t flags = 0;
  Bytes bytes;

  friend bool operator==(const CommitSection&, const CommitSection&) = default;
};

struct Placement {
  std::uint64_t previous_commit = 0;
  FeatureBits features;
  FrameReference catalog_root, chunk_root, hint_root;
  Totals totals;
  Chunking chunking;
  std::vector<CommitSection> sections;

  friend bool operator==(const Placement&, const Placement&) = default;
};

struct Commit {
  Statement statement;
  Placement placement;

  friend bool operator==(const Commit&, const Commit&) = default;
};

[[nodiscard]] Bytes encode_statement(const Statement& statement);
[[nodiscard]] Bytes encode_commit(const Commit& commit);  // the raw payload of a commit frame
// Every field checked but what needs other frames; `position` is where the commit frame lies: references must be before it (corrupt).
[[nodiscard]] Result<Commit> decode_commit(ByteView raw, std::uint64_t position, const Limits& limits);
// Errc::unsupported naming the bits if any incompatible one is unknown.
[[nodiscard]] Result<void> check_features(const FeatureBits& features);

struct Trailer {
  std::uint64_t package_length = 0;  // superblock to the end of the trailer frame
  FrameReference commit;
  std::uint64_t generation = 0;
  FeatureBits features;
  std::uint64_t signature_position = 0;
  std::vector<std::uint64_t> envelope_positions;

  friend bool operator==(const Trailer&, const Trailer&) = default;
};

inline constexpr std::size_t kEndMagicBytes = 16;  // what locate_trailer needs: the last 16 bytes of the package
inline constexpr std::size_t kMaxTrailerFrameBytes = 16'384;

[[nodiscard]] std::size_t trailer_body_bytes(const Trailer& trailer) noexcept;
[[nodiscard]] Bytes encode_trailer(const Trailer& trailer);
[[nodiscard]] Result<Trailer> decode_trailer(ByteView body);
// From the last 16 bytes: the length of the trailer frame, header included; Errc::corrupt if the end magic is missing.
[[nodiscard]] Result<std::uint32_t> locate_trailer(ByteView last_bytes);

}  // namespace npk::format
