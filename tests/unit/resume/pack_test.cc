// A package whose writing was stopped anywhere and gone on with has the bytes of one that was not.
#include "resume_support.h"

namespace npk::testing {
namespace {

class PackResumed : public ::testing::Test {
 protected:
  const TestTree tree_ = several_segments();
  const Packed whole_ = testing::pack(tree_, small_options(), kSmallSegments);
  ResumablePack pack_;

  [[nodiscard]] ByteView first(std::uint64_t bytes) const { return ByteView(whole_.bytes).first(static_cast<std::size_t>(bytes)); }
  // Blocks of text that a chunk page before `end` describes: those that must not be compressed again.
  [[nodiscard]] std::uint64_t finished_blocks(std::uint64_t end) const {
    const PackageFrames frames = frames_of(whole_.bytes);
    const auto positions = frame_positions(whole_.bytes);
    std::uint64_t finished = 0, pending = 0;
    for (std::size_t i = 0; i < frames.frames.size() && positions[i + 1] <= end; ++i) {
      const PackageFrame& frame = frames.frames[i];
      if (frame.header.type == format::FrameType::block && !format::split_body(frame.body, Limits()).value().header.chain.empty()) ++pending;
      if (frame.header.type == format::FrameType::chunk_page) finished += std::exchange(pending, 0);
    }
    return finished;
  }
};

TEST_F(PackResumed, CutAtAndWithinEveryFrame) {
  const auto positions = frame_positions(whole_.bytes);
  ASSERT_GT(finished_blocks(whole_.bytes.size()), 10U);
  std::uint64_t most = 0;
  for (std::size_t i = 0; i + 1 < positions.size(); ++i) {
    for (const std::uint64_t cut :
         {positions[i], positions[i] + 1, positions[i] + 63, positions[i] + 64, (positions[i] + positions[i + 1]) / 2, positions[i + 1] - 1}) {
      SCOPED_TRACE(cut);
      pack_.leave(first(std::min<std::uint64_t>(cut, whole_.bytes.size())));
      const WriteReport report = pack_.expect(tree_, whole_.bytes);
      EXPECT_EQ(report.earlier_blocks, finished_blocks(cut));
      most = std::max(most, report.earlier_blocks);
    }
  }
  EXPECT_GT(most, 10U);
}

TEST_F(PackResumed, WithinTheSuperblock) {
  for (const std::uint64_t cut : {0U, 1U, 95U, 96U}) {
    pack_.leave(first(cut));
    EXPECT_EQ(pack_.expect(tree_, whole_.bytes).earlier_blocks, 0U);
  }
}

TEST_F(PackResumed, WhateverTheThreads) {
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    SCOPED_TRACE(threads);
    pack_.create.writer.threads = threads;
    const std::uint64_t cut = whole_.bytes.size() * threads / 9;
    pack_.leave(first(cut));
    EXPECT_EQ(pack_.expect(tree_, whole_.bytes).earlier_blocks, finished_blocks(cut));
  }
}

TEST_F(PackResumed, WhatIsDamagedIsMadeAgain) {
  for (std::size_t at = 0; at < whole_.bytes.size(); at += 1 + whole_.bytes.size() / 200) {
    SCOPED_TRACE(at);
    Bytes partial(whole_.bytes.begin(), whole_.bytes.begin() + static_cast<std::ptrdiff_t>(whole_.bytes.size() - 1000));
    if (at >= partial.size()) continue;
    partial[at] ^= 0x40;
    pack_.leave(partial);
    const WriteReport report = pack_.expect(tree_, whole_.bytes);
    // At worst a chunk page was hit, and with it the blocks of its segment.
    if (at >= format::kSuperblockBytes) {
      EXPECT_GT(report.earlier_blocks, finished_blocks(partial.size()) / 2);
    }
  }
}

TEST_F(PackResumed, OtherBytesBehindAndZeros) {
  Bytes longer = whole_.bytes;
  longer.resize(longer.size() + 100'000, 7);
  pack_.leave(longer);
  pack_.expect(tree_, whole_.bytes);
  Bytes zeros(first(whole_.bytes.size() / 2).begin(), first(whole_.bytes.size() / 2).end());
  zeros.resize(whole_.bytes.size());  // as after a power failure: the length, not the data
  pack_.leave(zeros);
  EXPECT_GT(pack_.expect(tree_, whole_.bytes).earlier_blocks, 0U);
}

// Whatever changed meanwhile, the result is what a run from nothing gives.
TEST_F(PackResumed, ChangedInput) {
  std::vector<TestTree> changed;
  const auto with = [&](auto change) {
    std::vector<TestEntry> entries = tree_.entries();
    change(entries);
    changed.emplace_back(std::move(entries));
  };
  with([](auto& entries) { entries[0].mode = 0700; });
  with([](auto& entries) { entries[5].mtime_seconds = 77; });
  with([](auto& entries) { entries[3].content[100] ^= 1; });
  with([](auto& entries) { entries.back().content.resize(10); });
  with([](auto& entries) { entries.erase(entries.begin() + 2); });
  with([](auto& entries) { entries.push_back({.path = "a first", .content = make_data(DataKind::text, 100'000, 5)}); });
  with([](auto& entries) { entries.push_back({.path = "z last", .content = make_data(DataKind::mixed, 300'000, 6)}); });
  with([](auto& entries) { for (TestEntry& entry : entries) if (entry.path.ends_with(".c")) entry.path += ".png"; });  // kinds of blocks
  with([](auto& entries) { for (TestEntry& entry : entries) if (entry.path.ends_with(".png")) entry.path += ".c"; });
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const Bytes fresh = testing::pack(changed[i], small_options(), kSmallSegments).bytes;
    for (const unsigned part : {2U, 5U, 9U, 10U}) {
      SCOPED_TRACE(std::to_string(i) + " at " + std::to_string(part));
      pack_.leave(first(whole_.bytes.size() * part / 10));
      pack_.expect(changed[i], fresh);
    }
  }
}

// What does not touch how blocks are compressed may be another: time, message, threads, blocks and chunks of other sizes.
TEST_F(PackResumed, OtherOptionsThatBlocksDoNotDependOn) {
  WriterOptions other = small_options();
  other.time_seconds = 5;
  other.message = "another message";
  other.deduplication = Deduplication::files;
  pack_.create.writer = other;
  pack_.leave(first(whole_.bytes.size() / 2), small_options());
  pack_.expect(tree_, testing::pack(tree_, other, kSmallSegments).bytes);
}

TEST_F(PackResumed, OtherCompressionIsRefusedAndNothingLost) {
  const ByteView half = first(whole_.bytes.size() / 2);
  pack_.leave(half);
  for (const int level : {2, 19}) {
    ResumablePack& other = pack_;
    other.create.writer.level = level;
    const auto report = other.run(tree_);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Errc::misuse);
    EXPECT_NE(report.error().to_string().find("begun with other options"), std::string::npos) << report.error().to_string();
  }
  EXPECT_EQ(read_file(pack_.path(".p.npk.npk-partial")), as_text(half));
  EXPECT_FALSE(exists(pack_.create.package_path));
  pack_.create.writer.level.reset();
  EXPECT_GT(pack_.expect(tree_, whole_.bytes).earlier_blocks, 0U);
}

// What nobody vouches for is not believed.
TEST_F(PackResumed, WithoutAWholeRecordItBeginsAnew) {
  const std::string record = pack_.path(".p.npk.npk-resume");
  pack_.leave(first(whole_.bytes.size() / 2));
  const std::string good = read_file(record);
  for (std::size_t at = 0; at <= good.size(); ++at) {
    pack_.leave(first(whole_.bytes.size() / 2));
    std::string bad = good;
    if (at < good.size()) bad[at] ^= 1;
    else bad.pop_back();
    write_file(record, bad);
    EXPECT_EQ(pack_.expect(tree_, whole_.bytes).earlier_blocks, 0U) << at;
  }
}

// A disk that is full after each single write, then is not.
TEST_F(PackResumed, AfterAFailureOfEveryWrite) {
  Bytes sunk;
  FaultSink counting(memory_sink(sunk), {});
  ASSERT_TRUE(writer::write_package(tree_, counting, small_options(), kSmallSegments));
  ASSERT_GT(counting.calls(), 80U);
  for (std::uint64_t call = 1; call <= counting.calls(); ++call) {
    SCOPED_TRACE(call);
    Bytes left;
    FaultSink failing(memory_sink(left), {.fail_at_call = call, .error_number = ENOSPC});
    ASSERT_FALSE(writer::write_package(tree_, failing, small_options(), kSmallSegments));
    pack_.leave(left);
    EXPECT_EQ(pack_.expect(tree_, whole_.bytes).earlier_blocks, finished_blocks(left.size()));
  }
}

// Cancelled again and again, each run gets further than the one before.
TEST_F(PackResumed, StoppedManyTimes) {
  std::uint64_t before = 0;
  int stopped = 0;
  for (;; ++stopped) {
    ASSERT_LT(stopped, 100);
    std::stop_source stop;
    pack_.create.writer.stop = stop.get_token();
    struct StoppingTree final : writer::InputTree {
      StoppingTree(const TestTree& inner, std::stop_source source, std::uint64_t last) : tree(inner), stop(std::move(source)), after(last) {}
      std::uint64_t entry_count() const noexcept override { return tree.entry_count(); }
      format::EntryRow entry(std::uint64_t number, writer::EntryScratch& scratch) const override { return tree.entry(number, scratch); }
      std::uint64_t size(std::uint64_t number) const noexcept override { return tree.size(number); }
      std::unique_ptr<writer::InputOpener> opener() const override {
        if (++calls > after) stop.request_stop();
        return tree.opener();
      }
      const TestTree& tree;
      mutable std::stop_source stop;
      mutable std::atomic<std::uint64_t> calls = 0;
      std::uint64_t after;
    };
    const StoppingTree stopping(tree_, stop, static_cast<std::uint64_t>(stopped));
    const auto report = pack_.run(stopping);
    if (report) break;
    EXPECT_EQ(report.error().code, Errc::cancelled);
    EXPECT_FALSE(exists(pack_.create.package_path));
    const std::uint64_t now = read_file(pack_.path(".p.npk.npk-partial")).size();
    EXPECT_GE(now + 1, before);
    before = now;
  }
  EXPECT_GT(stopped, 1);
  EXPECT_TRUE(pack_.package() == whole_.bytes);
  pack_.expect_only_package();
}

TEST_F(PackResumed, NothingToGoOnWithIsNoError) {
  EXPECT_EQ(pack_.expect(tree_, whole_.bytes).earlier_blocks, 0U);
  EXPECT_EQ(pack_.expect(tree_, whole_.bytes).earlier_blocks, 0U);  // over the package that is there
}

TEST_F(PackResumed, APipeIsRefused) {
  Bytes out;
  const auto sink = memory_sink(out);
  pack_.create.sink = sink.get();
  EXPECT_EQ(ops::create(pack_.create).error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk::testing
