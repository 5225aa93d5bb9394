// Packages of several generations: the newest that is whole, or what can be had of the newest.
#include "recover_support.h"

#include "hash/hash.h"

namespace npk::testing {
namespace {

class RecoverGenerations : public ::testing::Test {
 protected:
  RecoverGenerations() {
    fill_small(package_);
    package_.pack();
    first_ = package_.bytes();
    states_.push_back(package_.in_package());
    package_.write("d/f1", text_of(DataKind::text, 12'000, 100), 900);
    package_.write("new", text_of(DataKind::random, 70'000, 101), 900);
    package_.remove("d/f2");
    package_.append();
    states_.push_back(package_.in_package());
    bytes_ = package_.bytes();
  }
  [[nodiscard]] std::uint64_t second_block() const {
    const auto positions = frame_positions(bytes_);
    const PackageFrames frames = frames_of(bytes_);
    for (std::size_t i = 0; i < frames.frames.size(); ++i)
      if (positions[i] >= first_.size() && frames.frames[i].header.type == format::FrameType::block) return positions[i];
    return 0;
  }

  AppendedPackage package_;
  std::vector<State> states_;
  Bytes first_, bytes_;
};

TEST_F(RecoverGenerations, TheNewestIfItIsWhole) {
  const Recovered recovered = recover_bytes(bytes_);
  ASSERT_TRUE(recovered.report);
  EXPECT_TRUE(recovered.report->is_complete());
  EXPECT_EQ(recovered.report->generation, 2U);
  EXPECT_TRUE(recovered.state() == states_[1]);
  const auto before = package_.open();
  const auto after = recovered.open();
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->info().commit.statement.generation, 2U);
  EXPECT_EQ(after->info().commit.statement.lineage_id, before->info().commit.statement.lineage_id);
  EXPECT_EQ(after->info().commit.statement.content_root, before->info().commit.statement.content_root);
  ASSERT_EQ(after->info().commit.placement.sections.size(), 1U);
  EXPECT_EQ(after->history()->size(), 1U);
}

TEST_F(RecoverGenerations, TheOneBeforeIfTheNewestIsDamaged) {
  const Bytes damaged = with_zeros(bytes_, second_block(), second_block() + 80);
  const Recovered recovered = recover_bytes(damaged);
  ASSERT_TRUE(recovered.report);
  EXPECT_TRUE(recovered.report->is_whole);
  EXPECT_FALSE(recovered.report->is_complete());
  EXPECT_EQ(recovered.report->generation, 1U);
  EXPECT_EQ(recovered.report->newest_generation, 2U);
  EXPECT_TRUE(recovered.state() == states_[0]);
  const Recovered newest = recover_bytes(damaged, {.newest = true});
  ASSERT_TRUE(newest.report);
  EXPECT_EQ(newest.report->generation, 2U);
  EXPECT_FALSE(newest.report->lost.empty());
  expect_true_or_listed(newest, states_[1]);
}

TEST_F(RecoverGenerations, CutAnywhereBehindTheFirst) {
  const auto positions = frame_positions(bytes_);
  const std::uint64_t commit_end = positions[positions.size() - 2];
  for (std::uint64_t cut = first_.size() + 1; cut < bytes_.size(); cut += 3'001) {
    const Recovered recovered = recover_bytes(ByteView(bytes_).first(static_cast<std::size_t>(cut)));
    ASSERT_TRUE(recovered.report);
    EXPECT_TRUE(recovered.report->is_whole);
    EXPECT_TRUE(recovered.state() == states_[cut >= commit_end ? 1 : 0]) << cut;
  }
}

TEST_F(RecoverGenerations, TheOldCatalogDoesNotComeBack) {  // its pages are older than what replaced them
  const auto positions = frame_positions(bytes_);
  const PackageFrames frames = frames_of(bytes_);
  for (std::size_t i = 0; i < frames.frames.size(); ++i) {
    const Recovered recovered = recover_bytes(with_zeros(bytes_, positions[i], positions[i + 1]), {.newest = true});
    ASSERT_TRUE(recovered.report) << i;
    const State& state = states_[recovered.report->generation == 2 ? 1 : 0];
    const State saved = recovered.state();
    for (const auto& [path, content] : saved) {
      if (path == "t/d/f2") continue;  // taken out: but where the catalog is lost, a manifest still names it
      ASSERT_TRUE(state.contains(path)) << path << ", frame " << i;
      EXPECT_TRUE(state.at(path) == content) << path << ", frame " << i;
    }
    if (recovered.report->from_manifests == 0) { EXPECT_EQ(saved.contains("t/d/f2"), state.contains("t/d/f2")) << "frame " << i; }
  }
}

TEST_F(RecoverGenerations, SignaturesAreKeptAsRecords) {
  ASSERT_TRUE(ops::sign_package(package_.path(), first_signer()));
  Bytes cut = package_.bytes();
  cut.pop_back();
  const Recovered recovered = recover_bytes(cut);
  ASSERT_TRUE(recovered.report);
  EXPECT_EQ(recovered.report->kept_signatures, 1U);
  const auto verified = ops::verify(memory_source(recovered.package), {.threads = 1, .expected = {.signers = {first_key()}}});
  ASSERT_TRUE(verified) << verified.error().to_string();
  ASSERT_EQ(verified->signed_by.size(), 1U);
  EXPECT_EQ(verified->signed_by[0], SignatureScope::content);
}

}  // namespace
}  // namespace npk::testing
