// What travels through the writer's pipeline: read -> cut -> hash -> fill -> seal -> write (write_package.h).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "chunk/chunker.h"
#include "codec/content_kind.h"
#include "npk/format/chunk_page.h"
#include "package/writer/base_choice.h"
#include "package/writer/buffer.h"
#include "package/writer/input.h"

namespace npk::writer {

inline constexpr std::size_t kSliceBytes = 1U << 20;      // of a large file; also what small files are gathered to
inline constexpr std::size_t kWindowBytes = chunk::kWindowBytes;  // bytes before a slice that its cuts depend on

// Of one entry. Beyond, holes are packed as zeros and chunks that are there already are stored again, so that the runs of a
// page stay within spec section 16.
inline constexpr std::size_t kMostHoles = 1U << 16;
inline constexpr std::size_t kMostRuns = 1U << 19;

// Kinds of content that go into blocks apart.
enum class Lane : std::uint8_t {
  ordinary,
  repetitive,      // by itself, or of a large group of files alike: decodes fast and gains from larger blocks
  incompressible,  // stored as it is; small blocks, so that little is read for a few bytes
  json, markup, delimited, lines, numeric, x86_code, arm64_code,  // that filters take apart
};
inline constexpr std::size_t kLanes = 10;
inline constexpr std::size_t kFirstFilteredLane = 3;

[[nodiscard]] constexpr Lane lane_of_kind(codec::ContentKind kind) noexcept {
  return kind == codec::ContentKind::general ? Lane::ordinary : static_cast<Lane>(kFirstFilteredLane - 1 + static_cast<std::size_t>(kind));
}
[[nodiscard]] constexpr codec::ContentKind kind_of_lane(Lane lane) noexcept {
  const auto index = static_cast<std::size_t>(lane);
  return index < kFirstFilteredLane ? codec::ContentKind::general : static_cast<codec::ContentKind>(index - kFirstFilteredLane + 1);
}
static_assert(lane_of_kind(codec::ContentKind::json) == Lane::json && kind_of_lane(Lane::arm64_code) == codec::ContentKind::arm64_code);

// What comes together in a lane of small blocks is gathered in groups, of which each has one base (base_choice.h). Of filtered
// content there is none: behind a filter a block has little of its base's bytes.
[[nodiscard]] constexpr bool has_bases(const BaseOptions& bases, Lane lane) noexcept {
  return bases.most_bytes != 0 && (lane == Lane::ordinary || lane == Lane::repetitive);
}

// A large file while its slices are on their way.
struct OpenFile {
  std::unique_ptr<InputFile> file;
  std::uint64_t expected_size = 0;
  std::atomic<bool> change_told = false;  // that it changed has been said
};

// Some content of one entry: a whole small file, a slice of a large one, a hole, or nothing (an entry without content).
struct Piece {
  std::uint64_t entry = 0;
  std::uint64_t leader = 0;           // of the entry's link group; else the entry
  std::uint64_t offset = 0;           // in the file
  std::uint64_t length = 0;           // bytes of data, or of the hole
  std::size_t data_begin = 0;         // in the batch's buffer
  std::size_t chunk_end = 0;          // set by the cut stage: this piece's chunks end here in Batch::chunks
  std::shared_ptr<OpenFile> file;     // slices only
  std::optional<Digest> digest;       // of the whole file, once it has ended and if it needs one
  std::optional<Error> problem;       // why it could not be read (then the entry is left out), or that it changed
  std::optional<codec::ContentKind> kind = {};  // of the file that this is a slice of, by its first bytes
  std::vector<chunk::Candidate> candidates;
  bool in_large_group = false;        // its file, by DataOrder
  bool is_hole = false;
  bool after_hole = false;            // what precedes it in the file was not read
  bool first = false;
  bool last = false;                  // of the file
  bool failed = false;
  bool changed = false;
  Lane lane = Lane::ordinary;
};

struct PieceChunk {
  std::size_t data_begin = 0;
  std::uint32_t length = 0;
  Digest hash{};
  bool is_table = false;              // of records, in a file of code: goes among numbers
  std::vector<std::uint32_t> samples = {};  // of content (base_choice.h), where bases are chosen
};

// An entry whose content is complete.
struct CompletedEntry {
  std::uint64_t entry = 0;
  std::uint64_t size = 0;
  std::vector<format::Run> runs = {};
  std::optional<Digest> digest = {};
};

inline constexpr std::size_t kNoBase = SIZE_MAX;

struct FilledBlock {
  Buffer buffer;                      // kSealHeadroom, then raw_length bytes
  std::size_t raw_length = 0;
  Lane lane = Lane::ordinary;
  std::size_t base_output = kNoBase;  // where its base is in Batch::outputs, before it
  std::size_t base_distance = 0;      // blocks from there; 0: no base
  bool is_base = false;               // of the blocks that follow in the batch
  bool uses_base = false;             // set by the seal stage: to be placed, encrypted and hashed once that of its base is known
  Digest name{};                      // BlockName; zero unless FillOptions::names_blocks
  bool is_earlier = false;            // it was there, and has not been made again
  Buffer room;                        // where it is compressed to
  ByteView body;                      // set by the seal stage; in buffer or room
  std::uint32_t seal_counter = 0;     // of a sealed package: of its blocks
  Digest hash{};
};

// Ends a stretch of input: its chunk page (blocks' positions, lengths and hashes still to be filled in) and its manifest.
struct Segment {
  format::ChunkPage page;
  std::vector<CompletedEntry> completed;
};

struct Batch {
  Buffer data;
  std::vector<Piece> pieces;
  std::vector<PieceChunk> chunks;
  std::vector<std::variant<FilledBlock, Segment>> outputs;
  std::uint64_t input_bytes = 0;
  std::optional<std::size_t> closing;  // holds nothing: one of kLanes + 1 that end the data, with which this lane is closed or, the last, the segment
};

}  // namespace npk::writer
