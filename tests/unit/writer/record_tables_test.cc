// Tables of records in machine code: in blocks of numbers, smaller for it, found again, and back byte for byte.
#include "package/writer/record_tables.h"

#include "support/relocations.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::TestTree;

constexpr std::size_t kTableBytes = 240'000;

// Code, a table, and code again.
Bytes program(std::size_t code_bytes, std::uint64_t seed) {
  Bytes bytes = testing::make_code(code_bytes / 2, seed);
  for (const Bytes& part : {testing::make_relocations(kTableBytes, seed), testing::make_code(code_bytes / 2, seed + 100)})
    bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

TestTree programs(std::size_t code_bytes, int count) {
  TestTree tree;
  for (int i = 0; i < count; ++i) tree.add({.path = "p" + std::to_string(i), .content = program(code_bytes, static_cast<std::uint64_t>(i))});
  tree.sort();
  return tree;
}

// Raw bytes of blocks whose first filter is one of numbers.
std::uint64_t bytes_among_numbers(const testing::PackageAudit& found) {
  std::uint64_t bytes = 0;
  for (const testing::AuditedBlock& block : found.blocks) {
    const format::CodecId first = block.chain.front().id;
    if (first == format::CodecId::integers || first == format::CodecId::element_delta || first == format::CodecId::byte_shuffle) bytes += block.raw_length;
  }
  return bytes;
}

// Of files in one piece, and of larger ones in many.
TEST(RecordTables, AreAmongNumbers) {
  for (const std::size_t code_bytes : {200'000U, 3'000'000U}) {
    const TestTree tree = programs(code_bytes, 3);
    const Bytes package = testing::pack(tree, {.threads = 2}).bytes;
    const std::uint64_t bytes = bytes_among_numbers(testing::audit(package));
    expect_entries(package, tree.entries());
    EXPECT_NEAR(static_cast<double>(bytes), 3.0 * kTableBytes, 3 * 3 * 4096.0) << code_bytes;
    for (const unsigned threads : {1U, 3U}) EXPECT_TRUE(testing::pack(tree, {.threads = threads}).bytes == package) << threads;
    EXPECT_EQ(bytes_among_numbers(testing::audit(testing::pack(tree, {.choose_filters = false}).bytes)), 0U);
  }
}

// The table by itself takes a fraction of what it takes among code.
TEST(RecordTables, TakeLessThere) {
  const auto packed_bytes = [](const Bytes& content) {
    TestTree tree;
    tree.add({.path = "p", .content = content});
    return testing::pack(tree, {}).bytes.size();
  };
  const std::size_t code = packed_bytes(testing::make_code(400'000, 1));
  Bytes both = testing::make_code(400'000, 1);
  const Bytes table = testing::make_relocations(kTableBytes, 1);
  both.insert(both.end(), table.begin(), table.end());
  TestTree tree;
  tree.add({.path = "p", .content = both});
  const std::size_t unfiltered = testing::pack(tree, {.chain = "x86_branches+zstd:7"}).bytes.size();
  EXPECT_LT((packed_bytes(both) - code) * 4, (unfiltered - code) * 3);
}

// Cut by what they hold: the same table behind other code is there already, and so is a file that is the same.
TEST(RecordTables, AreFoundAgain) {
  TestTree tree;
  const Bytes table = testing::make_relocations(kTableBytes, 1);
  for (std::uint64_t i = 0; i < 2; ++i) {
    Bytes bytes = testing::make_code(20 * 4096, i);
    bytes.insert(bytes.end(), table.begin(), table.end());
    tree.add({.path = "p" + std::to_string(i), .content = bytes});
    tree.add({.path = "q" + std::to_string(i), .content = bytes});
  }
  tree.sort();
  const testing::PackageAudit found = testing::audit(testing::pack(tree, {}).bytes);
  EXPECT_EQ(found.chunks.size(), 3U);
  EXPECT_EQ(found.commit.placement.totals.unique_bytes, 2 * 20 * 4096 + table.size());
}

// What is not code has the chunks it had, also beside a program.
TEST(RecordTables, OfOtherFilesStay) {
  TestTree tree;
  Bytes bytes = testing::make_data(testing::DataKind::text, 100'000, 1);
  const Bytes table = testing::make_relocations(kTableBytes, 1);
  bytes.insert(bytes.end(), table.begin(), table.end());
  tree.add({.path = "notes", .content = bytes});
  tree.add({.path = "program", .content = program(200'000, 2)});
  tree.sort();
  const testing::PackageAudit found = testing::audit(testing::pack(tree, {}).bytes);
  EXPECT_EQ(found.chunks.size(), 1U + 3);
  EXPECT_EQ(std::ranges::count(found.chunks, bytes.size(), &format::ChunkRow::length), 1);
}

}  // namespace
}  // namespace npk::writer
