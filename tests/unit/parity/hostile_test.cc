// Parity frames made to harm: layouts that lie, sets that overlap, frames of other packages.
#include "parity_support.h"

#include "hash/hash.h"

namespace npk::testing {
namespace {

// The package with another parity head in its first parity frame, hashes and checks as they should be.
Bytes forged(Bytes package, const std::function<void(format::ParityHead&)>& edit) {
  const auto heads = heads_of(package);
  format::ParityHead head = heads.front();
  const std::uint64_t position = head.layout.frame_position(0, 0);
  const std::uint64_t body = head.layout.body_bytes(0, 0);
  edit(head);
  Bytes bytes = format::encode_parity_head(head);
  const Digest digest = hash::blake3(bytes);
  bytes.insert(bytes.end(), digest.begin(), digest.end());
  const auto at = package.begin() + static_cast<std::ptrdiff_t>(position + format::kFrameHeaderBytes);
  std::ranges::copy(bytes, at);
  const Digest check = hash::blake3(ByteView(&*at, body));
  auto header =
      format::decode_frame_header(ByteView(package).subspan(position), format::package_tag(format::decode_superblock(package)->package_id), Limits()).value();
  std::copy_n(check.begin(), header.body_check.size(), header.body_check.begin());
  std::ranges::copy(format::encode_frame_header(header), package.begin() + static_cast<std::ptrdiff_t>(position));
  return package;
}

class Forged : public ::testing::Test {
 protected:
  const ProtectedPackage package_{40'000, 10};
  const Bytes bytes_ = package_.bytes();
  const RepairShop shop_;
};

// A frame that says something else than the others is one of a smaller set, and outvoted.
TEST_F(Forged, OneLayoutAmongMany) {
  for (const auto& edit : std::initializer_list<std::function<void(format::ParityHead&)>>{
           [](format::ParityHead& head) { head.layout.first_sequence += 1; },
           [](format::ParityHead& head) { head.layout.superblock[20] ^= 1; },
           [](format::ParityHead& head) { head.layout.last_commit -= 1; }}) {
    EXPECT_EQ(shop_.mended(forged(bytes_, edit), bytes_), "as it was");
  }
}

// Checks that lie: a shard can't have them, so it is recovered, and does not have them then either.
TEST_F(Forged, ChecksThatNothingHas) {
  const Bytes package = forged(bytes_, [](format::ParityHead& head) { head.checks[0].hash[0] ^= 1; });
  const auto outcome = shop_.repair(package);
  ASSERT_TRUE(outcome.report);
  EXPECT_FALSE(outcome.report->is_whole());
  EXPECT_FALSE(outcome.report->written);
}

TEST_F(Forged, VerifyRefusesIt) {
  const Bytes moved = forged(bytes_, [](format::ParityHead& head) { head.row = 1; });
  package_.put_back(moved);
  EXPECT_EQ(package_.verified(), "damaged: corrupt");
  package_.put_back(forged(bytes_, [](format::ParityHead& head) { head.checks[0].weak ^= 1; }));
  EXPECT_EQ(package_.verified(), "sound") << "of a data shard: repair alone reads it";
  package_.put_back(forged(bytes_, [](format::ParityHead& head) { head.checks[head.layout.data_shards].hash[3] ^= 1; }));
  EXPECT_EQ(package_.verified(), "damaged: corrupt");
}

// A package with parity stored as it is within one that has none, or other parity.
TEST(Nested, TheOuterOneIsMended) {
  const ProtectedPackage inner(30'000, 20);
  AppendedPackage outer;
  outer.write("inner.npk", std::string(as_text(inner.bytes())));
  outer.pack();
  ASSERT_TRUE(ops::protect({.package_path = outer.path(), .percent = 10}));
  const Bytes bytes = outer.bytes();
  const RepairShop shop;
  EXPECT_EQ(shop.mended(inverted(bytes, 50, 300), bytes), "as it was");
  EXPECT_EQ(shop.mended(without(bytes, 60, 600), bytes), "as it was");
}

// Small, and tells of much.
TEST(Hostile, ATinyFileOfAHugePackage) {
  format::ParityHead head;
  head.layout.end = 1ULL << 40;
  head.layout.superblock = format::encode_superblock({});
  head.layout.shard_bytes = 1U << 20;
  head.layout.data_shards = 1;
  head.layout.parity_shards = 1;
  head.layout.stripes = 1U << 20;
  head.layout.group_stripes = 1;
  head.layout.protected_end = head.layout.trailer_position() + 184;
  head.checks.resize(2);
  Bytes body = format::encode_parity_head(head);
  const Digest digest = hash::blake3(body);
  body.insert(body.end(), digest.begin(), digest.end());
  format::FrameHeader header{.type = format::FrameType::parity, .stored_length = body.size()};
  Bytes package(head.layout.superblock.begin(), head.layout.superblock.end());
  const auto encoded = format::encode_frame_header(header);
  package.insert(package.end(), encoded.begin(), encoded.end());
  package.insert(package.end(), body.begin(), body.end());
  const auto outcome = RepairShop().repair(package);
  ASSERT_FALSE(outcome.report);
  EXPECT_EQ(outcome.report.error().code, Errc::limit);
}

// Zeros and repeated content have the same weak checks everywhere; what is looked for in vain is bounded.
TEST(Hostile, ContentThatIsAlikeEverywhere) {
  AppendedPackage package;
  ops::CreateOptions options = package.options();
  options.writer.codec = "store";
  options.writer.deduplication = Deduplication::none;
  std::string content;
  for (int i = 0; i < 20'000; ++i) content += "0123456789abcdef";
  package.write("f", content + std::string(100'000, '\0'));
  ASSERT_TRUE(ops::create(options));
  ASSERT_TRUE(ops::protect({.package_path = package.path(), .percent = 10}));
  const Bytes bytes = package.bytes();
  const RepairShop shop;
  EXPECT_EQ(shop.mended(without(bytes, 5'000, 512), bytes), "as it was");
  EXPECT_EQ(shop.mended(zeroed(bytes, 9'000, 20'000), bytes), "as it was");
}

}  // namespace
}  // namespace npk::testing
