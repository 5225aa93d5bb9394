// What compact and purge share: signatures kept as records, epochs, unfinished ends, output elsewhere, failures.
#include "compact_support.h"
#include "npk/ops/keys.h"

namespace npk::testing {
namespace {

class Rewrite : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 6; ++i) package_.write("f" + std::to_string(i), text_of(DataKind::text, 20'000, static_cast<std::uint64_t>(i)));
    package_.pack();
    package_.write("f1", text_of(DataKind::text, 25'000, 50), 900);
    package_.append();
  }
  Result<ops::VerifyReport> verify_signed(std::uint64_t generation = 0) const {
    return ops::verify(open_file_source(package_.path()).value(), {.threads = 1, .generation = generation, .expected = {.signers = {first_key()}}});
  }
  void sign() const { ASSERT_TRUE(ops::sign_package(package_.path(), first_signer(), {})); }

  AppendedPackage package_;
};

TEST_F(Rewrite, SignaturesAreKeptAsRecords) {
  sign();
  const ops::CompactReport report = compacted(package_);
  EXPECT_EQ(report.rewrite.kept_signatures, 1U);
  const auto verified = verify_signed();
  ASSERT_TRUE(verified) << verified.error().to_string();
  EXPECT_EQ(verified->signed_by, std::vector{SignatureScope::content});
  EXPECT_TRUE(package_.open().value().signatures()->empty());
  EXPECT_EQ(compacted(package_).rewrite.kept_signatures, 0U);  // the record stays, and is no further one
  ASSERT_TRUE(verify_signed());
}

TEST_F(Rewrite, APurgedGenerationIsNotSignedAnyMore) {
  sign();
  const Bytes before = package_.bytes();
  const auto refused = ops::purge(package_.path(), {.globs = {"t/f1"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::misuse);
  EXPECT_TRUE(package_.bytes() == before);
  const auto report = ops::purge(package_.path(), {.globs = {"t/f1"}, .rewrite_signed = true});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->rewrite.kept_signatures, 1U);
  const auto verified = verify_signed();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, Errc::auth_failed);
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(Rewrite, PurgingWhatIsNotInTheSignedGenerationNeedsNoLeave) {
  package_.remove("f5");
  package_.append();
  sign();
  ASSERT_TRUE(ops::purge(package_.path(), {.globs = {"t/f5"}}));
  const auto verified = verify_signed();
  ASSERT_TRUE(verified) << verified.error().to_string();
  EXPECT_EQ(verified->signed_by, std::vector{SignatureScope::content});
}

TEST_F(Rewrite, TheParentsHashStaysWhereItIsDropped) {
  package_.write("f2", "third", 800);
  package_.append();
  const auto statement = [&](std::uint64_t number) { return package_.open(number).value().info().commit.statement; };
  const Digest second = package_.open(2).value().info().statement_hash;
  compacted(package_, {.generations = {1, 3}});
  EXPECT_EQ(statement(3).previous_statement, second);
  EXPECT_EQ(statement(1).previous_statement, Digest());
  package_.write("f2", "fourth", 700);
  package_.append();
  compacted(package_);
  EXPECT_EQ(statement(3).previous_statement, second);
  EXPECT_EQ(statement(4).previous_statement, package_.open(3).value().info().statement_hash);
  const auto missing = package_.open(2);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().to_string().find("between 1 and 3"), std::string::npos) << missing.error().to_string();
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(Rewrite, ADryRunAndAnotherOutputLeaveThePackage) {
  const Bytes before = package_.bytes();
  const auto dry = ops::compact(package_.path(), {.rewrite = {.dry_run = true}, .keep = {.last = 1}});
  ASSERT_TRUE(dry) << dry.error().to_string();
  EXPECT_FALSE(dry->generations[1].is_kept());
  EXPECT_GT(dry->rewrite.dropped_bytes, 15'000U);
  EXPECT_GT(dry->rewrite.freed_estimate, 1'000U);
  const ScratchDirectory scratch;
  const std::string output = scratch / "q.npk";
  ASSERT_TRUE(ops::compact(package_.path(), {.rewrite = {.output_path = output}, .keep = {.last = 1}}));
  EXPECT_TRUE(package_.bytes() == before);
  EXPECT_TRUE(AppendedPackage::state_of(PackageReader::open_file(output).value()) == package_.in_package());
}

TEST_F(Rewrite, AReaderThatHasItOpenGoesOn) {
  const PackageReader reader = package_.open(1).value();
  const State before = package_.in_package(1);
  compacted(package_, {.last = 1});
  EXPECT_TRUE(AppendedPackage::state_of(reader) == before);
}

TEST_F(Rewrite, AnUnfinishedEndIsCutOff) {
  Bytes torn = package_.bytes();
  torn.insert(torn.end(), 1'000, 0x55);
  package_.put_back(torn);
  EXPECT_EQ(ops::compact(package_.path(), {.rewrite = {.dry_run = true}}).error().code, Errc::corrupt);
  EXPECT_EQ(compacted(package_).rewrite.cut_bytes, 1'000U);
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(Rewrite, StoppedItLeavesNothing) {
  const Bytes before = package_.bytes();
  std::stop_source stop;
  stop.request_stop();
  const auto report = ops::compact(package_.path(), {.rewrite = {.stop = stop.get_token()}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::cancelled);
  EXPECT_TRUE(package_.bytes() == before);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(package_.path()).parent_path())) ++files;
  EXPECT_EQ(files, 2U);  // the tree, and the package
}

// Any byte of what is needed: noticed, and nothing is replaced.
TEST_F(Rewrite, DamageIsNoticed) {
  const Bytes before = package_.bytes();
  const PackageFrames frames = frames_of(before);
  const auto positions = frame_positions(before);
  for (std::size_t i = 0; i < frames.frames.size(); ++i) {
    const format::FrameType type = frames.frames[i].header.type;
    if (type == format::FrameType::manifest) continue;  // read by nobody here
    Bytes damaged = before;
    damaged[static_cast<std::size_t>(positions[i]) + 64 + frames.frames[i].body.size() / 2] ^= 1;
    package_.put_back(damaged);
    const auto report = ops::compact(package_.path(), {.rewrite = {.threads = 1}});
    const bool is_an_inner_trailer = type == format::FrameType::trailer && i + 1 != frames.frames.size();
    EXPECT_EQ(report.has_value(), is_an_inner_trailer || type == format::FrameType::trailer) << "frame " << i;
    if (report) continue;
    EXPECT_TRUE(report.error().code == Errc::corrupt || report.error().code == Errc::truncated) << report.error().to_string();
    EXPECT_TRUE(package_.bytes() == damaged);
  }
}

TEST(RewriteSealed, AllWhoCouldReadTheNewestStillCan) {
  AppendedPackage package(recipients(recipient()), identities(identity()));
  package.write("f", text_of(DataKind::text, 50'000, 1));
  package.pack();
  package.write("g", text_of(DataKind::random, 50'000, 2));
  package.append();
  compacted(package);
  EXPECT_EQ(package.verified(1), "sound");
  EXPECT_EQ(package.verified(2), "sound");
  EXPECT_FALSE(ops::compact(package.path(), {}));  // without a key
  const auto padded = ops::compact(package.path(), {.rewrite = {.identities = package.keys(), .pad = true}});
  ASSERT_TRUE(padded) << padded.error().to_string();
  EXPECT_EQ(package.verified(), "sound");
}

}  // namespace
}  // namespace npk::testing
