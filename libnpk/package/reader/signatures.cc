#include "package/reader/signatures.h"

#include <algorithm>
#include <span>
#include <string>

#include "hash/hash.h"
#include "npk/format/frame.h"

namespace npk::reader {
namespace {

// What a signature takes at most, its headers, seal and padding included: no longer frame is read as one.
constexpr std::uint64_t kMostFrameBytes = 64U << 10;

Result<void> check_header(const format::FrameHeader& header) {
  if (header.type != format::FrameType::signature)
    return fail_corrupt("a frame that is no signature lies where one should");
  if (header.stored_length > kMostFrameBytes) return fail(Errc::limit, "a signature's frame is longer than any can be");
  return {};
}

Result<SignatureFrame> read_signature_frame(const FrameReader& frames, std::uint64_t position) {
  NPK_ASSIGN(const format::FrameHeader header, frames.read_header(position));
  NPK_TRY(frames.placed(check_header(header), position));
  Frame frame;
  NPK_TRY(frames.read_frame(position, frame));
  return frames.placed(open_signature(frame.body, position, frames.limits()), position);
}

bool holds(const SignatureKey& signer, const std::string& file, const MessageDigest& statement) {
  const auto signature = parse_signature(file);
  return signature && signature->is_prehashed && verify_signature(signer, *signature, statement).has_value();
}

// The statement that a signature frame names, wherever its commit lies.
Result<format::Statement> statement_of(const FrameReader& frames, const SignatureFrame& frame) {
  Bytes buffer;
  const format::FrameReference& commit = frame.record.commit;
  NPK_ASSIGN(const ByteView body, frames.read_body(format::FrameType::commit, commit, frame.position, buffer));
  NPK_ASSIGN(format::Commit opened, open_commit(body, commit.position, frames.limits()));
  return std::move(opened.statement);
}

// How far the search for what was signed instead goes: each step reads a commit.
constexpr std::size_t kMostCommitsSearched = 64;

std::string newest_signed_by(const FrameReader& frames, std::span<const SignatureFrame> signatures,
                             const SignatureKey& signer) {
  for (const SignatureFrame& frame : signatures.first(std::min(signatures.size(), kMostCommitsSearched))) {
    const auto statement = statement_of(frames, frame);
    if (!statement) continue;
    const Bytes message = format::encode_statement(*statement);
    const auto digest = hash_message(message);
    if (!digest || !holds(signer, frame.record.signature, *digest)) continue;
    return "; the newest that it signed is " + hash::hex_of(hash::blake3(message)) + ", generation " +
           std::to_string(statement->generation);
  }
  return signatures.size() > kMostCommitsSearched ? "; nor are those of the newest signatures" : "; nor is any other in this package";
}

Result<void> check_whole(const PackageInfo& info) {
  if (!info.recovered) return {};
  return fail(Errc::auth_failed, "the package is cut short or damaged: it is not the state that is expected");
}

bool has_signed_content(const PackageInfo& info, const SignatureKey& signer) {
  for (const format::CommitSection& section : info.commit.placement.sections) {
    if (section.id != static_cast<std::uint16_t>(format::SectionId::kept_statement)) continue;
    const auto kept = format::decode_kept_statement(section.bytes);
    if (!kept) continue;
    const auto statement = format::decode_statement(kept->statement);
    if (!statement || statement->content_root != info.commit.statement.content_root) continue;
    const auto digest = hash_message(kept->statement);
    const auto is_good = [&](const std::string& file) { return digest && holds(signer, file, *digest); };
    if (std::ranges::any_of(kept->signatures, is_good)) return true;
  }
  return false;
}

}  // namespace

Result<SignatureFrame> open_signature(ByteView body, std::uint64_t position, const Limits& limits) {
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(body, limits));
  if (!opened.header.chain.empty() || opened.header.base_position != 0)
    return fail_corrupt("a signature is not stored as it is");
  NPK_ASSIGN(format::SignatureRecord record, format::decode_signature_record(opened.payload, position));
  return SignatureFrame{position, std::move(record)};
}

Result<std::vector<SignatureFrame>> read_signature_frames(const FrameReader& frames, std::uint64_t newest) {
  std::vector<SignatureFrame> found;
  for (std::uint64_t position = newest; position != 0; position = found.back().record.previous) {
    if (found.size() == format::kMaxSignatures) return fail(Errc::limit, "a package has too many signatures");
    NPK_ASSIGN(SignatureFrame frame, read_signature_frame(frames, position));
    found.push_back(std::move(frame));
  }
  return found;
}

Result<PackageSignature> parse_signature_frame(const SignatureFrame& frame) {
  NPK_ASSIGN(Signature signature, parse_signature(frame.record.signature));
  return PackageSignature{frame.position, frame.record.commit.position, frame.record.generation,
                          frame.record.statement_hash, std::move(signature)};
}

Result<SignatureScope> scope_signed_by(const FrameReader& frames, const PackageInfo& info, const SignatureKey& signer) {
  NPK_TRY(check_whole(info));
  NPK_ASSIGN(const auto signatures, read_signature_frames(frames, info.trailer.signature_position));
  NPK_ASSIGN(const MessageDigest statement, hash_message(format::encode_statement(info.commit.statement)));
  const auto has_signed = [&](const SignatureFrame& frame) {
    return frame.record.commit == info.commit_place && holds(signer, frame.record.signature, statement);
  };
  if (std::ranges::any_of(signatures, has_signed)) return SignatureScope::storage;
  if (has_signed_content(info, signer)) return SignatureScope::content;
  return fail(Errc::auth_failed, "commit " + hash::hex_of(info.statement_hash) + " is not signed by the key " +
                                     signer.id().to_string() + newest_signed_by(frames, signatures, signer));
}

Result<void> check_expected(const FrameReader& frames, const PackageInfo& info, const ExpectedState& expected) {
  if (!expected.expects_anything()) return {};
  NPK_TRY(check_whole(info));
  if (expected.statement_hash && *expected.statement_hash != info.statement_hash)
    return fail(Errc::auth_failed, "the package is at commit " + hash::hex_of(info.statement_hash) + ", not at " +
                                       hash::hex_of(*expected.statement_hash) +
                                       " as expected: it may have been put back to an older state, or added to");
  for (const SignatureKey& signer : expected.signers) {
    NPK_ASSIGN(const SignatureScope scope, scope_signed_by(frames, info, signer));
    if (scope == SignatureScope::storage) continue;
    return fail(Errc::auth_failed, "the key " + signer.id().to_string() +
                                       " signed this content before the package was written anew: only verify can check that");
  }
  return {};
}

}  // namespace npk::reader
