#include "package/writer/plan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <string_view>
#include <thread>

#include "codec/filter_registry.h"
#include "codec/registry.h"
#include "codec/word_filter.h"
#include "npk/checked.h"
#include "package/writer/batch.h"
#include "package/writer/block_filler.h"
#include "package/writer/chain_option.h"

namespace npk::writer {
namespace {

constexpr std::uint64_t kLeastBlockBytes = 64U << 10;
constexpr std::uint64_t kMostBlockBytes = 128U << 20;
constexpr std::uint64_t kLeastChunkBytes = 4U << 10;
constexpr std::uint64_t kMostChunkBytes = 4U << 20;
constexpr std::uint32_t kDefaultChunkBytes = 64U << 10;
constexpr std::uint32_t kWholeFileChunks = 16;  // a file of fewer average chunks than this stays in one piece
constexpr std::uint32_t kSpread = 4;            // average / minimum, maximum / average
constexpr std::uint64_t kMostMessageBytes = 1U << 20;
constexpr unsigned kMostThreads = 1024;
constexpr std::size_t kMostTokens = 4096;
// Words replaced, a block of 60 MiB of text is shorter than this; a larger dictionary would take 11 times its size in each encoder.
constexpr std::uint32_t kLzmaDictionaryBytes = 40U << 20;
constexpr std::uint64_t kFixedBytes = 24U << 20;  // pages being made, code, stacks
constexpr std::uint64_t kShortPiecesBytes = 8U << 20;  // that filters have of malloc, beside pages that a block before took
constexpr std::uint64_t kLeastVolumeBytes = 4U << 20;
constexpr std::uint64_t kFrameRoom = 4096;  // headers of part, frame, block and session
constexpr std::uint64_t kTagShare = 2048;   // a tag is a 4,096th
constexpr std::uint64_t kPaddingShare = 8;  // Padmé adds up to 12 % (crypto/padding.h)
constexpr std::size_t kOrdinaryBlockBytes = 9U << 19;  // of the standard preset
constexpr std::size_t kLeastWordBlockBytes = 1U << 20;  // a smaller block has too little text for a dictionary
// Figures: bench/figures/presets-and-bases.md, "Bases".
constexpr std::size_t kMostBasedBlockBytes = 512U << 10;
constexpr std::size_t kBaseBytes = 512U << 10;   // the most there may be
constexpr std::size_t kGroupBytes = 4U << 20;
constexpr std::size_t kGroupSlack = 2U << 20;    // blocks of a group are not full: buffers' room beside its bytes
constexpr std::uint64_t kSampleShare = 8;        // samples of content take up to an eighth of it (base_choice.h)
constexpr std::uint64_t kBytesPerChunk = 128, kBytesPerEntry = 200;  // as WriterOptions::memory_bytes promises

std::unexpected<Error> misuse(const std::string& field, const std::string& rule) { return fail(Errc::misuse, field + ": " + rule); }

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept {
  static constexpr std::array<std::uint32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[at++]);
    const int further = first < 0x80 ? 0 : std::countl_one(first) - 1;
    if (further < 0 || further > 3 || (first >= 0x80 && further == 0)) return false;
    std::uint32_t code = further == 0 ? first : first & (0x3FU >> further);
    for (int i = 0; i < further; ++i, ++at) {
      if (at == text.size() || (static_cast<std::uint8_t>(text[at]) & 0xC0) != 0x80) return false;
      code = (code << 6) | (static_cast<std::uint8_t>(text[at]) & 0x3FU);
    }
    if (code < kLeast[static_cast<std::size_t>(further)] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  }
  return true;
}

void set_block_bytes(WritePlan& plan, std::size_t ordinary, std::size_t repetitive, std::size_t filtered) {
  plan.block_bytes.fill(filtered);
  plan.block_bytes[0] = ordinary;
  plan.block_bytes[1] = repetitive;
  plan.block_bytes[2] = 1U << 20;
  plan.block_bytes[static_cast<std::size_t>(Lane::numeric)] = filtered / 2;  // the integers filter takes twice the memory of the others
}

// Figures: bench/figures/presets-and-bases.md.
WritePlan preset_plan(Preset preset) {
  WritePlan plan;
  switch (preset) {
    case Preset::fast:
      plan.encoder.step = {format::CodecId::zstd, 1, 22};
      plan.encoder.zstd.hash_log = 15;
      set_block_bytes(plan, 4U << 20, 8U << 20, 4U << 20);
      plan.page_level = 3;
      break;
    case Preset::standard:
      plan.encoder.step = {format::CodecId::zstd, 6, 23};
      plan.encoder.zstd = {.strategy = 4, .hash_log = 20, .search_log = 3, .min_match = 5};
      plan.encoder.long_block_zstd = {.strategy = 3, .hash_log = 20, .search_log = 5, .min_match = 6};
      plan.encoder.long_block_bytes = kOrdinaryBlockBytes + 1;
      plan.filtered_encoder.step = {format::CodecId::zstd, 9, 24};
      plan.markup_min_match = 4;  // a word is two bytes, a number two to five: 1.5 % of markup, but columns of others are 0.7 to 1 % larger with it
      plan.tries_words = true;
      plan.quick_words.zstd = {.strategy = 3, .hash_log = 19, .search_log = 3, .min_match = 4};
      plan.quick_words.repetitive_zstd = {.strategy = 5, .hash_log = 19, .search_log = 5, .min_match = 4};
      plan.quick_words.long_zstd = {.strategy = 5, .hash_log = 20, .search_log = 4, .min_match = 4};
      plan.quick_words.long_plain_zstd = {.strategy = 3, .hash_log = 22, .search_log = 5, .min_match = 6};  // of 30 MiB a smaller table has the last few
      plan.filtered_encoder.zstd.split_blocks = true;  // columns end anywhere: 1 to 2 % for a seventh of its time
      plan.code_encoder.step = {format::CodecId::zstd, 7, 24};  // 1.5 to 2 % larger than as others, in half of the time
      plan.code_encoder.zstd.most_block_bytes = 32 << 10;
      set_block_bytes(plan, kOrdinaryBlockBytes, 30U << 20, 8U << 20);
      for (const Lane lane : {Lane::json, Lane::markup, Lane::lines, Lane::delimited}) plan.block_bytes[static_cast<std::size_t>(lane)] = codec::kMaxFilteredRawBytes;
      plan.page_level = 7;
      plan.order = FileOrder::similar;
      plan.most_sketched_bytes = 4ULL << 30;  // what the page cache still has when it is read again to be packed
      break;
    case Preset::max:
      plan.encoder.step = {format::CodecId::lzma2, 6, kLzmaDictionaryBytes};
      plan.encoder.lzma.lc = 4;
      plan.encoder.lzma.pb = 0;
      plan.encoder.lzma.nice_length = 128;
      plan.encoder.lzma.match_finder = codec::LzmaMatchFinder::tree_4;
      plan.word_filter = true;
      plan.whole_trials = plan.smaller_filters = true;
      plan.filtered_encoder = plan.encoder;
      plan.filtered_encoder.step.parameter = 16U << 20;
      plan.filtered_encoder.lzma.skips_noise = true;
      set_block_bytes(plan, 60U << 20, 60U << 20, 16U << 20);
      plan.page_level = 19;
      plan.order = FileOrder::similar;
      break;
  }
  return plan;
}

std::uint32_t window_log(std::size_t block_bytes) {
  return std::clamp<std::uint32_t>(static_cast<std::uint32_t>(std::bit_width(block_bytes - 1)), codec::kMinZstdWindowLog, codec::kMaxZstdWindowLog);
}

std::uint32_t codec_parameter(format::CodecId id, std::size_t block_bytes) {
  if (id == format::CodecId::zstd) return window_log(block_bytes);
  return id == format::CodecId::lzma2 ? static_cast<std::uint32_t>(std::min<std::size_t>(block_bytes, kLzmaDictionaryBytes)) : 0;
}

// The chain's compressor as if it had been given by itself.
Result<WriterOptions> take_chain(WriterOptions options, WritePlan& plan) {
  if (!options.chain) return options;
  if (options.codec || options.level || options.choose_filters.value_or(false)) return misuse("chain", "it names filters, codec and level: not beside those options");
  NPK_ASSIGN(ChainOption chain, parse_chain(*options.chain));
  plan.forced_filters = std::move(chain.filters);
  if (chain.compressor) options.codec = codec::codec_name(*chain.compressor);
  options.level = chain.level;
  return options;
}

// To what filters take.
void bound_filtered_blocks(WritePlan& plan) {
  const bool all = !plan.forced_filters.empty() && plan.forced_filters != std::vector{format::CodecId::words};
  for (std::size_t lane = all ? 0 : kFirstFilteredLane; lane < kLanes; ++lane)
    plan.block_bytes[lane] = std::min<std::size_t>(plan.block_bytes[lane], codec::kMaxFilteredRawBytes);
}

// Of what goes through a filter a base would have little.
void choose_bases(const WriterOptions& options, format::CodecId id, WritePlan& plan) {
  if (!options.bases || id != format::CodecId::zstd || plan.block_bytes[0] > kMostBasedBlockBytes || !plan.forced_filters.empty()) return;
  plan.bases = {.most_bytes = kBaseBytes, .group_bytes = kGroupBytes};
  if (plan.encoder.long_block_bytes == 0) return;
  // The standard preset's: small blocks with a base gain more from a second look than blocks of megabytes.
  plan.encoder.zstd = {.strategy = 4, .hash_log = 19, .search_log = 4, .min_match = 5};
  plan.encoder.long_block_bytes = 0;
}

Result<void> choose_codec(const WriterOptions& given, WritePlan& plan) {
  NPK_ASSIGN(const WriterOptions options, take_chain(given, plan));
  codec::CodecStep step = plan.encoder.step;
  if (options.codec) {
    const auto named = codec::codec_by_name(*options.codec);
    if (!named) return misuse("codec", "'" + *options.codec + "' is not known: use store, zstd, lz4 or lzma2");
    if (*named != step.id) step = {*named, static_cast<std::int8_t>(*named == format::CodecId::zstd ? 6 : 0), 0};
  }
  if (options.level) {
    if (*options.level < -100 || *options.level > 22) return misuse("level", "must be from -100 to 22");
    step.level = static_cast<std::int8_t>(*options.level);
  }
  const bool as_preset = step == plan.encoder.step;
  if (!as_preset) {
    plan.encoder = plan.filtered_encoder = plan.code_encoder = {};
    plan.word_filter = false;
  }
  choose_bases(options, step.id, plan);
  step.parameter = codec_parameter(step.id, std::ranges::max(plan.block_bytes) + plan.bases.most_bytes);
  if (given.chain || options.codec) plan.word_filter = false;
  const bool is_plain = given.preset != Preset::fast && !given.codec && !given.level && !given.chain && given.block_bytes == 0;
  plan.choose_filters = given.choose_filters.value_or(is_plain) && step.id != format::CodecId::store;
  const bool has_large_blocks = plan.block_bytes[0] >= kLeastWordBlockBytes;
  if (given.preset == Preset::standard && plan.choose_filters && as_preset && has_large_blocks) {
    plan.quick_words.most_raw_bytes = plan.block_bytes[0];
    plan.quick_words.most_long_raw_bytes = plan.block_bytes[1];
  }
  if (given.chain && options.level) plan.filtered_encoder = plan.code_encoder = {};
  plan.encoder.step = step;
  bound_filtered_blocks(plan);
  NPK_TRY(codec::make_encoder(plan.encoder));
  return {};
}

// A block that does not shrink is stored as it is, with a header, and, sealed, tags of 16 bytes every 64 KiB and padding.
Result<void> fit_volumes(const WriterOptions& options, WritePlan& plan) {
  if (options.volume_bytes == 0) return {};
  if (options.volume_bytes < kLeastVolumeBytes) return misuse("volume size", "must be at least 4 MiB");
  const std::uint64_t room = options.volume_bytes - options.volume_bytes / (options.pad ? kPaddingShare : kTagShare) - kFrameRoom;
  if (options.block_bytes > room) return misuse("block size", "such a block may not fit into a part: at most " + std::to_string(room) + " bytes do");
  for (std::size_t& bytes : plan.block_bytes) bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, room));
  return {};
}

