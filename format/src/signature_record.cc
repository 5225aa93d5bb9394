#include "npk/format/signature_record.h"

#include "npk/format/frame.h"

namespace npk::format {
namespace {

constexpr std::string_view kSignatureMagic = "NPKSIGN1";

void write_text(ByteWriter& writer, std::string_view text) {
  writer.write(static_cast<std::uint32_t>(text.size()));
  writer.write_bytes(as_bytes(text));
}

Result<std::string> read_signature(ByteReader& reader) {
  NPK_ASSIGN(const auto length, reader.read<std::uint32_t>());
  if (length > kMaxSignatureBytes) return fail(Errc::limit, "a signature is longer than the limit");
  NPK_ASSIGN(const ByteView bytes, reader.read_bytes(length));
  return std::string(as_text(bytes));
}

Result<FrameReference> read_commit(ByteReader& reader, std::uint64_t position) {
  FrameReference commit;
  NPK_ASSIGN(commit.position, reader.read<std::uint64_t>());
  NPK_ASSIGN(commit.stored_length, reader.read<std::uint64_t>());
  NPK_ASSIGN(commit.hash, reader.read_array<32>());
  if (commit.position < kSuperblockBytes || commit.position >= position) return fail_corrupt("a signature is of a commit that is not before it");
  return commit;
}

}  // namespace

Bytes encode_signature_record(const SignatureRecord& record) {
  Bytes out;
  ByteWriter writer(out);
  writer.write_bytes(as_bytes(kSignatureMagic));
  writer.write(record.previous);
  writer.write(record.commit.position);
  writer.write(record.commit.stored_length);
  writer.write_bytes(record.commit.hash);
  writer.write(record.generation);
  writer.write_bytes(record.statement_hash);
  write_text(writer, record.signature);
  return out;
}

Result<SignatureRecord> decode_signature_record(ByteView payload, std::uint64_t position) {
  ByteReader reader(payload);
  NPK_ASSIGN(const ByteView magic, reader.read_bytes(kSignatureMagic.size()));
  if (as_text(magic) != kSignatureMagic) return fail_corrupt("a signature frame does not begin with its magic");
  SignatureRecord record;
  NPK_ASSIGN(record.previous, reader.read<std::uint64_t>());
  if (record.previous != 0 && (record.previous < kSuperblockBytes || record.previous >= position))
    return fail_corrupt("a signature names one before it that is not before it");
  NPK_ASSIGN(record.commit, read_commit(reader, position));
  NPK_ASSIGN(record.generation, reader.read<std::uint64_t>());
  NPK_ASSIGN(record.statement_hash, reader.read_array<32>());
  NPK_ASSIGN(record.signature, read_signature(reader));
  NPK_TRY(reader.expect_end());
  return record;
}

CommitSection encode_kept_statement(const KeptStatement& kept) {
  CommitSection section{.id = static_cast<std::uint16_t>(SectionId::kept_statement), .bytes = {}};
  ByteWriter writer(section.bytes);
  writer.write(static_cast<std::uint32_t>(kept.statement.size()));
  writer.write_bytes(kept.statement);
  writer.write(static_cast<std::uint16_t>(kept.signatures.size()));
  for (const std::string& signature : kept.signatures) write_text(writer, signature);
  return section;
}

Result<KeptStatement> decode_kept_statement(ByteView section) {
  ByteReader reader(section);
  KeptStatement kept;
  NPK_ASSIGN(const auto length, reader.read<std::uint32_t>());
  NPK_ASSIGN(const ByteView statement, reader.read_bytes(length));
  kept.statement.assign(statement.begin(), statement.end());
  NPK_ASSIGN(const auto count, reader.read<std::uint16_t>());
  if (count > kMaxSignatures) return fail(Errc::limit, "a kept statement has more signatures than the limit");
  for (std::uint16_t i = 0; i < count; ++i) {
    NPK_ASSIGN(std::string signature, read_signature(reader));
    kept.signatures.push_back(std::move(signature));
  }
  NPK_TRY(reader.expect_end());
  return kept;
}

}  // namespace npk::format
