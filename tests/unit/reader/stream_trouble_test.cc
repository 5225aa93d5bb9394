// Sixteen readers in five manners (anywhere, in order, by chunk, lent, in batches) while their package fails, or is cut short
// on disk; processes forked in the midst of all five.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "support/sanitized.h"
#include "support/scratch.h"
#include "unit/reader/block_package.h"
#include "unit/reader/stream_support.h"

namespace npk {
namespace {

using test::BuiltPackage;
using test::MoodySource;
using test::slice;

constexpr std::size_t kBlocks = 24, kChunks = 4, kChunkBytes = 3000, kBlockBytes = kChunks * kChunkBytes;

ReaderOptions few_blocks() { return {.limits = {}, .block_cache_bytes = 6 * kBlockBytes, .page_cache_bytes = 1000}; }

// None: right bytes; else the error (internal: wrong bytes).
using Outcome = std::optional<Errc>;

Outcome outcome_of(const Result<std::size_t>& count, ByteView out, ByteView wanted) {
  if (!count) return count.error().code;
  if (!std::ranges::equal(out.first(*count), wanted)) return Errc::internal;
  return std::nullopt;
}

Result<FileStream> open_again(const PackageReader& reader, bool read_ahead) {
  NPK_ASSIGN(const auto entry, reader.find("file"));
  return reader.open_stream(entry.value(), {.chunk_bytes = 5000, .read_ahead = read_ahead});
}

Outcome read_anywhere(const FileStream& stream, ByteView content, std::mt19937_64& random) {
  const std::uint64_t offset = random() % content.size();
  Bytes out(1 + random() % 20'000);
  return outcome_of(stream.read_at(offset, out), out, slice(content, offset, out.size()));
}

Outcome lend_anywhere(const PackageReader& reader, ByteView content, std::mt19937_64& random, bool threads) {
  auto stream = open_again(reader, threads);
  if (!stream) return stream.error().code;
  const std::uint64_t offset = random() % content.size();
  const std::size_t length = 1 + random() % 6000;
  const auto chunk = stream->lend_at(offset, length);
  if (!chunk) return chunk.error().code;
  if (!std::ranges::equal(chunk->bytes(), slice(content, offset, length))) return Errc::internal;
  return std::nullopt;
}

// Eight pieces from somewhere: enough to be read ahead.
Outcome read_in_order(const PackageReader& reader, ByteView content, std::mt19937_64& random, bool threads) {
  auto stream = open_again(reader, threads);
  if (!stream) return stream.error().code;
  if (const auto moved = stream->seek(random() % content.size()); !moved) return moved.error().code;
  Bytes out(3500);
  for (int piece = 0; piece < 8; ++piece) {
    const std::uint64_t at = stream->position();
    if (const Outcome outcome = outcome_of(stream->read(out), out, slice(content, at, out.size()))) return outcome;
  }
  return std::nullopt;
}

Outcome read_by_chunk(const PackageReader& reader, ByteView content, std::mt19937_64& random, bool threads) {
  auto stream = open_again(reader, threads);
  if (!stream) return stream.error().code;
  if (const auto moved = stream->seek(random() % content.size()); !moved) return moved.error().code;
  for (int number = 0; number < 6; ++number) {
    const auto chunk = stream->read_chunk();
    if (!chunk) return chunk.error().code;
    if (!std::ranges::equal(chunk->bytes(), slice(content, chunk->offset(), 5000))) return Errc::internal;
  }
  return std::nullopt;
}

Outcome read_in_batches(const PackageReader& reader, ByteView content, std::mt19937_64& random, bool threads) {
  std::array<Bytes, 6> outs;
  std::vector<ReadRequest> requests;
  for (Bytes& out : outs) {
    out.resize(1 + random() % 9000);
    requests.push_back({std::string_view("file"), random() % content.size(), out});
  }
  const auto counts = reader.read_many(requests, {.threads = threads ? 2U : 1U});
  Outcome worst;
  for (std::size_t i = 0; i < outs.size(); ++i) {
    const Outcome outcome = outcome_of(counts[i], outs[i], slice(content, requests[i].offset, outs[i].size()));
    if (outcome && worst != Errc::internal) worst = outcome;
  }
  return worst;
}

// A reader on its own thread in each manner in turn; `stream` is everyone's.
struct Readers {
  const PackageReader& reader;
  const FileStream& stream;
  ByteView content;
  bool threads = true;  // of the library's own: read-ahead, batches

  [[nodiscard]] Outcome read(std::uint64_t manner, std::mt19937_64& random) const {
    switch (manner % 5) {
      case 0:
        return read_anywhere(stream, content, random);
      case 1:
        return read_in_order(reader, content, random, threads);
      case 2:
        return read_by_chunk(reader, content, random, threads);
      case 3:
        return lend_anywhere(reader, content, random, threads);
      default:
        return read_in_batches(reader, content, random, threads);
    }
  }
};

// Threads that read until told to stop, and what came of it.
class Crowd {
 public:
  Crowd(const Readers& readers, std::uint64_t count, std::vector<Errc> expected) : expected_(std::move(expected)) {
    for (std::uint64_t seed = 0; seed < count; ++seed) {
      threads_.emplace_back([this, readers, seed] {
        std::mt19937_64 random(seed);
        while (!done_) note(readers.read(seed, random));
      });
    }
  }
  ~Crowd() { stop(); }

  static void wait_for_more(const std::atomic<std::uint64_t>& counter, std::uint64_t more = 64) {
    for (const std::uint64_t before = counter; counter < before + more;) std::this_thread::yield();
  }
  void stop() {
    done_ = true;
    threads_.clear();
  }

  std::atomic<std::uint64_t> right = 0, failed = 0, unexpected = 0;

 private:
  void note(const Outcome& outcome) {
    ++(!outcome ? right : std::ranges::count(expected_, *outcome) != 0 ? failed : unexpected);
  }

  const std::vector<Errc> expected_;
  std::atomic<bool> done_ = false;
  std::vector<std::jthread> threads_;
};

void expect_all_right(const Readers& readers) {
  std::mt19937_64 random(99);
  for (std::uint64_t i = 0; i < 200; ++i) EXPECT_EQ(readers.read(i, random), std::nullopt);
}

TEST(StreamTrouble, SixteenReadersInFourMannersOnADiskThatFailsAndRecovers) {
  const BuiltPackage built = test::blocks_package(kBlocks, kChunks, kChunkBytes);
  const auto source = std::make_shared<MoodySource>(ByteView(built.bytes));
  const PackageReader reader = PackageReader::open(source, few_blocks()).value();
  const FileStream stream = test::stream_of(reader, "file");
  const Readers readers{reader, stream, built.entries[0].content};
  Crowd crowd(readers, 16, {Errc::io, Errc::truncated});
  for (int round = 0; round < 6; ++round) {
    source->become(round % 2 == 0 ? MoodySource::Mood::failing : MoodySource::Mood::cut);
    Crowd::wait_for_more(crowd.failed);
    source->become(MoodySource::Mood::well);
    Crowd::wait_for_more(crowd.right);
  }
  crowd.stop();
  EXPECT_EQ(crowd.unexpected, 0U);
  expect_all_right(readers);
}

// Cut in the middle of a block, at a block's boundary or thereabouts, and to nothing: never a byte that is not the
// content's, never a signal.
TEST(StreamTrouble, SixteenReadersOfAFileThatIsCutUnderThem) {
  const BuiltPackage built = test::blocks_package(kBlocks, kChunks, kChunkBytes);
  const testing::ScratchDirectory scratch;
  const std::string path = scratch / "p.npk";
  testing::write_file(path, as_text(built.bytes));
  const PackageReader reader = PackageReader::open_file(path, few_blocks()).value();
  const FileStream stream = test::stream_of(reader, "file");
  const Readers readers{reader, stream, built.entries[0].content};
  Crowd crowd(readers, 16, {Errc::truncated});
  Crowd::wait_for_more(crowd.right);
  for (const std::size_t quarters : {3U, 2U, 1U, 0U}) {
    ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(built.bytes.size() / 4 * quarters)), 0);
    Crowd::wait_for_more(crowd.failed);
  }
  crowd.stop();
  EXPECT_EQ(crowd.unexpected, 0U);
}

// The thread sanitizer allows a child no threads.
int child_reads(Readers readers, std::uint64_t seed) {
  ::alarm(60);  // a child that hangs dies of it
  readers.threads = !testing::kSanitized;
  std::mt19937_64 random(seed);
  for (std::uint64_t i = 0; i < 24; ++i)
    if (readers.read(i, random)) return 1;
  return 0;
}

// The parent's threads read ahead, read in batches, and read by the very stream that the children use.
TEST(StreamTrouble, ForksAmidReadersInFourManners) {
  const BuiltPackage built = test::blocks_package(kBlocks, kChunks, kChunkBytes);
  const PackageReader reader = PackageReader::open(memory_source(ByteView(built.bytes)), few_blocks()).value();
  const FileStream stream = test::stream_of(reader, "file");
  const Readers readers{reader, stream, built.entries[0].content};
  Crowd crowd(readers, 4, {});
  for (std::uint64_t i = 0; i < 30; ++i) {
    Crowd::wait_for_more(crowd.right, 4);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(child_reads(readers, 1000 + i));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "child " << i << " status " << status;
  }
  crowd.stop();
  EXPECT_EQ(crowd.unexpected, 0U);
}

}  // namespace
}  // namespace npk
