// A reader that expects a signer or a state, against packages that others have rearranged: all that is not signed is
// made to fit. None of them is sealed, so that anyone can.
#include <gmock/gmock.h>

#include "signed_support.h"

namespace npk::testing {
namespace {

using format::FrameType;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SignerCheck : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(forge(package_), bytes_) << "forging changes nothing that fits"; }

  [[nodiscard]] PackageFrame& signature() { return package_.of(FrameType::signature); }
  void edit_signature(const std::function<void(format::SignatureRecord&)>& edit) {
    format::SignatureRecord record = record_of(signature());
    edit(record);
    signature().body = body_of(record);
  }
  [[nodiscard]] std::string opened() const { return open_expecting(forge(package_), expected_); }
  [[nodiscard]] std::string verified() const { return verify_expecting(forge(package_), expected_); }

  const Bytes unsigned_ = pack(small_tree(), clear_options()).bytes;
  const Bytes bytes_ = signed_by(unsigned_, first_signer());
  const ExpectedState expected_{.signers = {first_key()}};
  PackageFrames package_ = frames_of(bytes_);
  const format::Commit commit_ = commit_of(package_.of(FrameType::commit));
};

TEST_F(SignerCheck, AnotherKey) {
  const auto refusal = AllOf(StartsWith("auth_failed: commit " + statement_hash_of(commit_) + " is not signed by the key " + second_key().id().to_string()),
                             EndsWith("; nor is any other in this package"));
  EXPECT_THAT(open_expecting(bytes_, {.signers = {second_key()}}), refusal);
  EXPECT_THAT(open_expecting(bytes_, {.signers = {first_key(), second_key()}}), refusal);
  EXPECT_EQ(verify_expecting(bytes_, {.signers = {second_key()}}), "fails: auth_failed");
  // The same id says nothing.
  std::array<std::uint8_t, SignatureKey::kPointBytes> point;
  std::ranges::copy(second_key().point(), point.begin());
  EXPECT_THAT(open_expecting(bytes_, {.signers = {SignatureKey(first_key().id(), point)}}), StartsWith("auth_failed: "));
}

TEST_F(SignerCheck, NoSignature) {
  EXPECT_THAT(open_expecting(unsigned_, expected_), StartsWith("auth_failed: "));
  EXPECT_EQ(verify_expecting(unsigned_, expected_), "fails: auth_failed");
}

TEST_F(SignerCheck, CutToBeforeTheSignature) {
  EXPECT_THAT(open_expecting(ByteView(bytes_).first(unsigned_.size()), expected_), StartsWith("auth_failed: "));
}

TEST_F(SignerCheck, WithoutItsTrailer) {
  const ByteView cut = ByteView(bytes_).first(bytes_.size() - 1);
  EXPECT_THAT(open_expecting(cut, expected_), StartsWith("auth_failed: the package is cut short or damaged"));
  EXPECT_EQ(verify_expecting(cut, expected_), "fails: auth_failed");
}

TEST_F(SignerCheck, ASignatureOfAnotherPackage) {
  PackageFrames other = frames_of(signed_by(pack(small_tree(2), clear_options()).bytes, first_signer()));
  const format::SignatureRecord theirs = record_of(other.of(FrameType::signature));
  edit_signature([&](format::SignatureRecord& record) { record.signature = theirs.signature; });
  EXPECT_THAT(opened(), StartsWith("auth_failed: "));
  EXPECT_EQ(verified(), "fails: auth_failed");
  edit_signature([&](format::SignatureRecord& record) { record = theirs; });
  EXPECT_THAT(opened(), StartsWith("auth_failed: "));
}

TEST_F(SignerCheck, ASignatureOfAnotherCommit) {
  edit_signature([](format::SignatureRecord& record) { record.commit.hash[0] ^= 1; });
  EXPECT_THAT(opened(), AllOf(StartsWith("auth_failed: "), EndsWith("nor is any other in this package")));
  EXPECT_EQ(by_verify(forge(package_), nullptr), "damaged: corrupt");
}

