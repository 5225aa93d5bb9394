// Each frame of a package destroyed in turn, each way: exactly the entries that needed it are lost.
#include "recover_support.h"

namespace npk::testing {
namespace {

class RecoverDamage : public ::testing::TestWithParam<bool> {
 protected:
  RecoverDamage() {
    fill_small(package_);
    package_.pack();
    bytes_ = package_.bytes();
    state_ = package_.in_package();
  }
  [[nodiscard]] ops::RecoverOptions options() const { return {.output_path = {}, .identities = package_.keys()}; }

  AppendedPackage package_ = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
  Bytes bytes_;
  State state_;
};

TEST_P(RecoverDamage, AWholePackageLosesNothing) {
  const Recovered recovered = recover_bytes(bytes_, options());
  ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
  EXPECT_TRUE(recovered.report->is_complete());
  EXPECT_TRUE(recovered.report->lost.empty());
  EXPECT_EQ(recovered.report->damaged_bytes, 0U);
  EXPECT_TRUE(recovered.state() == state_);
  const Recovered again = recover_bytes(recovered.package, options());
  ASSERT_TRUE(again.report);
  EXPECT_TRUE(again.report->is_complete());
  EXPECT_TRUE(again.state() == state_);
}

TEST_P(RecoverDamage, EachFrameCostsWhatNeededIt) {
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  const auto needs = needs_of(*reader);
  const auto positions = frame_positions(bytes_);
  const PackageFrames frames = frames_of(bytes_);
  unsigned blocks = 0;
  for (std::size_t i = 0; i < frames.frames.size(); ++i) {
    const format::FrameType type = frames.frames[i].header.type;
    std::set<std::string> expected;
    if (const auto found = needs.find(positions[i]); found != needs.end()) {
      expected = found->second;
      ++blocks;
    }
    const bool is_only_chunk_page = type == format::FrameType::chunk_page;  // of the manifest another is made
    if (type == format::FrameType::envelope) continue;  // without the only one nothing opens: below
    for (const Bytes& damaged : {with_zeros(bytes_, positions[i], positions[i + 1]), with_zeros(bytes_, positions[i] + 70, positions[i] + 71),
                                 with_zeros(bytes_, positions[i], positions[i] + 4)}) {
      if (damaged == bytes_) continue;
      const Recovered recovered = recover_bytes(damaged, options());
      ASSERT_TRUE(recovered.report) << i << ": " << recovered.report.error().to_string();
      EXPECT_EQ(recovered.lost_paths(), expected) << "frame " << i << " of type " << static_cast<int>(type);
      expect_true_or_listed(recovered, state_);
      EXPECT_EQ(recovered.state().size(), state_.size() - expected.size());
      EXPECT_EQ(recovered.report->is_complete(), expected.empty() && type != format::FrameType::commit) << "frame " << i;
      EXPECT_NE(recovered.report->damaged_bytes, 0U);
      EXPECT_EQ(recovered.report->rebuilt_chunks != 0, is_only_chunk_page) << "frame " << i;
    }
  }
  EXPECT_GT(blocks, 3U);
}

TEST_P(RecoverDamage, InPart) {
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  for (const auto& [position, paths] : needs_of(*reader)) {
    ops::RecoverOptions partial = options();
    partial.partial = true;
    const Recovered recovered = recover_bytes(with_zeros(bytes_, position, position + 64), partial);
    ASSERT_TRUE(recovered.report);
    EXPECT_EQ(recovered.lost_paths(), paths);
    const State saved = recovered.state();
    for (const ops::LostEntry& lost : recovered.report->lost) {
      EXPECT_EQ(lost.size, state_.at(lost.path).size());
      EXPECT_EQ(saved.contains(lost.path), lost.kept_in_part);
      EXPECT_EQ(lost.kept_in_part, lost.lost_bytes < lost.size);
      std::string expected = state_.at(lost.path);
      std::uint64_t bytes = 0;
      for (const ops::ByteSpan& range : lost.ranges) {
        std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(range.offset), range.bytes, '\0');
        bytes += range.bytes;
      }
      EXPECT_EQ(bytes, lost.lost_bytes);
      if (lost.kept_in_part) { EXPECT_TRUE(saved.at(lost.path) == expected) << lost.path; }
    }
    for (const auto& [path, content] : state_)
      if (!paths.contains(path)) { EXPECT_TRUE(saved.at(path) == content) << path; }
  }
}

TEST_P(RecoverDamage, CutAnywhere) {
  const auto positions = frame_positions(bytes_);
  std::set<std::uint64_t> cuts;
  for (const std::uint64_t position : positions)
    for (const std::uint64_t near : {0ULL, 1ULL, 63ULL, 64ULL, 65ULL}) cuts.insert(position + near);
  for (std::uint64_t cut = 0; cut < bytes_.size(); cut += GetParam() ? 9'601U : 2'801U) cuts.insert(cut);
  for (const std::uint64_t cut : cuts) {
    if (cut >= bytes_.size()) continue;
    const Recovered recovered = recover_bytes(ByteView(bytes_).first(static_cast<std::size_t>(cut)), options());
    if (!recovered.report) {  // before the first manifest
      EXPECT_NE(recovered.report.error().code, Errc::internal);
      EXPECT_LT(cut, positions[frames_of(bytes_).index_of(format::FrameType::manifest) + 1]) << recovered.report.error().to_string();
      continue;
    }
    const State saved = recovered.state();
    for (const auto& [path, content] : saved) EXPECT_TRUE(state_.at(path) == content) << path << ", cut at " << cut;
    EXPECT_EQ(recovered.report->is_complete(), cut >= positions[positions.size() - 2]) << cut;
  }
}

TEST_P(RecoverDamage, BytesBehindTheTrailer) {
  for (const std::size_t more : {1U, 63U, 5'000U}) {
    Bytes longer = bytes_;
    const Bytes junk = make_data(DataKind::random, more, more);
    longer.insert(longer.end(), junk.begin(), junk.end());
    const Recovered recovered = recover_bytes(longer, options());
    ASSERT_TRUE(recovered.report);
    EXPECT_TRUE(recovered.report->is_complete());
    EXPECT_EQ(recovered.report->damaged_bytes, more);
    EXPECT_TRUE(recovered.state() == state_);
  }
}

INSTANTIATE_TEST_SUITE_P(Sealed, RecoverDamage, ::testing::Bool(), [](const auto& test) { return test.param ? "Yes" : "No"; });

TEST(Recover, NothingThere) {
  EXPECT_EQ(recover_bytes({}).report.error().code, Errc::corrupt);
  EXPECT_EQ(recover_bytes(make_data(DataKind::random, 100'000, 7)).report.error().code, Errc::corrupt);
}

TEST(Recover, NeverIntoItself) {
  AppendedPackage package;
  fill_small(package);
  package.pack();
  const Bytes before = package.bytes();
  const auto report = ops::recover(package.path(), {.output_path = package.path()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::misuse);
  EXPECT_TRUE(package.bytes() == before);
  EXPECT_EQ(ops::recover(package.path() + ".none", {.output_path = package.path()}).error().code, Errc::not_found);
}

TEST(Recover, HolesAndLinksStay) {
  TestTree tree;
  TestEntry sparse = file_entry("sparse", make_data(DataKind::random, 3U << 20, 5));
  std::fill_n(sparse.content.begin() + (1 << 20), 1 << 20, std::uint8_t{0});
  sparse.holes = {{1U << 20, 1U << 20}};
  tree.add(sparse);
  for (const char* name : {"one", "two"}) {
    TestEntry& link = tree.add(file_entry(name, make_data(DataKind::text, 20'000, 6)));
    link.link_group = 1;
  }
  tree.sort();
  WriterOptions writer;
  writer.preset = Preset::fast;
  writer.threads = 1;
  const Packed packed = pack(tree, writer);
  const Recovered recovered = recover_bytes(ByteView(packed.bytes).first(packed.bytes.size() - 1));
  ASSERT_TRUE(recovered.report);
  EXPECT_TRUE(recovered.report->is_complete());
  const auto reader = recovered.open();
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->info().commit.placement.totals.hole_bytes, 1U << 20);
  EXPECT_EQ(reader->info().commit.statement.content_root, packed.report.content_root);
  EXPECT_NE(reader->find("one").value()->row().link_group, 0U);
  EXPECT_EQ(reader->find("one").value()->row().link_group, reader->find("two").value()->row().link_group);
}

}  // namespace
}  // namespace npk::testing
