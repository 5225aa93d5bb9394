// A full disk, files that can't be read or change meanwhile, cancellation: the right error, the rest right, nothing under the package's name.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "npk/files.h"
#include "npk/ops/create.h"
#include "npk/ops/verify.h"
#include "npk/reader.h"
#include "support/fault_io.h"
#include "support/scratch.h"
#include "system/small_tree.h"

namespace npk {
namespace {

using testing::ScratchDirectory;
using testing::write_file;

constexpr int kDiskFull = 28;

// Counts writes, stops or fails at one, and says whether it was committed.
class WatchedSink final : public Sink {
 public:
  std::function<Result<void>(std::uint64_t write)> at_write;
  std::uint64_t writes = 0;
  bool committed = false;
  Bytes bytes;

  Result<void> write(ByteView view) override {
    ++writes;
    if (at_write) NPK_TRY(at_write(writes));
    bytes.insert(bytes.end(), view.begin(), view.end());
    return {};
  }
  Result<void> commit() override {
    committed = true;
    return {};
  }
  std::string name() const override { return "<watched>"; }
};

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

void make_tree(const std::string& root, int files = 30) {
  ASSERT_EQ(::mkdir(root.c_str(), 0755), 0);
  for (int i = 0; i < files; ++i) {
    const Bytes content = testing::make_data(testing::DataKind::text, 1000 + 500 * static_cast<std::size_t>(i), static_cast<std::uint64_t>(i));
    write_file(root + "/f" + std::to_string(i), as_text(content));
  }
}

ops::CreateOptions create_of(const std::string& tree, const std::string& package) {
  ops::CreateOptions options;
  options.inputs = {{".", tree}};
  options.package_path = package;
  options.writer.preset = Preset::fast;
  return options;
}

TEST(DiskFull, AtEveryWriteIsAnErrorAndNothingIsCommitted) {
  const testing::TestTree tree = testing::segmented_tree();
  for (const unsigned threads : {1U, 3U}) {
    WatchedSink whole;
    ASSERT_TRUE(writer::write_package(tree, whole, {.preset = Preset::fast, .threads = threads}));
    ASSERT_GE(whole.writes, 40U);
    for (std::uint64_t failing = 1; failing <= whole.writes; ++failing) {
      WatchedSink sink;
      sink.at_write = [&](std::uint64_t write) -> Result<void> {
        EXPECT_LE(write, failing) << "written to after a failure";
        if (write == failing)
          return std::unexpected(Error{.code = Errc::io, .message = "can't write", .path = "<watched>", .offset = {}, .system_errno = kDiskFull});
        return {};
      };
      const auto done = writer::write_package(tree, sink, {.preset = Preset::fast, .threads = threads});
      ASSERT_FALSE(done) << "write " << failing;
      EXPECT_EQ(done.error().code, Errc::io);
      EXPECT_EQ(done.error().system_errno, kDiskFull);
      EXPECT_FALSE(sink.committed);
    }
  }
}

TEST(DiskFull, OfAFileLeavesTheOldPackageAndNoOther) {
  const ScratchDirectory scratch;
  ASSERT_NO_FATAL_FAILURE(make_tree(scratch / "tree"));
  ASSERT_EQ(::mkdir((scratch / "out").c_str(), 0755), 0);
  for (const bool old : {false, true}) {
    if (old) write_file(scratch / "out/p.npk", "the old package");
    for (std::uint64_t at = 1;; ++at) {
      auto file = create_atomic_file(scratch / "out/p.npk");
      ASSERT_TRUE(file);
      testing::FaultSink sink(*std::move(file), {.fail_at_call = at, .error_number = kDiskFull});
      ops::CreateOptions options = create_of(scratch / "tree", "");
      options.sink = &sink;
      const auto done = ops::create(options);
      if (done) {
        EXPECT_GE(at, 12U) << "calls that can fail";
        break;
      }
      EXPECT_EQ(done.error().code, Errc::io);
      EXPECT_EQ(done.error().system_errno, kDiskFull);
      if (old) ASSERT_EQ(testing::read_file(scratch / "out/p.npk"), "the old package");
      else ASSERT_FALSE(testing::exists(scratch / "out/p.npk"));
    }
    EXPECT_EQ(names_in(scratch / "out"), std::vector<std::string>{"p.npk"}) << "temporary files are left";
    EXPECT_TRUE(PackageReader::open_file(scratch / "out/p.npk"));
  }
}

// F2: the kernel's own refusal, not an injected one.
TEST(DiskFull, AsTheKernelSaysIt) {
  const ScratchDirectory scratch;
  ASSERT_NO_FATAL_FAILURE(make_tree(scratch / "tree"));
  const auto full = ops::create(create_of(scratch / "tree", "/dev/full"));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::io);
  EXPECT_EQ(full.error().system_errno, kDiskFull);
  // A limit on the size of files, in a child: the package is cut off at every size.
  testing::without_privileges([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const std::string out = "/tmp/npk-limit-" + std::to_string(::getpid());
    ASSERT_EQ(::mkdir(out.c_str(), 0755), 0);
    for (const rlim_t bytes : {0U, 1U, 1000U, 5000U, 20'000U}) {
      const rlimit limit{bytes, RLIM_INFINITY};
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
      const auto done = ops::create(create_of(scratch / "tree", out + "/p.npk"));
      ASSERT_FALSE(done) << bytes;
      EXPECT_EQ(done.error().code, Errc::io);
      EXPECT_TRUE(names_in(out).empty());
    }
    std::filesystem::remove_all(out);
  });
}

TEST(Cancelling, AtEveryWriteReturnsCancelled) {
  const testing::TestTree tree = testing::segmented_tree();
  for (const unsigned threads : {1U, 3U}) {
    WatchedSink whole;
    ASSERT_TRUE(writer::write_package(tree, whole, {.preset = Preset::fast, .threads = threads}));
    for (std::uint64_t at = 1; at < whole.writes; ++at) {
      std::stop_source stop;
      WatchedSink sink;
      sink.at_write = [&](std::uint64_t write) -> Result<void> {
        if (write == at) stop.request_stop();
        return {};
      };
      const auto done = writer::write_package(tree, sink, {.preset = Preset::fast, .threads = threads, .stop = stop.get_token()});
      ASSERT_FALSE(done) << "write " << at << " of " << whole.writes;
      EXPECT_EQ(done.error().code, Errc::cancelled);
      EXPECT_FALSE(sink.committed);
    }
  }
}

TEST(Cancelling, AtReadsOfTheInputReturnsCancelled) {
  std::uint64_t most = 0;
  for (std::uint64_t at = 1; at <= 41; at += 8) {
    std::stop_source stop;
    std::atomic<std::uint64_t> reads = 0;
    testing::TestTree tree;
    for (int i = 0; i < 10; ++i) {
      testing::TestEntry& entry = tree.add({.path = "f" + std::to_string(i)});
      entry.generated_size = 5U << 20;
      entry.generator = [&](std::uint64_t offset, MutableBytes out) {
        if (++reads == at) stop.request_stop();
        std::ranges::fill(out, static_cast<std::uint8_t>(offset >> 20));
      };
    }
    tree.sort();
    WatchedSink sink;
    const auto done = writer::write_package(tree, sink, {.preset = Preset::fast, .threads = 2, .stop = stop.get_token()});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::cancelled);
    most = std::max(most, reads.load() - at);
  }
  EXPECT_LE(most, 4U) << "reads after the cancellation";
}

TEST(Cancelling, LeavesNothing) {
  const ScratchDirectory scratch;
  ASSERT_NO_FATAL_FAILURE(make_tree(scratch / "tree"));
  ASSERT_EQ(::mkdir((scratch / "out").c_str(), 0755), 0);
  std::stop_source before;
  before.request_stop();
  ops::CreateOptions options = create_of(scratch / "tree", scratch / "out/p.npk");
  options.writer.stop = before.get_token();
  EXPECT_EQ(ops::create(options).error().code, Errc::cancelled);
  EXPECT_TRUE(names_in(scratch / "out").empty());
}

// Things that go wrong with single files, through ops::create: named, counted, the rest packed.
TEST(Inputs, UnreadableFilesAreNamedAndTheRestIsPacked) {
  const ScratchDirectory scratch;
  ASSERT_NO_FATAL_FAILURE(make_tree(scratch / "tree"));
  ASSERT_EQ(::chmod((scratch / "tree/f3").c_str(), 0), 0);
  ASSERT_EQ(::mkdir((scratch / "tree/locked").c_str(), 0), 0);
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  testing::without_privileges([&] {
    std::vector<std::string> named;
    ops::CreateOptions options = create_of(scratch / "tree", scratch / "p.npk");
    options.writer.problem = [&](const Error& error) { named.push_back(error.path); };
    const auto done = ops::create(options);
    ASSERT_TRUE(done) << done.error().to_string();
    std::ranges::sort(named);
    ASSERT_EQ(named.size(), 2U);
    EXPECT_TRUE(named[0].ends_with("f3")) << named[0];
    EXPECT_TRUE(named[1].ends_with("locked")) << named[1];
    EXPECT_EQ(done->write.failed_entries + done->scan_problems, 2U);
    const auto reader = PackageReader::open_file(scratch / "p.npk").value();
    EXPECT_EQ(reader.entry_count(), 30U) << "29 files, and the directory that can't be entered";
    EXPECT_FALSE(reader.find("f3").value());
    EXPECT_TRUE(reader.find("f4").value());
  });
}

// The socket's note comes while the second input is scanned: the first one's files are known by then, and not yet read.
class ChangeBetweenScanAndRead {
 public:
  explicit ChangeBetweenScanAndRead(const ScratchDirectory& scratch) : scratch_(scratch) {
    make_tree(scratch / "tree");
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (scratch / "socket").c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(fd);
  }

