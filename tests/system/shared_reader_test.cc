// One reader, many threads, and processes forked after it was opened and used: right bytes for everyone (P6, F10).
#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "npk/files.h"
#include "npk/reader.h"
#include "support/scratch.h"
#include "support/test_tree.h"
#include "unit/crypto/age_support.h"

namespace npk {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

TestTree sample() {
  TestTree tree;
  for (int i = 0; i < 40; ++i) {
    const DataKind kind = i % 2 == 0 ? DataKind::text : DataKind::mixed;
    tree.add({.path = "f" + std::to_string(i),
              .content = testing::make_data(kind, i % 10 == 0 ? 2'000'000 : 20'000 + 1000 * static_cast<std::size_t>(i), static_cast<std::uint64_t>(i))});
  }
  tree.sort();
  return tree;
}

// Random ranges of random entries. The number that came out wrong.
int wrong_reads(const PackageReader& reader, const TestTree& tree, std::uint64_t seed, int reads) {
  std::mt19937_64 random(seed);
  int wrong = 0;
  for (int i = 0; i < reads; ++i) {
    const TestEntry& expected = tree.entries()[random() % tree.entry_count()];
    const auto entry = reader.find(expected.path);
    if (!entry || !*entry) {
      ++wrong;
      continue;
    }
    const auto stream = reader.open_stream(**entry);
    const std::uint64_t offset = random() % expected.content.size();
    Bytes out(1 + random() % 30'000);
    const auto count = stream ? stream->read_at(offset, out) : Result<std::size_t>(0);
    const std::size_t length = std::min<std::size_t>(out.size(), expected.content.size() - offset);
    if (!count || *count != length ||
        !std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(length), expected.content.begin() + static_cast<std::ptrdiff_t>(offset)))
      ++wrong;
  }
  return wrong;
}

struct SharedCase {
  std::uint64_t cache_bytes;
  bool is_sealed;
};

class SharedReader : public ::testing::TestWithParam<SharedCase> {
 protected:
  SharedReader() {
    WriterOptions options{.preset = Preset::fast, .block_bytes = 256U << 10, .chunk_bytes = 16'384};
    if (GetParam().is_sealed) options.recipients = std::make_shared<const std::vector<Recipient>>(list(recipient()));
    const Bytes bytes = testing::pack(tree_, options).bytes;
    testing::write_file(scratch_ / "p.npk", as_text(bytes));
  }
  [[nodiscard]] PackageReader open() const {
    ReaderOptions options{.block_cache_bytes = GetParam().cache_bytes, .page_cache_bytes = 20'000};
    if (GetParam().is_sealed) options.identities = std::make_shared<const std::vector<Identity>>(list(identity()));
    return PackageReader::open_file(scratch_ / "p.npk", options).value();
  }

  testing::ScratchDirectory scratch_;
  TestTree tree_ = sample();
};

TEST_P(SharedReader, EightThreads) {
  const PackageReader reader = open();
  std::vector<std::thread> threads;
  std::array<int, 8> wrong{};
  for (std::size_t i = 0; i < wrong.size(); ++i) threads.emplace_back([&, i] { wrong[i] = wrong_reads(reader, tree_, i, 120); });
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
}

TEST_P(SharedReader, EightForkedChildren) {
  const PackageReader reader = open();
  EXPECT_EQ(wrong_reads(reader, tree_, 99, 20), 0);  // caches are warm, files half read
  std::vector<pid_t> children;
  for (std::uint64_t i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(wrong_reads(reader, tree_, i, 120) == 0 ? 0 : 1);
    children.push_back(child);
  }
  EXPECT_EQ(wrong_reads(reader, tree_, 100, 120), 0) << "the parent, meanwhile";
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

// Nothing has been opened but the commit: parent and children each meet the blocks first.
TEST_P(SharedReader, ForkedBeforeTheFirstRead) {
  const PackageReader reader = open();
  std::vector<pid_t> children;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(wrong_reads(reader, tree_, i, 60) == 0 ? 0 : 1);
    children.push_back(child);
  }
  EXPECT_EQ(wrong_reads(reader, tree_, 100, 60), 0);
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

// A stream opened before the fork goes on in both.
TEST_P(SharedReader, StreamOpenedBeforeTheFork) {
  const PackageReader reader = open();
  const TestEntry& expected = tree_.entries().front();
  FileStream stream = reader.open_stream(reader.find(expected.path).value().value()).value();
  Bytes head(10'000);
  ASSERT_EQ(stream.read(head).value(), head.size());
  const auto rest_is_right = [&] {
    Bytes rest(expected.content.size() - head.size());
    const auto count = stream.read(rest);
    return count && *count == rest.size() && std::equal(rest.begin(), rest.end(), expected.content.begin() + static_cast<std::ptrdiff_t>(head.size()));
  };
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(rest_is_right() ? 0 : 1);
  EXPECT_TRUE(rest_is_right());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

INSTANTIATE_TEST_SUITE_P(CacheBytes, SharedReader,
                         ::testing::Values(SharedCase{0, false}, SharedCase{300'000, false}, SharedCase{64U << 20, false},
                                           SharedCase{0, true}, SharedCase{300'000, true}, SharedCase{64U << 20, true}),
                         [](const auto& shape) {
                           return (shape.param.is_sealed ? "Sealed" : "Clear") + std::to_string(shape.param.cache_bytes);
                         });

}  // namespace
}  // namespace npk
