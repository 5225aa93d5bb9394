#include "package/reader/stream/read_many.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "npk/format/path.h"

namespace npk::reader {
namespace {

// A range of one run of an entry's content, before it is known where its chunks are.
struct RunRange {
  std::uint64_t first_chunk, chunk_count, run_bytes;
  std::uint64_t offset;  // in the run
  MutableBytes out;
  std::size_t request;
};

// Bytes of one block.
struct Piece {
  std::uint64_t block;
  std::size_t offset_in_block;
  MutableBytes out;
  std::size_t request;

  [[nodiscard]] std::size_t end_in_block() const noexcept { return offset_in_block + out.size(); }
};

// Pieces of one block, and what came of them.
struct BlockPieces {
  std::span<const Piece> pieces;
  Result<void> outcome;
};

bool is_by_number(const ReadRequest& request) noexcept {
  return std::holds_alternative<std::uint64_t>(request.entry);
}

// Numbers first, then paths, each ascending: every catalog page is met once.
bool meets_before(const ReadRequest& a, const ReadRequest& b) noexcept {
  if (is_by_number(a) != is_by_number(b)) return is_by_number(a);
  if (is_by_number(a)) return std::get<std::uint64_t>(a.entry) < std::get<std::uint64_t>(b.entry);
  return format::path_less(std::get<std::string_view>(a.entry), std::get<std::string_view>(b.entry));
}

std::unexpected<Error> cancelled() {
  return fail(Errc::cancelled, "the batch was stopped");
}

class Batch {
 public:
  Batch(const PackageReader::Impl& package, std::span<const ReadRequest> requests, const ReadManyOptions& options)
      : package_(package), requests_(requests), options_(options), results_(requests.size()) {}

  [[nodiscard]] std::vector<Result<std::size_t>> run() && {
    look_up_entries();
    locate_chunks();
    read_blocks();
    return std::move(results_);
  }

 private:
  void look_up_entries();
  [[nodiscard]] Result<std::size_t> plan(std::size_t request);
  [[nodiscard]] Result<Entry> entry_of(const ReadRequest& request) const;
  void plan_runs(std::span<const format::Run> runs, std::size_t request, MutableBytes out);
  void locate_chunks();
  [[nodiscard]] Result<void> locate(const RunRange& range);
  [[nodiscard]] Result<std::uint64_t> stream_position_of(const RunRange& range);
  [[nodiscard]] Result<ChunkInBlock> chunk(std::uint64_t number);
  void read_blocks();
  void work_in_threads(std::vector<BlockPieces>& blocks) const;
  void work(std::vector<BlockPieces>& blocks, std::atomic<std::size_t>& next) const;
  [[nodiscard]] Result<void> read(std::span<const Piece> pieces) const;
  void fail_requests(const BlockPieces& block);

  const PackageReader::Impl& package_;
  std::span<const ReadRequest> requests_;
  const ReadManyOptions& options_;
  std::vector<Result<std::size_t>> results_;
  std::vector<RunRange> ranges_;
  std::vector<Piece> pieces_;
  std::unordered_map<std::uint64_t, format::BlockRow> rows_;  // of the blocks of pieces
  std::shared_ptr<const ChunkLeaf> leaf_;                     // of the last chunk that was located
};

void Batch::look_up_entries() {
  std::vector<std::size_t> order(requests_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return meets_before(requests_[a], requests_[b]); });
  for (const std::size_t request : order) {
    if (options_.stop.stop_requested())
      results_[request] = cancelled();
    else
      results_[request] = plan(request);
  }
}

Result<Entry> Batch::entry_of(const ReadRequest& request) const {
  if (is_by_number(request)) return package_.catalog().entry(std::get<std::uint64_t>(request.entry));
  const auto path = std::get<std::string_view>(request.entry);
  NPK_ASSIGN(auto entry, package_.catalog().find(path));
  if (entry) return *std::move(entry);
  return std::unexpected(Error{.code = Errc::not_found, .message = "no such entry", .path = std::string(path)});
}

// How many bytes there will be.
Result<std::size_t> Batch::plan(std::size_t request) {
  const ReadRequest& wanted = requests_[request];
  NPK_ASSIGN(const Entry entry, entry_of(wanted));
  const EntryRow row = entry.row();
  if (row.kind != EntryKind::regular)
    return std::unexpected(
        Error{.code = Errc::misuse, .message = "not a regular file", .path = std::string(entry.path())});
  if (wanted.offset >= row.size) return std::size_t{0};
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(wanted.out.size(), row.size - wanted.offset));
  plan_runs(row.runs, request, wanted.out.first(count));
  return count;
}

void Batch::plan_runs(std::span<const format::Run> runs, std::size_t request, MutableBytes out) {
  std::uint64_t offset = requests_[request].offset;  // within what is left of the content
  for (const format::Run& run : runs) {
    if (out.empty()) return;
    if (offset >= run.byte_count) {
      offset -= run.byte_count;
      continue;
    }
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), run.byte_count - offset));
    if (run.chunk_count == 0)
      std::ranges::fill(out.first(length), std::uint8_t{0});
    else
      ranges_.push_back({run.first_chunk, run.chunk_count, run.byte_count, offset, out.first(length), request});
    out = out.subspan(length);
    offset = 0;
  }
}

void Batch::locate_chunks() {
  std::ranges::sort(ranges_, {}, &RunRange::first_chunk);
  for (const RunRange& range : ranges_) {
    if (!results_[range.request]) continue;
    if (auto located = locate(range); !located) results_[range.request] = pass_on(std::move(located));
  }
  ranges_ = {};
  leaf_ = nullptr;
}

Result<ChunkInBlock> Batch::chunk(std::uint64_t number) {
  if (leaf_ == nullptr || !ChunkTable::holds_chunk(*leaf_, number)) {
    NPK_ASSIGN(leaf_, package_.chunks().leaf_of_chunk(number));
  }
  return ChunkTable::chunk_in(*leaf_, number);
}

Result<std::uint64_t> Batch::stream_position_of(const RunRange& range) {
  NPK_ASSIGN(const ChunkInBlock first, chunk(range.first_chunk));
  NPK_ASSIGN(const ChunkInBlock last, chunk(range.first_chunk + range.chunk_count - 1));
  if (last.chunk.stream_position + last.chunk.length - first.chunk.stream_position != range.run_bytes)
    return fail_corrupt("an entry's chunks do not have the length the entry says");
  return first.chunk.stream_position;
}

Result<void> Batch::locate(const RunRange& range) {
  NPK_ASSIGN(const std::uint64_t begin, stream_position_of(range));
  std::size_t row = 0;
  for (std::size_t done = 0; done < range.out.size();) {
    const std::uint64_t at = begin + range.offset + done;
    if (!ChunkTable::covers(*leaf_, at)) {
      NPK_ASSIGN(leaf_, package_.chunks().leaf_at(at));
    }
    const ChunkInBlock found = ChunkTable::locate_in(*leaf_, at, row);
    const std::uint64_t skipped = at - found.chunk.stream_position;
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(range.out.size() - done, found.chunk.length - skipped));
    if (pieces_.empty() || pieces_.back().block != found.block.number)
      rows_.try_emplace(found.block.number, found.block.row);
    pieces_.push_back({found.block.number, static_cast<std::size_t>(found.chunk.offset_in_block + skipped),
                       range.out.subspan(done, length), range.request});
    done += length;
  }
  return {};
}

void Batch::read_blocks() {
  std::ranges::sort(pieces_, [](const Piece& a, const Piece& b) {
    return std::pair(a.block, a.offset_in_block) < std::pair(b.block, b.offset_in_block);
  });
  std::vector<BlockPieces> blocks;
  for (std::size_t begin = 0, end = 0; begin < pieces_.size(); begin = end) {
    while (end < pieces_.size() && pieces_[end].block == pieces_[begin].block) ++end;
    blocks.push_back({std::span(pieces_).subspan(begin, end - begin), {}});
  }
  work_in_threads(blocks);
  for (const BlockPieces& block : blocks) fail_requests(block);
}

// Where the system gives no more threads, those there are do it.
void Batch::work_in_threads(std::vector<BlockPieces>& blocks) const {
  const unsigned wished = options_.threads == 0 ? std::max(1U, std::thread::hardware_concurrency()) : options_.threads;
  std::atomic<std::size_t> next = 0;
  std::vector<std::future<void>> others;
  try {
    for (std::size_t i = 1; i < std::min<std::size_t>(wished, blocks.size()); ++i)
      others.push_back(std::async(std::launch::async, [&] { work(blocks, next); }));
  } catch (const std::system_error&) {
  }
  work(blocks, next);
  for (auto& other : others) other.get();
}

void Batch::work(std::vector<BlockPieces>& blocks, std::atomic<std::size_t>& next) const {
  for (std::size_t i = next++; i < blocks.size(); i = next++)
    blocks[i].outcome = options_.stop.stop_requested() ? cancelled() : read(blocks[i].pieces);
}

// As far as the piece that ends last. A batch is a pass: it does not push out what single reads come back to.
Result<void> Batch::read(std::span<const Piece> pieces) const {
  const BlockLocation location{pieces.front().block, rows_.at(pieces.front().block)};
  const std::size_t needed = std::ranges::max(pieces, {}, &Piece::end_in_block).end_in_block();
  NPK_ASSIGN(const BlockCache::Block block,
             package_.block_cache().get(location, needed, {.use = CacheUse::sequential, .stop = options_.stop}));
  for (const Piece& piece : pieces)
    std::ranges::copy(block->view().subspan(piece.offset_in_block, piece.out.size()), piece.out.begin());
  return {};
}

// Of a request in several blocks the first that failed counts, whatever the threads did.
void Batch::fail_requests(const BlockPieces& block) {
  if (block.outcome) return;
  for (const Piece& piece : block.pieces) {
    if (results_[piece.request]) results_[piece.request] = std::unexpected(block.outcome.error());
  }
}

}  // namespace

std::vector<Result<std::size_t>> read_many(const PackageReader::Impl& package, std::span<const ReadRequest> requests,
                                           const ReadManyOptions& options) {
  return Batch(package, requests, options).run();
}

}  // namespace npk::reader