Result<void> choose_sizes(const WriterOptions& options, WritePlan& plan) {
  if (options.block_bytes != 0) {
    if (options.block_bytes < kLeastBlockBytes || options.block_bytes > kMostBlockBytes) return misuse("block size", "must be from 64 KiB to 128 MiB");
    plan.block_bytes.fill(static_cast<std::size_t>(options.block_bytes));
  }
  NPK_TRY(fit_volumes(options, plan));
  const std::size_t smallest = std::ranges::min(plan.block_bytes);
  const std::uint64_t largest = std::bit_floor(smallest / kSpread);
  const std::uint64_t average = options.chunk_bytes != 0 ? options.chunk_bytes : std::min<std::uint64_t>(kDefaultChunkBytes, largest);
  if (average < kLeastChunkBytes || average > kMostChunkBytes || !std::has_single_bit(average))
    return misuse("chunk size", "must be a power of two from 4 KiB to 4 MiB");
  if (average > largest) return misuse("chunk size", "must be at most a quarter of the block size");
  plan.chunking.average = static_cast<std::uint32_t>(average);
  plan.chunking.minimum = plan.chunking.average / kSpread;
  plan.chunking.maximum = plan.chunking.average * kSpread;
  plan.whole_file_bytes = std::min<std::size_t>({kWholeFileChunks * plan.chunking.average, smallest, kSliceBytes});
  return {};
}

