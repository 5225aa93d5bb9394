// Signature frames' payloads and kept statements: what is written is read, and nothing else is.
#include "npk/format/signature_record.h"

#include <gtest/gtest.h>

#include <limits>

#include "npk/format/frame.h"

namespace npk::format {
namespace {

constexpr std::uint64_t kPosition = 5000;

SignatureRecord sample(std::string signature = "untrusted comment: x\n") {
  SignatureRecord record;
  record.previous = 4000;
  record.commit = {.position = 3000, .stored_length = 400, .hash = {1, 2, 3}};
  record.generation = 7;
  record.statement_hash = {9, 8};
  record.signature = std::move(signature);
  return record;
}

Errc decoded(const SignatureRecord& record, std::uint64_t position = kPosition) {
  const auto found = decode_signature_record(encode_signature_record(record), position);
  return found ? Errc{} : found.error().code;
}

TEST(SignatureRecord, RoundTrip) {
  SignatureRecord record = sample();
  EXPECT_EQ(decode_signature_record(encode_signature_record(record), kPosition).value(), record);
  record.previous = 0;
  record.signature.clear();
  EXPECT_EQ(decode_signature_record(encode_signature_record(record), kPosition).value(), record);
}

TEST(SignatureRecord, FieldsLieWhereTheSpecificationSays) {
  const Bytes bytes = encode_signature_record(sample("S"));
  EXPECT_EQ(as_text(ByteView(bytes).first(8)), "NPKSIGN1");
  EXPECT_EQ(load_le<std::uint64_t>(bytes.data() + 8), 4000U);
  EXPECT_EQ(load_le<std::uint64_t>(bytes.data() + 16), 3000U);
  EXPECT_EQ(load_le<std::uint64_t>(bytes.data() + 24), 400U);
  EXPECT_EQ(bytes[32], 1);
  EXPECT_EQ(load_le<std::uint64_t>(bytes.data() + 64), 7U);
  EXPECT_EQ(bytes[72], 9);
  EXPECT_EQ(load_le<std::uint32_t>(bytes.data() + 104), 1U);
  EXPECT_EQ(as_text(ByteView(bytes).subspan(108)), "S");
}

TEST(SignatureRecord, CutAnywhereOrLonger) {
  Bytes bytes = encode_signature_record(sample());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = decode_signature_record(ByteView(bytes).first(length), kPosition);
    ASSERT_FALSE(cut) << length;
    EXPECT_EQ(cut.error().code, Errc::truncated) << length;
  }
  bytes.push_back(0);
  EXPECT_EQ(decode_signature_record(bytes, kPosition).error().code, Errc::trailing_data);
}

TEST(SignatureRecord, AnotherMagic) {
  for (std::size_t at = 0; at < 8; ++at) {
    Bytes bytes = encode_signature_record(sample());
    bytes[at] ^= 1;
    EXPECT_EQ(decode_signature_record(bytes, kPosition).error().code, Errc::corrupt);
  }
}

TEST(SignatureRecord, NamesOnlyWhatIsBeforeIt) {
  for (const std::uint64_t place : {kPosition, kPosition + 1, std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1},
                                    std::uint64_t{kSuperblockBytes - 1}}) {
    SignatureRecord record = sample();
    record.previous = place;
    EXPECT_EQ(decoded(record), Errc::corrupt) << place;
    record = sample();
    record.commit.position = place;
    EXPECT_EQ(decoded(record), Errc::corrupt) << place;
  }
  SignatureRecord record = sample();
  record.commit.position = 0;
  EXPECT_EQ(decoded(record), Errc::corrupt);
  record.commit.position = kSuperblockBytes;
  record.previous = kPosition - 1;
  EXPECT_EQ(decoded(record), Errc{});
}

TEST(SignatureRecord, LengthLimit) {
  EXPECT_EQ(decoded(sample(std::string(kMaxSignatureBytes, 'x'))), Errc{});
  EXPECT_EQ(decoded(sample(std::string(kMaxSignatureBytes + 1, 'x'))), Errc::limit);
  Bytes bytes = encode_signature_record(sample());
  store_le(bytes.data() + 104, std::numeric_limits<std::uint32_t>::max());  // nothing of that size is made
  EXPECT_EQ(decode_signature_record(bytes, kPosition).error().code, Errc::limit);
}

KeptStatement sample_kept() { return {.statement = {1, 2, 3}, .signatures = {"first", "", "third"}}; }

TEST(KeptStatement, RoundTrip) {
  for (const KeptStatement& kept : {KeptStatement{}, sample_kept()}) {
    const CommitSection section = encode_kept_statement(kept);
    EXPECT_EQ(section.id, 1);
    EXPECT_EQ(section.flags, 0);
    EXPECT_EQ(decode_kept_statement(section.bytes).value(), kept);
  }
}

TEST(KeptStatement, CutAnywhereOrLonger) {
  Bytes bytes = encode_kept_statement(sample_kept()).bytes;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = decode_kept_statement(ByteView(bytes).first(length));
    ASSERT_FALSE(cut) << length;
    EXPECT_EQ(cut.error().code, Errc::truncated) << length;
  }
  bytes.push_back(0);
  EXPECT_EQ(decode_kept_statement(bytes).error().code, Errc::trailing_data);
}

TEST(KeptStatement, Limits) {
  KeptStatement kept = sample_kept();
  kept.signatures = {std::string(kMaxSignatureBytes, 'x')};
  EXPECT_TRUE(decode_kept_statement(encode_kept_statement(kept).bytes));
  kept.signatures = {std::string(kMaxSignatureBytes + 1, 'x')};
  EXPECT_EQ(decode_kept_statement(encode_kept_statement(kept).bytes).error().code, Errc::limit);
  kept.signatures.assign(kMaxSignatures, "");
  EXPECT_TRUE(decode_kept_statement(encode_kept_statement(kept).bytes));
  kept.signatures.emplace_back();
  EXPECT_EQ(decode_kept_statement(encode_kept_statement(kept).bytes).error().code, Errc::limit);
}

TEST(KeptStatement, IsASectionThatMayBeUnderstood) {
  Commit commit;
  commit.placement.sections.push_back(encode_kept_statement(sample_kept()));
  commit.placement.sections[0].flags = 1;
  EXPECT_EQ(decode_commit(encode_commit(commit), kPosition, {}).value(), commit);
  commit.placement.sections[0].id = 77;
  EXPECT_EQ(decode_commit(encode_commit(commit), kPosition, {}).error().code, Errc::unsupported);
}

TEST(Statement, RoundTripAndCuts) {
  Statement statement;
  statement.generation = 3;
  statement.previous_statement = {4};
  statement.message = "third";
  const Bytes bytes = encode_statement(statement);
  EXPECT_EQ(decode_statement(bytes).value(), statement);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_EQ(decode_statement(ByteView(bytes).first(length)).error().code, Errc::truncated) << length;
}

}  // namespace
}  // namespace npk::format
