// Padded packages hide their lengths: what shows is one of few, and nothing else is different.
#include <cmath>

#include "crypto/padding.h"
#include "crypto/sealing.h"
#include "npk/ops/rekey.h"
#include "sealed_support.h"

namespace npk::testing {
namespace {

using crypto::padded_length;
using format::FrameType;

// As the paper has it, in floating point.
std::uint64_t padme(std::uint64_t length) {
  const int exponent = static_cast<int>(std::floor(std::log2(static_cast<double>(length))));
  const int size = static_cast<int>(std::floor(std::log2(exponent))) + 1;
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - size)) - 1;
  return (length + mask) & ~mask;
}

TEST(PaddedLength, IsThePapers) {
  EXPECT_EQ(padded_length(0), 0);
  EXPECT_EQ(padded_length(1), 1);
  for (std::uint64_t length = 2; length < 200'000; ++length) ASSERT_EQ(padded_length(length), padme(length)) << length;
  for (int bits = 18; bits < 50; ++bits)
    for (const std::uint64_t below : {0U, 1U, 2U, 777U})
      ASSERT_EQ(padded_length((std::uint64_t{1} << bits) - below), padme((std::uint64_t{1} << bits) - below)) << bits;
}

TEST(PaddedLength, IsNotShorterNorMuchLonger) {
  std::set<std::uint64_t> lengths;
  for (std::uint64_t length = 2; length < 1'000'000; ++length) {
    const std::uint64_t padded = padded_length(length);
    ASSERT_GE(padded, length);
    ASSERT_LE(static_cast<double>(padded), 1.12 * static_cast<double>(length)) << length;
    ASSERT_EQ(padded_length(padded), padded);
    lengths.insert(padded);
  }
  EXPECT_LT(lengths.size(), 300);  // of a million
}

class Padding : public ::testing::Test {
 protected:
  static WriterOptions padded(Recipients to = recipients(recipient())) {
    WriterOptions options = sealed_options(std::move(to));
    options.block_bytes = 64U << 10;
    options.pad = true;
    return options;
  }
  static std::vector<TestEntry> entries(std::size_t more) {
    std::vector<TestEntry> entries;
    for (std::size_t i = 0; i < 20; ++i) entries.push_back(file_entry("f" + std::to_string(i), make_data(kAllDataKinds[i % 5], 20'000 + 1000 * i + more, i)));
    return entries;
  }
  // What is sealed in a frame.
  static std::uint64_t plain_length(const PackageFrame& frame) {
    const bool carries_head = (frame.header.flags & format::kFrameCarriesSalt) != 0;
    return crypto::plain_bytes(frame.body.size() - (carries_head ? crypto::SessionHead::kBytes : 0)).value();
  }
  static void expect_padded(ByteView package) {
    EXPECT_EQ(padded_length(package.size()), package.size());
    for (const PackageFrame& frame : frames_of(package).frames) {
      if ((frame.header.flags & format::kFrameSealed) == 0) continue;
      EXPECT_EQ(padded_length(plain_length(frame)), plain_length(frame)) << static_cast<int>(frame.header.type);
    }
  }
};

TEST_F(Padding, EveryBodyAndThePackageHavePaddedLengths) {
  for (const std::size_t more : {0U, 1U, 63U, 64U, 700U}) {
    const TestTree tree(entries(more));
    const Packed packed = pack(tree, padded());
    expect_padded(packed.bytes);
    EXPECT_EQ(by_reader(packed.bytes, identities(identity()), tree.entries()), "sound");
    EXPECT_EQ(by_verify(packed.bytes, identities(identity())), "sound");
    EXPECT_EQ(by_pipe(packed.bytes, identities(identity()), tree.entries()), "sound");
    const std::size_t plain = pack(tree, sealed_options()).bytes.size();
    EXPECT_LT(static_cast<double>(packed.bytes.size()), 1.26 * static_cast<double>(plain));  // bodies and the whole
  }
}

TEST_F(Padding, PackagesOfAlmostTheSameSizeAreOfTheSame) {
  std::set<std::size_t> sizes;
  for (std::size_t more = 0; more < 400; more += 40) {
    const TestTree tree(std::vector<TestEntry>{file_entry("r", make_data(DataKind::random, 500'000 + more, 1))});
    sizes.insert(pack(tree, padded()).bytes.size());
  }
  EXPECT_LE(sizes.size(), 2);
}

TEST_F(Padding, EmptyFilesAndThreadsMakeNoDifference) {
  const TestTree tree(std::vector<TestEntry>{file_entry("a", {}), file_entry("b", {1})});
  WriterOptions options = padded();
  options.threads = 1;
  const Bytes one = pack(tree, options).bytes;
  expect_padded(one);
  options.threads = 4;
  EXPECT_EQ(pack(tree, options).bytes.size(), one.size());
}

TEST_F(Padding, IsKeptAndPutOnByRekey) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "p.npk";
  const TestTree tree(entries(0));
  for (const bool was_padded : {false, true}) {
    const Bytes before = pack(tree, was_padded ? padded() : sealed_options()).bytes;
    write_file(path, as_text(before));
    ASSERT_TRUE(ops::rekey(path, {.identities = identities(identity()), .pad = true}));
    const std::string after = read_file(path);
    expect_padded(as_bytes(after));
    EXPECT_EQ(by_verify(as_bytes(after), identities(identity())), "sound");
  }
}

TEST_F(Padding, WithoutRecipientsIsMisuse) {
  const auto packed = try_pack(TestTree(entries(0)), padded(nullptr));
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().code, Errc::misuse);
  EXPECT_EQ(packed.error().to_string().find("pad"), 0);
}

}  // namespace
}  // namespace npk::testing
