// From options to numbers: which codec, how large the blocks, how files are cut, in which order they are read.
#pragma once

#include <array>
#include <optional>

#include "block/seal.h"
#include "chunk/chunker.h"
#include "codec/encoder.h"
#include "npk/format/commit.h"
#include "npk/memory_estimate.h"
#include "npk/writer.h"
#include "package/writer/base_choice.h"
#include "package/writer/batch.h"

namespace npk::writer {

struct WritePlan {
  codec::EncoderOptions encoder;
  codec::EncoderOptions filtered_encoder = {};    // of blocks that filters took apart; store: as `encoder`
  codec::EncoderOptions code_encoder = {};        // of machine code; store: as filtered_encoder
  std::optional<int> markup_min_match;            // of filtered_encoder's zstd, for markup
  bool word_filter = false;
  block::QuickWords quick_words = {};  // block::SealOptions
  bool tries_words = false;   // likewise
  bool whole_trials = false;  // likewise
  bool smaller_filters = false;  // likewise
  bool choose_filters = false;
  std::vector<format::CodecId> forced_filters = {};
  std::array<std::size_t, kLanes> block_bytes{};  // raw, by lane
  BaseOptions bases;                 // of small blocks
  int page_level = 0;                // zstd level of pages
  chunk::ChunkParameters chunking;
  std::size_t whole_file_bytes = 0;  // smaller files are one chunk
  Deduplication deduplication = Deduplication::chunks;
  FileOrder order = FileOrder::kind;  // never preset
  std::uint64_t most_sketched_bytes = UINT64_MAX;  // of all files together: beyond, similar is as kind
  bool pads = false;                 // bodies of a sealed package
  unsigned threads = 1;
  unsigned filter_slots = 1;         // blocks taken apart at a time
  bool keeps_filter_pages = false;   // from block to block, in each slot
  std::size_t tokens = 1;            // batches in flight
};

// Errc::misuse, naming the field, for options that make no sense; Errc::limit, naming the least memory that works.
[[nodiscard]] Result<WritePlan> make_plan(const WriterOptions& options);

[[nodiscard]] format::Chunking chunking_record(const WritePlan& plan) noexcept;

// The options' chunk size or, if they leave it open, the one of the generation before: a further one finds what is there
// only if it cuts alike. 0: neither says.
[[nodiscard]] std::uint64_t chunk_bytes_after(const format::Chunking& before, const WriterOptions& options) noexcept;

[[nodiscard]] block::SealOptions seal_options(const WritePlan& plan, std::stop_token stop);

// What a plan takes: the one formula that WriterOptions::memory_bytes is kept by. Index and entries are left zero.
[[nodiscard]] WriteMemory plan_memory(const WritePlan& plan) noexcept;

}  // namespace npk::writer