bool uses_filters(const WritePlan& plan) { return plan.choose_filters || !plan.forced_filters.empty(); }

// Of the filters that are forced or, with a choice, of those chosen from with what their trial takes.
std::uint64_t most_filter_memory(const WritePlan& plan, std::uint64_t block_bytes) {
  std::uint64_t most = 0;
  for (std::size_t lane = kFirstFilteredLane; plan.choose_filters && lane < kLanes; ++lane)
    most = std::max(most, block::trial_memory(plan.block_bytes[lane], kind_of_lane(static_cast<Lane>(lane)), plan.whole_trials));
  for (const format::CodecId id : plan.forced_filters) most = std::max(most, block::filter_memory(id, block_bytes));
  return most;
}

std::uint64_t most_restoring_memory(std::uint64_t block_bytes) {
  std::uint64_t most = 0;
  for (const codec::FilterInfo& filter : codec::filters()) most = std::max(most, filter.decoder_memory(block_bytes));
  return most;
}

// What one thread seals at once: a block, or a group of them with their base.
std::size_t filled_together(const WritePlan& plan) {
  return plan.bases.most_bytes == 0 ? plan.block_bytes[0] : plan.bases.group_bytes + plan.bases.most_bytes + kGroupSlack;
}

// What comes in while a thread seals: enough that the others find a block of the longest kind but the repetitive.
std::size_t filled_meanwhile(const WritePlan& plan) {
  std::size_t most = filled_together(plan);
  for (std::size_t lane = kFirstFilteredLane; plan.choose_filters && lane < kLanes; ++lane) most = std::max(most, plan.block_bytes[lane]);
  return most;
}

