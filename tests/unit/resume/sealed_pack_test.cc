// A sealed package is sealed anew, whatever of its blocks was there: nothing of the session that was stopped goes on.
#include "resume_support.h"
#include "unit/sealed/sealed_support.h"

namespace npk::testing {
namespace {

class SealedPackResumed : public ::testing::TestWithParam<bool> {
 protected:
  WriterOptions options() const {
    WriterOptions options = small_options();
    options.recipients = recipients_;
    options.pad = GetParam();
    return options;
  }
  const Recipients recipients_ = recipients(recipient());
  const TestTree tree_ = several_segments();
  const Packed whole_ = testing::pack(tree_, options(), kSmallSegments);
  ResumablePack pack_{options()};
};

TEST_P(SealedPackResumed, CutAnywhere) {
  pack_.create.identities = identities(identity());
  std::uint64_t most = 0;
  for (int part = 0; part <= 20; ++part) {
    SCOPED_TRACE(part);
    pack_.leave(ByteView(whole_.bytes).first(whole_.bytes.size() * static_cast<std::size_t>(part) / 20));
    const auto report = pack_.run(tree_);
    ASSERT_TRUE(report) << report.error().to_string();
    pack_.expect_only_package();
    EXPECT_TRUE(report->content_root == whole_.report.content_root);
    EXPECT_EQ(report->totals.stored_bytes, whole_.report.totals.stored_bytes);  // pages hold hashes, which no two packages share
    most = std::max(most, report->earlier_blocks);
    const Bytes made = pack_.package();
    EXPECT_EQ(by_verify(made, pack_.create.identities), "sound");
    EXPECT_FALSE(frames_of(made).superblock == frames_of(whole_.bytes).superblock);  // id and keys
  }
  EXPECT_GT(most, 10U);
}

TEST_P(SealedPackResumed, WithoutAKeyItIsRefusedAndNothingLost) {
  const ByteView half = ByteView(whole_.bytes).first(whole_.bytes.size() / 2);
  pack_.leave(half);
  for (int i = 0; i < 2; ++i) {
    const auto report = pack_.run(tree_);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Errc::no_key);
  }
  pack_.create.identities = identities(identity());
  const auto report = pack_.run(tree_);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_GT(report->earlier_blocks, 0U);
}

TEST_P(SealedPackResumed, AClearOneIsNotGoneOnWithSealed) {
  const WriterOptions clear = small_options();
  pack_.leave(testing::pack(tree_, clear, kSmallSegments).bytes, clear);
  EXPECT_EQ(pack_.run(tree_).error().code, Errc::misuse);
}

// What is damaged is made again; no other bytes come out.
TEST_P(SealedPackResumed, Damaged) {
  pack_.create.identities = identities(identity());
  for (std::size_t at = 0; at < whole_.bytes.size(); at += whole_.bytes.size() / 20) {
    SCOPED_TRACE(at);
    Bytes partial = whole_.bytes;
    partial[at] ^= 1;
    pack_.leave(partial);
    const auto report = pack_.run(tree_);
    if (!report) {  // the envelope was hit
      EXPECT_LT(at, 1000U);
      ::unlink(pack_.path(".p.npk.npk-partial").c_str());
      ::unlink(pack_.path(".p.npk.npk-earlier").c_str());
      continue;
    }
    EXPECT_TRUE(report->content_root == whole_.report.content_root);
    EXPECT_EQ(by_verify(pack_.package(), pack_.create.identities), "sound");
  }
}

INSTANTIATE_TEST_SUITE_P(Padded, SealedPackResumed, ::testing::Bool(), [](const auto& test) { return test.param ? "Yes" : "No"; });

}  // namespace
}  // namespace npk::testing