TEST_F(SignerCheck, EveryBitOfTheSignature) {
  const Signature sound = parse_signature(record_of(signature()).signature).value();
  for (std::size_t bit = 0; bit < 8 * 64; bit += 5) {
    for (const auto part : {&Signature::of_message, &Signature::of_trusted_comment}) {
      Signature damaged = sound;
      (damaged.*part)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      edit_signature([&](format::SignatureRecord& record) { record.signature = damaged.to_file(); });
      ASSERT_THAT(opened(), StartsWith("auth_failed: ")) << bit;
    }
  }
  Signature commented = sound;
  commented.comments.trusted[0] ^= 1;
  edit_signature([&](format::SignatureRecord& record) { record.signature = commented.to_file(); });
  EXPECT_THAT(opened(), StartsWith("auth_failed: "));
}

TEST_F(SignerCheck, ASignatureThatIsNone) {
  edit_signature([](format::SignatureRecord& record) { record.signature = "none"; });
  EXPECT_THAT(opened(), StartsWith("auth_failed: "));
  EXPECT_EQ(by_verify(forge(package_), nullptr), "damaged: corrupt");
  EXPECT_EQ(open_sealed(forge(package_), nullptr)->signatures().error().code, Errc::corrupt);
}

// What only the frame says is not believed, nor is it what was signed; verify finds it.
TEST_F(SignerCheck, AnotherStatementHashOrGeneration) {
  edit_signature([](format::SignatureRecord& record) { record.statement_hash[0] ^= 1; });
  EXPECT_EQ(opened(), "sound");
  EXPECT_EQ(verified(), "damaged: corrupt");
  edit_signature([](format::SignatureRecord& record) {
    record.statement_hash[0] ^= 1;
    record.generation = 2;
  });
  EXPECT_EQ(verified(), "damaged: corrupt");
}

TEST_F(SignerCheck, ASignatureThatIsCompressed) {
  const Bytes payload = format::encode_signature_record(record_of(signature()));
  Bytes body;
  format::encode_inner_header({.raw_length = static_cast<std::uint32_t>(payload.size()), .base_position = 1000}, body);
  body.insert(body.end(), payload.begin(), payload.end());
  signature().body = body;
  EXPECT_THAT(opened(), StartsWith("corrupt: "));
}

