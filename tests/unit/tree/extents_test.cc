#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "io/descriptor.h"
#include "support/scratch.h"
#include "tree/extents.h"

namespace npk::tree {
namespace {

using npk::testing::ScratchDirectory;

io::FileDescriptor sparse_file(const std::string& path, std::uint64_t size, std::initializer_list<std::uint64_t> data) {
  io::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  EXPECT_EQ(::ftruncate(file.get(), static_cast<off_t>(size)), 0);
  for (const std::uint64_t offset : data) EXPECT_TRUE(io::write_fully_at(file.get(), offset, Bytes(4096, 1), path));
  EXPECT_EQ(::fsync(file.get()), 0);
  return file;
}

TEST(FindHoles, FindsThemAtBothEndsAndBetween) {
  const ScratchDirectory scratch;
  constexpr std::uint64_t kMega = 1 << 20;
  const auto file = sparse_file(scratch / "f", 8 * kMega, {2 * kMega, 5 * kMega});
  const auto holes = find_holes(file.get(), 8 * kMega).value();
  EXPECT_EQ(holes, (std::vector<Hole>{
                       {0, 2 * kMega}, {2 * kMega + 4096, 3 * kMega - 4096}, {5 * kMega + 4096, 3 * kMega - 4096}}));
  EXPECT_EQ(find_holes(file.get(), kMega).value(), (std::vector<Hole>{{0, kMega}}));
}

TEST(FindHoles, FindsNoneInAFullFile) {
  const ScratchDirectory scratch;
  const auto file = sparse_file(scratch / "f", 4096, {0});
  EXPECT_TRUE(find_holes(file.get(), 4096).value().empty());
  const auto empty = sparse_file(scratch / "e", 0, {});
  EXPECT_TRUE(find_holes(empty.get(), 0).value().empty());
}

TEST(FindHoles, TakesOneHoleOfSixGibibytes) {
  const ScratchDirectory scratch;
  const auto file = sparse_file(scratch / "f", 6ULL << 30, {});
  EXPECT_EQ(find_holes(file.get(), 6ULL << 30).value(), (std::vector<Hole>{{0, 6ULL << 30}}));
}

TEST(FindHoles, ReportsABadDescriptor) {
  EXPECT_EQ(find_holes(-1, 1).error().system_errno, EBADF);
}

}  // namespace
}  // namespace npk::tree