void set_threads(WritePlan& plan, unsigned threads, unsigned filter_slots, bool keeps_filter_pages) {
  plan.threads = threads;
  plan.filter_slots = filter_slots;
  plan.keeps_filter_pages = keeps_filter_pages;
  plan.tokens = std::min<std::size_t>((threads + 1) * (filled_meanwhile(plan) / kSliceBytes + 1) + threads + 2, kMostTokens);
}

// A limit is kept by giving filters' pages back after each block, by taking fewer blocks apart at a time and by using fewer threads, none of which ever
// changes the bytes.
Result<void> fit_memory(const WriterOptions& options, WritePlan& plan) {
  const unsigned wanted = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  for (unsigned threads = wanted; threads >= 1; --threads) {
    for (unsigned slots = uses_filters(plan) ? threads : 1; slots >= 1; --slots) {
      for (const bool keeps_filter_pages : {true, false}) {
        set_threads(plan, threads, slots, keeps_filter_pages && uses_filters(plan));
        if (options.memory_bytes == 0 || plan_memory(plan).working_bytes() <= options.memory_bytes) return {};
      }
    }
  }
  return fail(Errc::limit, "these options need at least " + std::to_string((plan_memory(plan).working_bytes() >> 20) + 1) +
                               " MiB of memory: raise --memory, or use a smaller --block-size" + (uses_filters(plan) ? ", no filters" : "") +
                               " or a faster preset");
}

}  // namespace

