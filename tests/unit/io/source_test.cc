// Sources of random access: file, mapped, memory, window.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <thread>

#include "io/descriptor.h"
#include "npk/files.h"
#include "support/scratch.h"

namespace npk {
namespace {

using testing::ScratchDirectory;
using testing::write_file;

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

std::string read_text(const RandomAccessSource& source, std::uint64_t offset, std::size_t size) {
  Bytes out(size);
  const auto count = source.read_at(offset, out);
  EXPECT_TRUE(count.has_value()) << count.error().to_string();
  return count ? std::string(as_text(ByteView(out).first(*count))) : "<error>";
}

using Opener = Result<std::shared_ptr<RandomAccessSource>> (*)(const std::string&);
class FileSources : public ::testing::TestWithParam<Opener> {};
INSTANTIATE_TEST_SUITE_P(Both, FileSources, ::testing::Values(&open_file_source, &open_mapped_source),
                         [](const auto& which) { return which.index == 0 ? "pread" : "mapped"; });

TEST_P(FileSources, ReadsAnyRange) {
  const ScratchDirectory scratch;
  const std::string text = pattern(100'000);
  write_file(scratch / "f", text);
  const auto source = GetParam()(scratch / "f");
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ((*source)->size().value(), text.size());
  EXPECT_EQ((*source)->name(), scratch / "f");
  for (const auto& [offset, size] :
       {std::pair<std::uint64_t, std::size_t>{0, 100'000}, {0, 0}, {4095, 2}, {99'999, 1}, {1, 70'000}})
    EXPECT_EQ(read_text(**source, offset, size), text.substr(offset, size));
}

TEST_P(FileSources, EndsWhereTheFileEnds) {
  const ScratchDirectory scratch;
  write_file(scratch / "f", "0123456789");
  const auto source = GetParam()(scratch / "f").value();
  EXPECT_EQ(read_text(*source, 5, 100), "56789");
  EXPECT_EQ(read_text(*source, 10, 100), "");
  EXPECT_EQ(read_text(*source, 1'000, 100), "");
  EXPECT_EQ(read_text(*source, ~0ULL, 100), "");
}

TEST_P(FileSources, ReadsAnEmptyFile) {
  const ScratchDirectory scratch;
  write_file(scratch / "f", "");
  const auto source = GetParam()(scratch / "f").value();
  EXPECT_EQ(source->size().value(), 0U);
  EXPECT_EQ(read_text(*source, 0, 10), "");
}

TEST_P(FileSources, SeesAFileGrow) {
  const ScratchDirectory scratch;
  write_file(scratch / "f", "0123");
  const auto source = GetParam()(scratch / "f").value();
  write_file(scratch / "f", "0123456789");
  EXPECT_EQ(source->size().value(), 10U);
  EXPECT_EQ(read_text(*source, 2, 100), "23456789");
}

TEST_P(FileSources, RefusesWhatIsNoFile) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkfifo((scratch / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(GetParam()(scratch / "fifo").error().code, Errc::unsupported);  // and does not wait for a writer
  EXPECT_EQ(GetParam()(scratch.path()).error().system_errno, EISDIR);
  const auto missing = GetParam()(scratch / "missing");
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_EQ(missing.error().path, scratch / "missing");
}

TEST_P(FileSources, IsSharedByThreads) {
  const ScratchDirectory scratch;
  const std::string text = pattern(1 << 20);
  write_file(scratch / "f", text);
  const auto source = GetParam()(scratch / "f").value();
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        Bytes out(777);
        for (std::size_t i = 0; i < 500; ++i) {
          const std::size_t offset = (i * 2'003 + t * 50'021) % (text.size() - out.size());
          const auto count = source->read_at(offset, out);
          if (!count || *count != out.size() || as_text(out) != std::string_view(text).substr(offset, out.size()))
            ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST_P(FileSources, WorksInAForkedChild) {
  const ScratchDirectory scratch;
  write_file(scratch / "f", pattern(10'000));
  const auto source = GetParam()(scratch / "f").value();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(read_text(*source, 100, 50) == pattern(10'000).substr(100, 50) ? 0 : 1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read_text(*source, 0, 10), pattern(10));
}

TEST_P(FileSources, ReadsBehindFourGibibytes) {
  const ScratchDirectory scratch;
  constexpr std::uint64_t kFar = 5ULL << 30;
  const io::FileDescriptor file(::open((scratch / "f").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(io::write_fully_at(file.get(), kFar, as_bytes("far away"), "f"));
  const auto source = GetParam()(scratch / "f").value();
  EXPECT_EQ(source->size().value(), kFar + 8);
  EXPECT_EQ(read_text(*source, kFar, 100), "far away");
}

TEST(MappedSource, TellsOfAFileCutShort) {
  const ScratchDirectory scratch;
  write_file(scratch / "f", pattern(100'000));
  const auto source = open_mapped_source(scratch / "f").value();
  Bytes out(100);
  // Within the last page that is left the mapping reads as zeros; beyond it there is nothing to read.
  for (const std::uint64_t size : {50'050ULL, 4'096ULL, 0ULL}) {
    ASSERT_EQ(::truncate((scratch / "f").c_str(), static_cast<off_t>(size)), 0);
    const auto across = source->read_at(size > 50 ? size - 50 : 0, out);
    ASSERT_FALSE(across.has_value()) << size;
    EXPECT_EQ(across.error().code, Errc::truncated);
    EXPECT_EQ(across.error().offset, size);
    EXPECT_EQ(source->read_at(99'900, out).error().code, Errc::truncated);
    EXPECT_EQ(source->read_at(100'000, out).value(), 0U);
    if (size >= 100) {
      EXPECT_EQ(source->read_at(0, out).value(), 100U);
    }
  }
}

TEST(MappedSource, SurvivesTruncationDuringReads) {
  const ScratchDirectory scratch;
  const std::string text = pattern(1 << 20);
  write_file(scratch / "f", text);
  const auto source = open_mapped_source(scratch / "f").value();
  std::atomic<bool> stop{false};
  std::jthread cutter([&] {
    while (!stop) {
      [[maybe_unused]] const int cut = ::truncate((scratch / "f").c_str(), 8'192);
      [[maybe_unused]] const int grown = ::truncate((scratch / "f").c_str(), 1 << 20);
    }
  });
  int failed = 0;
  Bytes out(64 << 10);
  for (int i = 0; i < 200'000 && failed < 100; ++i) {
    const auto count = source->read_at(static_cast<std::uint64_t>(i % 15) << 16, out);
    if (!count) {
      ++failed;
      EXPECT_EQ(count.error().code, Errc::truncated);
    }
  }
  stop = true;
  EXPECT_GT(failed, 0) << "the reads never met the cut";
}

TEST(MemorySource, OwnsOrViews) {
  const Bytes bytes{1, 2, 3, 4};
  const auto view = memory_source(ByteView(bytes), "v");
  const auto owner = memory_source(Bytes(bytes));
  EXPECT_EQ(view->name(), "v");
  EXPECT_EQ(owner->name(), "<memory>");
  Bytes out(3);
  EXPECT_EQ(view->read_at(2, out).value(), 2U);
  EXPECT_EQ(out[1], 4);
  EXPECT_EQ(owner->read_at(0, out).value(), 3U);
  EXPECT_EQ(owner->read_at(4, out).value(), 0U);
  EXPECT_EQ(owner->read_at(~0ULL, out).value(), 0U);
}

TEST(WindowSource, ShowsOnlyItsPart) {
  const auto window = window_source(memory_source(Bytes{0, 1, 2, 3, 4, 5}), 2, 3).value();
  EXPECT_EQ(window->size().value(), 3U);
  Bytes out(10);
  EXPECT_EQ(window->read_at(1, out).value(), 2U);
  EXPECT_EQ(out[0], 3);
  EXPECT_EQ(window->read_at(3, out).value(), 0U);
}

TEST(WindowSource, TellsWhatIsMissing) {
  const auto window = window_source(memory_source(Bytes(10)), 8, 5).value();
  Bytes out(5);
  const auto count = window->read_at(0, out);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, Errc::truncated);
  EXPECT_EQ(count.error().offset, 10U);
  EXPECT_EQ(window_source(memory_source(Bytes(1)), 2, ~0ULL).error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk
