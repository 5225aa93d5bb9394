// Packages written anew, whose commit keeps the statement that was signed before: verify shows that the content is what
// was signed, nothing else does.
#include <gmock/gmock.h>

#include "signed_support.h"
#include "support/package_builder.h"

namespace npk::testing {
namespace {

using format::FrameType;
using ::testing::StartsWith;

format::CommitSection kept(const format::Statement& statement, const Signer& signer) {
  const Bytes bytes = format::encode_statement(statement);
  return format::encode_kept_statement({.statement = bytes, .signatures = {sign_message(signer, bytes, {.trusted = "kept"})->to_file()}});
}

class SignedContent : public ::testing::Test {
 protected:
  // The package with another storage root in its old statement, as if it had been stored in another way.
  [[nodiscard]] Bytes rewritten(const format::CommitSection& section) {
    PackageFrames package = frames_of(bytes_);
    format::Commit commit = commit_;
    commit.placement.sections.push_back(section);
    package.of(FrameType::commit).body = body_of(commit);
    return forge(package);
  }
  static std::string verified(ByteView package, ops::VerifyOptions options) {
    options.expected = {.signers = {first_key()}};
    const auto report = ops::verify(memory_source(package), options);
    if (!report) return failed(report.error());
    if (!report->is_sound()) return "damaged";
    return report->signed_by == std::vector{SignatureScope::content} ? "content" : "storage";
  }
  [[nodiscard]] format::Statement before() const {
    format::Statement statement = commit_.statement;
    statement.storage_root[0] ^= 1;
    return statement;
  }

  const Bytes bytes_ = pack(small_tree(), clear_options()).bytes;
  const format::Commit commit_ = commit_of(frames_of(bytes_).of(FrameType::commit));
  const ExpectedState expected_{.signers = {first_key()}};
};

TEST_F(SignedContent, OnlyVerifyAccepts) {
  const Bytes package = rewritten(kept(before(), first_signer()));
  EXPECT_EQ(verified(package, {}), "content");
  EXPECT_THAT(open_expecting(package, expected_), StartsWith("auth_failed: the key 20326778619CF440 signed this content before the package was written anew"));
  EXPECT_EQ(verified(package, {.quick = true}), "fails: auth_failed");
  EXPECT_EQ(verified(package, {.part = 1, .parts = 2}), "fails: auth_failed");
  EXPECT_EQ(verified(signed_by(package, first_signer()), {}), "storage") << "signed again";
}

TEST_F(SignedContent, OtherContent) {
  format::Statement statement = before();
  statement.content_root[0] ^= 1;
  EXPECT_EQ(verified(rewritten(kept(statement, first_signer())), {}), "fails: auth_failed");
}

TEST_F(SignedContent, ByAnotherKey) { EXPECT_EQ(verified(rewritten(kept(before(), second_signer())), {}), "fails: auth_failed"); }

TEST_F(SignedContent, AnotherStatementUnderTheSignature) {
  format::KeptStatement record = format::decode_kept_statement(kept(before(), first_signer()).bytes).value();
  record.statement = format::encode_statement(commit_.statement);
  EXPECT_EQ(verified(rewritten(format::encode_kept_statement(record)), {}), "fails: auth_failed");
}

TEST_F(SignedContent, ASectionThatIsNoRecord) {
  EXPECT_EQ(verified(rewritten({.id = 1, .flags = 0, .bytes = {1, 2, 3}}), {}), "fails: auth_failed");
}

// A file of holes alone, with any digest. `root` goes into the statement that was signed, and the one that is there.
Bytes package_of_holes(const Digest& root) {
  test::BuiltEntry entry;
  entry.path = "holes";
  entry.size = 17ULL << 30;
  entry.runs = {{.first_chunk = 0, .chunk_count = 0, .byte_count = entry.size}};
  entry.digest = Digest{1, 2, 3};
  test::PackageBuilder builder("holes");
  builder.edit_commit = [&](format::Commit& commit) {
    commit.statement.content_root = root;
    commit.placement.sections.push_back(kept(commit.statement, first_signer()));
    commit.statement.message = "written anew";
  };
  builder.commit({entry});
  builder.trailer();
  return builder.bytes();
}

// The digest is what was signed, and nobody computes it: the signature says nothing about what is there.
TEST(SignedHoles, MoreThanVerifyReads) {
  const Digest root = ops::verify(memory_source(package_of_holes({})))->content_root;
  const Bytes package = package_of_holes(root);
  const auto unexpecting = ops::verify(memory_source(package));
  ASSERT_TRUE(unexpecting && unexpecting->is_sound());
  EXPECT_EQ(unexpecting->digests_left_out, 1U);
  const auto report = ops::verify(memory_source(package), {.expected = {.signers = {first_key()}}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::auth_failed);
  EXPECT_THAT(report.error().message, StartsWith("only the content was signed, and files with more than 16 GiB of holes"));
}

}  // namespace
}  // namespace npk::testing