Result<WritePlan> make_plan(const WriterOptions& options) {
  if (options.threads > kMostThreads) return misuse("threads", "must be at most 1024");
  if (options.message.size() > kMostMessageBytes) return misuse("message", "must be at most 1 MiB");
  if (!is_utf8(options.message)) return misuse("message", "must be UTF-8");
  if (const auto metadata = format::check_package_metadata(options.metadata); !metadata) return misuse("metadata", metadata.error().message);
  if (options.time_nanoseconds >= 1'000'000'000) return misuse("time", "must have fewer than a thousand million nanoseconds");
  if (options.pad && (options.recipients == nullptr || options.recipients->empty()))
    return misuse("pad", "only the lengths of a sealed package can be hidden: it needs recipients");
  WritePlan plan = preset_plan(options.preset);
  plan.deduplication = options.deduplication;
  if (options.order != FileOrder::preset) {
    plan.order = options.order;
    plan.most_sketched_bytes = UINT64_MAX;
  }
  plan.pads = options.pad;
  NPK_TRY(choose_sizes(options, plan));
  NPK_TRY(choose_codec(options, plan));
  NPK_TRY(fit_memory(options, plan));
  return plan;
}

format::Chunking chunking_record(const WritePlan& plan) noexcept {
  const chunk::ChunkParameters& chunking = plan.chunking;
  const auto method = plan.deduplication == Deduplication::chunks ? format::ChunkingMethod::gear : format::ChunkingMethod::fixed;
  return {method, chunking.minimum, chunking.average, chunking.maximum, chunking.seed};
}

std::uint64_t chunk_bytes_after(const format::Chunking& before, const WriterOptions& options) noexcept {
  if (options.chunk_bytes != 0 || before.method == format::ChunkingMethod::none) return options.chunk_bytes;
  const bool is_ours = std::has_single_bit(before.average_bytes) && before.average_bytes >= kLeastChunkBytes &&
                       before.average_bytes <= kMostChunkBytes;
  return is_ours ? before.average_bytes : 0;
}

namespace {

// Of bytes on their way to the end of the pipeline behind the fill stage. One thread takes each batch through before the next.
std::uint64_t in_flight_bytes(const WritePlan& plan) { return (plan.threads == 1 ? 2 : plan.tokens) * kSliceBytes; }

// Of all lanes but those whose buffers are used again, blocks being filled and blocks in flight: the former are of one segment, and take the
// huge pages that have been written to.
std::uint64_t large_block_bytes(const WritePlan& plan) {
  std::uint64_t bytes = plan.block_bytes[1], lanes = 1;
  if (plan.choose_filters) {
    for (std::size_t lane = kFirstFilteredLane; lane < kLanes; ++lane) bytes += plan.block_bytes[lane], ++lanes;
  }
  return std::min<std::uint64_t>(bytes, kSegmentInputBytes + 2 * kSliceBytes) + lanes * kHugePageBytes + in_flight_bytes(plan);
}

// A repetitive block's room while it is sealed. So many are there at a time: one that was being filled, and what came in with bytes in flight.
std::uint64_t repetitive_room_bytes(const WritePlan& plan) {
  return std::min<std::uint64_t>(plan.threads, 1 + in_flight_bytes(plan) / plan.block_bytes[1]) * plan.block_bytes[1];
}

std::uint64_t memory_behind_words(const WritePlan& plan, const codec::ZstdParameters& zstd, std::size_t block_bytes) {
  return codec::encoder_memory_bytes(block::behind_quick_words(plan.encoder, zstd), block_bytes);
}

// A copy of blocks that are joined, and samples of them (alike_content.h): between two blocks of a thread.
std::uint64_t joined_bytes(const WritePlan& plan) {
  return plan.choose_filters ? std::min<std::uint64_t>(plan.block_bytes[1], kSegmentInputBytes) + kSegmentInputBytes / 8 : 0;
}

// Of words of one long block, or of the encoder of one without, in a slot.
std::uint64_t long_words_bytes(const WritePlan& plan) {
  const block::QuickWords& words = plan.quick_words;
  if (words.most_long_raw_bytes <= words.most_raw_bytes) return 0;
  const std::uint64_t encoder = std::max(memory_behind_words(plan, words.long_zstd, words.most_long_raw_bytes),
                                         memory_behind_words(plan, words.long_plain_zstd, words.most_long_raw_bytes));
  return block::most_long_words_bytes(words.most_long_raw_bytes) + std::max(codec::kWordFilterMemory, encoder);
}

// Of one block that filters take apart.
struct SlotMemory {
  std::uint64_t room = 0;
  std::uint64_t encoders = 0;   // what the filters make of it, and the filters, a trial, or the encoder behind them; or words of a long block
  std::uint64_t restoring = 0;  // beside them, where their pages are kept

  [[nodiscard]] std::uint64_t bytes() const noexcept { return room + encoders + restoring; }
};

SlotMemory slot_memory(const WritePlan& plan) {
  if (!uses_filters(plan)) return {};
  const auto filtered = std::span(plan.block_bytes).subspan(plan.choose_filters ? kFirstFilteredLane : 0);
  const std::uint64_t block = std::ranges::max(filtered);
  const std::uint64_t encoder = std::max(codec::encoder_memory_bytes(plan.filtered_encoder, block), codec::encoder_memory_bytes(plan.code_encoder, block));
  const std::uint64_t encoders = block + std::max(most_filter_memory(plan, block), encoder);
  if (plan.keeps_filter_pages) return {block, std::max(encoders, long_words_bytes(plan)), most_restoring_memory(block) + kShortPiecesBytes};
  return {block, std::max(encoders, long_words_bytes(plan) - std::min(long_words_bytes(plan), block)), 0};
}

std::uint64_t filter_pages_bytes(const WritePlan& plan) { return plan.keeps_filter_pages ? slot_memory(plan).encoders : 0; }

}  // namespace

block::SealOptions seal_options(const WritePlan& plan, std::stop_token stop) {
  block::SealOptions options{.encoder = plan.encoder, .filtered_encoder = plan.filtered_encoder, .code_encoder = plan.code_encoder, .markup_min_match = plan.markup_min_match,
                             .word_filter = plan.word_filter, .quick_words = plan.quick_words, .tries_words = plan.tries_words,
                             .smaller_filters = plan.smaller_filters, .whole_trials = plan.whole_trials,
                             .choose_filters = plan.choose_filters, .forced_filters = plan.forced_filters};
  if (!uses_filters(plan)) options.filtered_encoder = options.code_encoder = {};
  if (uses_filters(plan)) options.slots = std::make_shared<block::FilterSlots>(plan.filter_slots, filter_pages_bytes(plan));
  options.encoder.stop = options.filtered_encoder.stop = options.code_encoder.stop = std::move(stop);
  return options;
}

WriteMemory plan_memory(const WritePlan& plan) noexcept {
  const std::uint64_t threads = plan.threads;
  const std::size_t largest_block = std::ranges::max(plan.block_bytes);
  // One being filled; for each thread one being sealed with its room, and one waiting for its turn to be written, which one thread alone has not.
  const std::uint64_t ordinary_blocks = threads == 1 ? 3 : 1 + 3 * threads;
  const SlotMemory slot = slot_memory(plan);
  WriteMemory memory;
  memory.threads = plan.threads;
  memory.fixed_bytes = kFixedBytes;
  memory.data_buffer_bytes = (2 * threads + 2) * (kSliceBytes + plan.chunking.maximum);
  memory.block_buffer_bytes = ordinary_blocks * filled_together(plan) + 2 * plan.block_bytes[2] + large_block_bytes(plan);
  const std::uint64_t long_words = long_words_bytes(plan);
  memory.filter_bytes = plan.filter_slots * slot.bytes();
  const std::uint64_t room = repetitive_room_bytes(plan);
  const std::uint64_t joined = joined_bytes(plan);
  if (threads == 1) {  // one after the other
    const std::uint64_t beside = std::max(room + long_words, joined);
    memory.block_buffer_bytes += plan.keeps_filter_pages ? std::max(room, joined) : beside - std::min(beside, memory.filter_bytes);
  } else {
    memory.block_buffer_bytes += room + joined;
  }
  if (plan.pads) memory.block_buffer_bytes += memory.block_buffer_bytes / kPaddingShare;
  if (plan.bases.most_bytes != 0) memory.data_buffer_bytes += memory.data_buffer_bytes / kSampleShare + plan.bases.group_bytes / kSampleShare;
  memory.encoder_bytes = threads * codec::encoder_memory_bytes(plan.encoder, largest_block, plan.bases.most_bytes);
  if (plan.quick_words.most_raw_bytes != 0) {
    const block::QuickWords& words = plan.quick_words;
    memory.encoder_bytes += threads * std::max(memory_behind_words(plan, words.zstd, words.most_raw_bytes),
                                               memory_behind_words(plan, words.repetitive_zstd, words.most_raw_bytes));
    // A thread that takes a block apart is in a slot, and makes no words meanwhile.
    const std::uint64_t without_slot = threads - std::min<std::uint64_t>(threads, plan.filter_slots);
    memory.filter_bytes += without_slot * (plan.quick_words.most_raw_bytes + codec::kWordFilterMemory);
  }
  if (plan.word_filter) memory.filter_bytes += threads * (codec::word_filter_memory(largest_block) + plan.block_bytes[0]);
  return memory;
}

}  // namespace npk::writer

namespace npk {

Result<void> check_writer_options(const WriterOptions& options) {
  NPK_TRY(writer::make_plan(options));
  return {};
}

Result<WriteMemory> estimate_write_memory(const WriterOptions& options, const WriteCounts& counts) {
  NPK_ASSIGN(const writer::WritePlan plan, writer::make_plan(options));
  WriteMemory memory = writer::plan_memory(plan);
  memory.chunk_index_bytes = checked_multiply(counts.chunks, writer::kBytesPerChunk).value_or(UINT64_MAX);
  memory.entry_bytes = checked_multiply(counts.entries, writer::kBytesPerEntry).value_or(UINT64_MAX);
  return memory;
}

}  // namespace npk
