// Signing packages: what is added, what stays, and when nothing is.
#include <gmock/gmock.h>

#include "io/appended_file.h"
#include "npk/files.h"
#include "signed_support.h"
#include "support/package_builder.h"

namespace npk::testing {
namespace {

using ::testing::StartsWith;

// Of a sealed package (true), and one that is not.
class Signing : public ::testing::TestWithParam<bool> {
 protected:
  const TestTree tree_{std::vector<TestEntry>{file_entry("a", make_data(DataKind::text, 300, 1)),
                                              file_entry("b", make_data(DataKind::mixed, 300'000, 2))}};
  const Identities keys_ = GetParam() ? identities(identity()) : nullptr;
  const Bytes bytes_ = pack(tree_, GetParam() ? sealed_options() : clear_options()).bytes;
  const PackageFile file_{bytes_};
};

INSTANTIATE_TEST_SUITE_P(, Signing, ::testing::Bool(), [](const auto& kind) { return kind.param ? "Sealed" : "Clear"; });

TEST_P(Signing, ByTwoKeys) {
  const auto first = file_.sign(first_signer(), keys_), second = file_.sign(second_signer(), keys_);
  ASSERT_TRUE(first) << first.error().to_string();
  ASSERT_TRUE(second) << second.error().to_string();
  EXPECT_EQ(first->generation, 1U);
  EXPECT_EQ(first->statement_hash, second->statement_hash);
  const Bytes both = file_.bytes();
  EXPECT_TRUE(std::ranges::equal(ByteView(both).first(bytes_.size()), bytes_)) << "the package itself stays as it is";

  ExpectedState expected{.signers = {first_key(), second_key()}, .statement_hash = first->statement_hash};
  EXPECT_EQ(open_expecting(both, expected, keys_), "sound");
  EXPECT_EQ(verify_expecting(both, expected, keys_), "sound");
  EXPECT_EQ(by_reader(both, keys_, tree_.entries()), "sound");
  EXPECT_EQ(by_verify(both, keys_), "sound");
  EXPECT_EQ(by_verify(both, keys_, true), "sound");
  EXPECT_EQ(by_pipe(both, keys_, tree_.entries()), "sound");
  EXPECT_EQ(by_parser(both, keys_), "sound");

  const auto reader = open_sealed(both, keys_);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->info().statement_hash, first->statement_hash);
  const auto signatures = reader->signatures();
  ASSERT_TRUE(signatures) << signatures.error().to_string();
  ASSERT_EQ(signatures->size(), 2U);
  const Bytes statement = format::encode_statement(reader->info().commit.statement);
  const SignatureKey signers[] = {second_key(), first_key()};  // newest first
  for (std::size_t i = 0; i < 2; ++i) {
    const PackageSignature& signature = (*signatures)[i];
    EXPECT_TRUE(verify_signature(signers[i], signature.signature, statement));
    EXPECT_EQ(signature.commit_position, reader->info().trailer.commit.position);
    EXPECT_EQ(signature.generation, 1U);
    EXPECT_EQ(signature.statement_hash, first->statement_hash);
    EXPECT_THAT(signature.signature.comments.trusted, StartsWith("npk package "));
  }
}

TEST_P(Signing, TwiceWritesNothing) {
  ASSERT_TRUE(file_.sign(first_signer(), keys_));
  ASSERT_TRUE(file_.sign(second_signer(), keys_));
  const Bytes once = file_.bytes();
  const auto again = file_.sign(first_signer(), keys_);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->was_there);
  EXPECT_EQ(file_.bytes(), once);
  const auto other_comment = file_.sign(first_signer(), keys_, "checked by hand");
  ASSERT_TRUE(other_comment);
  EXPECT_FALSE(other_comment->was_there);
  EXPECT_GT(file_.bytes().size(), once.size());
}

TEST_P(Signing, ReadersThatAreOpenGoOn) {
  const auto reader = PackageReader::open_file(file_.path(), {.block_cache_bytes = 0, .page_cache_bytes = 0, .identities = keys_});
  ASSERT_TRUE(reader);
  ASSERT_TRUE(file_.sign(first_signer(), keys_));
  for (const TestEntry& entry : tree_.entries()) EXPECT_EQ(read_all(*reader, entry.path).value(), entry.content);
  EXPECT_EQ(reader->signatures().value().size(), 0U) << "as it was when opened";
}

TEST_P(Signing, BehindOtherBytesInTheFile) {
  Bytes longer(1000, '#');
  longer.insert(longer.end(), bytes_.begin(), bytes_.end());
  const PackageFile file(longer);
  ASSERT_TRUE(file.sign(first_signer(), keys_));
  EXPECT_EQ(open_expecting(file.bytes(), {.signers = {first_key()}}, keys_), "sound");
}

TEST_P(Signing, RefusedPackagesStayAsTheyAre) {
  const auto expect_refused = [&](const PackageFile& file, const Result<ops::SignReport>& done, Errc code, ByteView before) {
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code) << done.error().to_string();
    EXPECT_TRUE(std::ranges::equal(file.bytes(), before));
  };
  expect_refused(file_, file_.sign(first_signer(), keys_, "two\nlines"), Errc::misuse, bytes_);
  expect_refused(file_, file_.sign(first_signer(), GetParam() ? nullptr : identities(identity())), GetParam() ? Errc::no_key : Errc::auth_failed, bytes_);
  const Bytes cut(bytes_.begin(), bytes_.end() - 1);
  const PackageFile cut_file(cut);
  const auto of_cut = cut_file.sign(first_signer(), keys_);
  ASSERT_FALSE(of_cut);
  EXPECT_EQ(cut_file.bytes(), cut);
  EXPECT_TRUE(of_cut.error().code == Errc::truncated || of_cut.error().code == Errc::corrupt) << of_cut.error().to_string();
  const auto writer = io::AppendedFile::open(file_.path());
  expect_refused(file_, file_.sign(first_signer(), keys_), Errc::io, bytes_);
}

TEST(SignPackage, AsManyAsThereMayBe) {
  const Bytes bytes = pack(small_tree(), clear_options()).bytes;
  PackageFrames package = frames_of(signed_by(bytes, first_signer()));
  const PackageFrame signature = package.of(format::FrameType::signature), trailer = package.of(format::FrameType::trailer, 1);
  package.frames.resize(package.frames.size() - 2);
  format::SignatureRecord record = record_of(signature);
  std::uint64_t position = frame_positions(bytes).back();
  const auto add = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      package.frames.push_back({signature.header, body_of(record)});
      record.previous = position;
      position += format::kFrameHeaderBytes + signature.body.size();
    }
  };
  record.previous = 0;
  add(format::kMaxSignatures);
  PackageFrames full = package;
  full.frames.push_back(trailer);
  const Bytes most = forge(full);
  EXPECT_EQ(verify_expecting(most, {.signers = {first_key()}}), "sound");
  const PackageFile file(most);
  EXPECT_EQ(file.sign(second_signer()).error().code, Errc::limit);
  EXPECT_EQ(file.bytes(), most);
  EXPECT_TRUE(file.sign(first_signer())->was_there);
  add(1);
  package.frames.push_back(trailer);
  EXPECT_THAT(open_expecting(forge(package), {.signers = {first_key()}}), StartsWith("limit: "));
  EXPECT_EQ(open_expecting(forge(package), {}), "sound");
}

TEST(SealedSignature, IsASessionOfItsOwn) {
  const Identities keys = identities(identity());
  const PackageFile file(pack(small_tree(), sealed_options()).bytes);
  ASSERT_TRUE(file.sign(first_signer(), keys, "a comment that must not show"));
  ASSERT_TRUE(file.sign(second_signer(), keys));
  const Bytes bytes = file.bytes();
  for (const std::string_view text : {"must not show", "untrusted comment", "NPKSIGN1", "npk package"})
    EXPECT_EQ(as_text(bytes).find(text), std::string_view::npos) << text;
  PackageFrames package = frames_of(bytes);
  std::set<std::uint32_t> salt_ids;
  std::set<Bytes> heads;
  const PackageFrame frames[] = {package.of(format::FrameType::commit), package.of(format::FrameType::signature, 0),
                                 package.of(format::FrameType::signature, 1)};
  for (const PackageFrame& frame : frames) {
    EXPECT_EQ(frame.header.flags, format::kFrameSealed | format::kFrameCarriesSalt);
    EXPECT_EQ(frame.header.key_epoch, 1U);
    salt_ids.insert(frame.header.writer_salt_id);
    heads.insert(Bytes(frame.body.begin(), frame.body.begin() + 64));
  }
  EXPECT_EQ(salt_ids, (std::set<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(heads.size(), 3U) << "each session has a random salt";
}

TEST(SignPackage, FeaturesThatForbidAdding) {
  test::PackageBuilder builder("features");
  builder.edit_commit = [](format::Commit& commit) { commit.placement.features.read_only_compatible = 1U << 3; };
  builder.edit_trailer = [](format::Trailer& trailer) { trailer.features.read_only_compatible = 1U << 3; };
  builder.commit({});
  builder.trailer();
  ASSERT_EQ(open_expecting(builder.bytes(), {}), "sound");
  const PackageFile file(builder.bytes());
  EXPECT_EQ(file.sign(first_signer()).error().code, Errc::unsupported);
  EXPECT_EQ(file.bytes(), builder.bytes());
}

TEST(SignPackage, OnlyPackages) {
  const ScratchDirectory scratch;
  EXPECT_EQ(ops::sign_package(scratch / "none", first_signer()).error().code, Errc::not_found);
  write_file(scratch / "text", std::string(1000, 'x'));
  EXPECT_EQ(ops::sign_package(scratch / "text", first_signer()).error().code, Errc::corrupt);
  EXPECT_EQ(read_file(scratch / "text"), std::string(1000, 'x'));
}

TEST(SignFile, IsOverItsBytes) {
  const ScratchDirectory scratch;
  const Bytes content = make_data(DataKind::random, 600'001, 5);
  write_file(scratch / "any", as_text(content));
  const auto signature = ops::sign_file(scratch / "any", first_signer());
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->comments.trusted, "file:any");
  EXPECT_TRUE(verify_signature(first_key(), *signature, content));
  EXPECT_EQ(verify_signature(first_key(), *signature, ByteView(content).first(600'000)).error().code, Errc::auth_failed);
  EXPECT_EQ(ops::sign_file(scratch / "any", first_signer(), {.comment = "mine"})->comments.trusted, "mine");
  EXPECT_EQ(ops::sign_file(scratch / "any", first_signer(), {.comment = "\n"}).error().code, Errc::misuse);
  EXPECT_EQ(ops::sign_file(scratch / "none", first_signer()).error().code, Errc::not_found);
}

}  // namespace
}  // namespace npk::testing
