#include "npk/ops/decode.h"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <utility>

#include "hash/hash.h"
#include "ops/read/content_pieces.h"
#include "ops/read/package_stream.h"
#include "ops/read/stream_decoder.h"
#include "ops/read/stream_memory.h"
#include "package/reader/expansion.h"
#include "pool/pipeline.h"

namespace npk::ops {
namespace {

constexpr unsigned kKeptBlocks = 2;  // content that goes to and fro between two blocks decodes each once

// Blocks decoded whole, the last few kept. Any thread, while nothing is added to chunks and blocks.
class DecodedBlocks {
 public:
  DecodedBlocks(const Limits& limits, const StreamChunks& chunks, const StreamBlocks& blocks)
      : limits_(limits), chunks_(chunks), decoder_(limits, chunks, blocks) {}

  Result<std::shared_ptr<const Bytes>> get(std::uint64_t number) {
    if (auto kept = find(number)) return kept;
    NPK_TRY(decoder_.check_available(number));
    const std::uint64_t raw_length = chunks_.block(number).row.raw_length;
    if (raw_length > limits_.max_block_raw_bytes) return fail(Errc::limit, "a block is larger than the limit");
    Bytes raw(static_cast<std::size_t>(raw_length));
    NPK_TRY(decoder_.decode(number, raw));
    const auto block = std::make_shared<const Bytes>(std::move(raw));
    const std::lock_guard lock(mutex_);
    kept_.emplace_back(number, block);
    if (kept_.size() > kKeptBlocks) kept_.pop_front();
    return block;
  }

 private:
  std::shared_ptr<const Bytes> find(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(kept_, number, [](const auto& kept) { return kept.first; });
    return found == kept_.end() ? nullptr : found->second;
  }

  const Limits limits_;
  const StreamChunks& chunks_;
  StreamDecoder decoder_;
  std::mutex mutex_;
  std::deque<std::pair<std::uint64_t, std::shared_ptr<const Bytes>>> kept_;  // newest last
};

// Writes the one entry that is wanted, from the manifest that names it.
class EntryWriter {
 public:
  EntryWriter(const DecodeOptions& options, PackageStream& package, Sink& content)
      : options_(options),
        package_(package),
        content_(content),
        blocks_(options.limits, package.chunks(), package.blocks()) {}

  Result<void> take(const format::CatalogPage& manifest, std::uint64_t stored_bytes) {
    for (std::size_t i = 0; i < manifest.row_count(); ++i) {
      const format::EntryRow row = manifest.row(i);
      if (row.kind != format::EntryKind::regular || (!options_.path.empty() && row.path != options_.path)) continue;
      if (found_) return fail(Errc::misuse, "the package has several files: say which one is wanted");
      found_ = true;
      Result<void> written = write(row, stored_bytes);
      if (!written) return std::unexpected(std::move(written).error().in(row.path));
    }
    if (found_) drop_blocks();
    return {};
  }

  Result<DecodeReport> report() const {
    if (found_) return DecodeReport{written_bytes_, hash_.finish(), package_.position()};
    return std::unexpected(Error{
        .code = Errc::not_found, .message = "the package has no such regular file", .path = options_.path});
  }

 private:
  using Piece = ContentPiece;

  // Holes are written out, so they count here.
  Result<void> write(const format::EntryRow& row, std::uint64_t stored_bytes) {
    NPK_TRY(reader::check_expansion(row.size, stored_bytes, options_.limits));
    NPK_ASSIGN(const pool::PipelineOptions pipeline, pipeline_options());
    ContentPieces pieces(row.runs, package_.chunks());
    std::vector<pool::Stage<Piece>> stages;
    stages.push_back({pool::StageKind::parallel, [this](Piece& piece) { return decode(piece); }});
    stages.push_back({pool::StageKind::serial_in_order, [this](Piece& piece) { return write_piece(piece); }});
    NPK_TRY(pool::run_pipeline<Piece>(pipeline, [&] { return pieces.next(); }, stages));
    if (written_bytes_ != row.size) return fail_corrupt("its chunks do not add up to its size");
    if (hash_.finish() != digest_of(row)) return fail_corrupt("its content has another digest");
    return {};
  }

  [[nodiscard]] Digest digest_of(const format::EntryRow& row) const {
    if (row.digest) return *row.digest;
    return row.size == 0 ? hash::blake3({}) : package_.chunks().chunk(row.runs.front().first_chunk).hash;
  }

  // In flight: a block a thread, one behind them, and those kept.
  Result<pool::PipelineOptions> pipeline_options() const {
    StreamMemory memory(options_.memory_bytes);
    for (std::uint64_t i = 0; i < package_.chunks().block_count(); ++i) {
      const format::BlockRow& row = package_.chunks().block(i).row;
      memory.add(package_.blocks(), row, std::min(row.raw_length, options_.limits.max_block_raw_bytes));
    }
    NPK_ASSIGN(const unsigned threads, memory.threads(pool::thread_count(options_.threads), kKeptBlocks + 1));
    return pool::PipelineOptions{.threads = threads, .max_tokens = threads + 1, .stop = options_.stop};
  }

  Result<void> decode(Piece& piece) {
    if (piece.ranges.empty()) return {};
    NPK_ASSIGN(piece.raw, blocks_.get(piece.block));
    return {};
  }

  Result<void> write_piece(const Piece& piece) {
    for (const Piece::Range& range : piece.ranges)
      NPK_TRY(put(ByteView(*piece.raw).subspan(range.offset_in_block, range.length)));
    static constexpr std::array<std::uint8_t, 65'536> kZeros{};
    for (std::uint64_t left = piece.zeros; left != 0;) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kZeros.size()));
      if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      NPK_TRY(put(ByteView(kZeros).first(count)));
      left -= count;
    }
    return {};
  }

  Result<void> put(ByteView bytes) {
    NPK_TRY(content_.write(bytes));
    hash_.update(bytes);
    written_bytes_ += bytes.size();
    return {};
  }

  // Nothing is wanted of what has come.
  void drop_blocks() {
    for (; first_kept_block_ < package_.chunks().block_count(); ++first_kept_block_)
      package_.blocks().drop(package_.chunks().block(first_kept_block_).row.position);
  }

  const DecodeOptions& options_;
  PackageStream& package_;
  Sink& content_;
  DecodedBlocks blocks_;
  bool found_ = false;
  hash::Blake3 hash_;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t first_kept_block_ = 0;
};

}  // namespace

Result<DecodeReport> decode_stream(SequentialSource& package, Sink& content, const DecodeOptions& options) {
  PackageStream stream(
      package, options.limits,
      StreamBlocks(options.spool_directory, options.spool_bytes, StreamMemory(options.memory_bytes).stored_bytes()), options.stop,
      options.identities);
  EntryWriter entry(options, stream, content);
  NPK_TRY(stream.open());
  NPK_TRY(stream.walk([&](const format::CatalogPage& manifest, std::uint64_t stored_bytes) {
    return entry.take(manifest, stored_bytes);
  }));
  if (stream.wrong()) return std::unexpected(*stream.wrong());
  NPK_ASSIGN(const DecodeReport report, entry.report());
  NPK_TRY(content.commit());
  return report;
}

}  // namespace npk::ops