TEST_F(SignerCheck, ASignatureLongerThanAnyCanBe) {
  signature().body.resize(70'000);
  EXPECT_THAT(opened(), StartsWith("limit: a signature's frame is longer than any can be"));
}

TEST_F(SignerCheck, AChainThatDoesNotEnd) {
  const std::uint64_t here = frame_positions(bytes_)[package_.index_of(FrameType::signature)];
  for (const std::uint64_t place : {here, here + 1, UINT64_MAX}) {
    edit_signature([&](format::SignatureRecord& record) { record.previous = place; });
    EXPECT_THAT(opened(), StartsWith("corrupt: ")) << place;
  }
}

TEST_F(SignerCheck, AChainThroughOtherFrames) {
  const std::uint64_t commit = record_of(signature()).commit.position;
  edit_signature([&](format::SignatureRecord& record) { record.previous = commit; });
  EXPECT_THAT(opened(), StartsWith("corrupt: a frame that is no signature lies where one should"));
  edit_signature([&](format::SignatureRecord& record) { record.previous = commit + 1; });
  EXPECT_THAT(opened(), StartsWith("corrupt: "));
}

TEST_F(SignerCheck, ATrailerThatNamesAnotherFrame) {
  const auto with_signature_at = [&](std::uint64_t position) {
    Bytes bytes = bytes_;
    const std::uint64_t begin = frame_positions(bytes_)[package_.frames.size() - 1];
    format::Trailer trailer = format::decode_trailer(package_.frames.back().body).value();
    trailer.signature_position = position;
    PackageFrame frame{package_.frames.back().header, format::encode_trailer(trailer)};
    const Digest hash = hash::blake3(frame.body);
    std::copy_n(hash.begin(), frame.header.body_check.size(), frame.header.body_check.begin());
    const auto header = format::encode_frame_header(frame.header);
    std::ranges::copy(frame.body, std::ranges::copy(header, bytes.begin() + static_cast<std::ptrdiff_t>(begin)).out);
    return bytes;
  };
  const auto commit = record_of(signature()).commit.position;
  EXPECT_THAT(open_expecting(with_signature_at(commit), expected_), StartsWith("corrupt: a frame that is no signature"));
  EXPECT_EQ(verify_expecting(with_signature_at(commit), expected_), "fails: corrupt");
  EXPECT_EQ(by_verify(with_signature_at(commit), nullptr), "damaged: corrupt");
  EXPECT_THAT(open_expecting(with_signature_at(0), expected_), StartsWith("auth_failed: "));
  EXPECT_EQ(by_verify(with_signature_at(0), nullptr), "damaged: corrupt") << "a signature that nobody finds";
}

TEST_F(SignerCheck, AGenerationThatIsNotSigned) {
  format::Commit next = commit_;
  next.statement.generation = 2;
  next.statement.previous_statement = hash::blake3(format::encode_statement(commit_.statement));
  next.statement.message = "by a stranger";
  next.placement.previous_commit = record_of(signature()).commit.position;
  PackageFrame commit{package_.of(FrameType::commit).header, body_of(next)}, trailer = package_.frames.back();
  format::Trailer fields = format::decode_trailer(trailer.body).value();
  fields.generation = 2;
  trailer.body = format::encode_trailer(fields);
  package_.frames.push_back(commit);
  package_.frames.push_back(trailer);
  EXPECT_EQ(by_verify(forge(package_), nullptr), "sound") << "nothing is wrong with it";
  EXPECT_EQ(opened(), "auth_failed: commit " + statement_hash_of(next) + " is not signed by the key 20326778619CF440; the newest that it signed is " +
                          statement_hash_of(commit_) + ", generation 1");
  EXPECT_EQ(verified(), "fails: auth_failed");
  const ExpectedState state{.statement_hash = hash::blake3(format::encode_statement(commit_.statement))};
  EXPECT_THAT(open_expecting(forge(package_), state),
              StartsWith("auth_failed: the package is at commit " + statement_hash_of(next) + ", not at " + statement_hash_of(commit_)));
  EXPECT_EQ(open_expecting(bytes_, state), "sound");

  // A frame that says the old signature is of the new commit.
  format::SignatureRecord record = record_of(signature());
  const std::vector<std::uint64_t> positions = frame_positions(forge(package_));
  record.previous = positions[package_.index_of(FrameType::signature)];
  record.commit = format::decode_trailer(frames_of(forge(package_)).frames.back().body).value().commit;
  record.generation = 2;
  record.statement_hash = hash::blake3(format::encode_statement(next.statement));
  package_.frames.push_back({signature().header, body_of(record)});
  package_.frames.push_back(trailer);
  EXPECT_THAT(opened(), AllOf(StartsWith("auth_failed: commit " + statement_hash_of(next)), HasSubstr(statement_hash_of(commit_))));
}

TEST_F(SignerCheck, AnotherCommitWithTheSignedStatement) {
  format::Commit other = commit_;
  other.placement.totals.content_bytes += 1;  // not in the statement, but what the pages must bear out
  package_.of(FrameType::commit).body = body_of(other);
  EXPECT_THAT(opened(), StartsWith("auth_failed: ")) << "the frame names the commit that was signed";
  const Bytes moved = forge(package_);
  edit_signature([&](format::SignatureRecord& record) { record.commit = format::decode_trailer(frames_of(moved).frames.back().body).value().commit; });
  EXPECT_EQ(opened(), "sound");
  EXPECT_EQ(verified(), "damaged: corrupt");
  other = commit_;
  other.placement.catalog_root.hash[0] ^= 1;
  package_.of(FrameType::commit).body = body_of(other);
  EXPECT_THAT(opened(), StartsWith("corrupt: ")) << "the storage root is that of the roots";
}

TEST_F(SignerCheck, AnotherState) {
  Digest digest = hash::blake3(format::encode_statement(commit_.statement));
  EXPECT_EQ(open_expecting(bytes_, {.signers = {first_key()}, .statement_hash = digest}), "sound");
  EXPECT_EQ(open_expecting(unsigned_, {.statement_hash = digest}), "sound") << "being signed changes no state";
  digest[31] ^= 1;
  EXPECT_THAT(open_expecting(bytes_, {.signers = {first_key()}, .statement_hash = digest}), StartsWith("auth_failed: the package is at commit"));
  EXPECT_EQ(verify_expecting(bytes_, {.statement_hash = digest}), "fails: auth_failed");
  EXPECT_THAT(open_expecting(ByteView(bytes_).first(bytes_.size() - 1), {.statement_hash = digest}), StartsWith("auth_failed: the package is cut short"));
}

}  // namespace
}  // namespace npk::testing