  ops::CreateReport pack(const std::function<void()>& change) {
    named.clear();
    ops::CreateOptions options = create_of(scratch_ / "tree", scratch_ / "p.npk");
    options.inputs.push_back({"socket", scratch_.path()});
    options.note = [&](const Error&) { change(); };
    options.writer.problem = [&](const Error& error) { named.push_back(error.path); };
    auto done = ops::create(options);
    EXPECT_TRUE(done) << done.error().to_string();
    return done ? *done : ops::CreateReport{};
  }
  std::string packed(const std::string& path) const {
    const auto reader = PackageReader::open_file(scratch_ / "p.npk").value();
    const auto entry = reader.find(path).value();
    if (!entry) return "<missing>";
    FileStream stream = reader.open_stream(*entry).value();
    Bytes content(stream.size() + 1);
    content.resize(stream.read(content).value());
    return std::string(as_text(content));
  }

  std::vector<std::string> named;

 private:
  const ScratchDirectory& scratch_;
};

TEST(Inputs, FilesThatChangeBetweenScanAndReadAreNamed) {
  const ScratchDirectory scratch;
  ChangeBetweenScanAndRead maker(scratch);
  const std::string f5 = scratch / "tree/f5", before = testing::read_file(f5);

  ops::CreateReport report = maker.pack([&] { ASSERT_EQ(::truncate(f5.c_str(), 1000), 0); });
  EXPECT_EQ(maker.named, std::vector<std::string>{"f5"});
  EXPECT_EQ(report.write.changed_entries, 1U);
  EXPECT_EQ(maker.packed("f5"), before.substr(0, 1000));

  report = maker.pack([&] { write_file(f5, before + before); });
  EXPECT_EQ(maker.named, std::vector<std::string>{"f5"});
  EXPECT_EQ(report.write.changed_entries, 1U);
  EXPECT_EQ(maker.packed("f5"), before.substr(0, 1000));

  report = maker.pack([&] { ::unlink(f5.c_str()); });
  EXPECT_EQ(maker.named, std::vector<std::string>{"f5"});
  EXPECT_EQ(report.write.failed_entries, 1U);
  EXPECT_EQ(maker.packed("f5"), "<missing>");
  EXPECT_EQ(maker.packed("f6"), testing::read_file(scratch / "tree/f6"));
}

// As long as before, but with other bytes, and written after the scan: what the catalog says of it is not what was packed.
TEST(Inputs, FileRewrittenInItsLengthIsNamed) {
  const ScratchDirectory scratch;
  ChangeBetweenScanAndRead maker(scratch);
  const std::string f5 = scratch / "tree/f5", before = testing::read_file(f5);
  const ops::CreateReport report = maker.pack([&] { write_file(f5, std::string(before.size(), 'x')); });
  EXPECT_EQ(maker.named, std::vector<std::string>{"f5"});
  EXPECT_EQ(report.write.changed_entries, 1U);
  EXPECT_EQ(maker.packed("f5"), std::string(before.size(), 'x'));
}

// While it is read: what is packed is neither what it held before nor what it holds now.
TEST(Inputs, FileRewrittenWhileItIsReadIsNamed) {
  const ScratchDirectory scratch;
  const std::string large = scratch / "large";
  write_file(large, std::string(96U << 20, 'a'));
  WatchedSink sink;
  sink.at_write = [&](std::uint64_t write) {
    if (write != 2) return Result<void>();  // the superblock is the first; then the file is being read
    std::fstream file(large, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(95U << 20);
    file << std::string(1U << 20, 'b');
    return Result<void>();
  };
  ops::CreateOptions options;
  options.inputs.push_back({"large", scratch.path()});
  options.sink = &sink;
  options.writer.threads = 1;
  options.writer.deduplication = Deduplication::none;
  std::vector<std::string> named;
  options.writer.problem = [&](const Error& error) { named.push_back(error.path); };
  const auto report = ops::create(options);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(named, std::vector<std::string>{"large"});
  EXPECT_EQ(report->write.changed_entries, 1U);
}

TEST(Inputs, FileReplacedByAFifoIsLeftOutAndNobodyWaits) {
  const ScratchDirectory scratch;
  ChangeBetweenScanAndRead maker(scratch);
  const std::string f5 = scratch / "tree/f5";
  const ops::CreateReport report = maker.pack([&] {
    ::unlink(f5.c_str());
    ASSERT_EQ(::mkfifo(f5.c_str(), 0644), 0);
  });
  EXPECT_EQ(maker.named, std::vector<std::string>{"f5"});
  EXPECT_EQ(report.write.failed_entries, 1U);
}

// "Never packed into itself": neither the package being made nor the old one under its name.
TEST(Inputs, PackageInsideItsTreeIsNotPackedIntoItself) {
  const ScratchDirectory scratch;
  ASSERT_NO_FATAL_FAILURE(make_tree(scratch / "tree", 5));
  for (int round = 0; round < 3; ++round) {
    const auto done = ops::create(create_of(scratch / "tree", scratch / "tree/p.npk"));
    ASSERT_TRUE(done) << done.error().to_string();
    EXPECT_EQ(done->write.totals.entries, 5U) << "round " << round;
  }
}

}  // namespace
}  // namespace npk
