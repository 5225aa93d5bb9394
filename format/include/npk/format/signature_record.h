// What a signature frame holds, and the record a commit keeps of a statement that was signed before it was written in
// another form. Spec sections 7 and 11.2. The signatures themselves are text that nobody here looks into.
#pragma once

#include <string>
#include <vector>

#include "npk/format/commit.h"

namespace npk::format {

inline constexpr std::size_t kMaxSignatureBytes = 9'500;  // of a .minisig file
inline constexpr std::size_t kMaxSignatures = 1'024;      // that a reader follows from the trailer

struct SignatureRecord {
  std::uint64_t previous = 0;  // position of the signature frame before; 0: none
  FrameReference commit;
  std::uint64_t generation = 1;
  Digest statement_hash{};
  std::string signature;       // a .minisig file over the bytes of the statement

  friend bool operator==(const SignatureRecord&, const SignatureRecord&) = default;
};

[[nodiscard]] Bytes encode_signature_record(const SignatureRecord& record);
// `position` is where the frame lies: what it names must be before it (corrupt). limit: the signature's length.
[[nodiscard]] Result<SignatureRecord> decode_signature_record(ByteView payload, std::uint64_t position);

struct KeptStatement {
  Bytes statement;
  std::vector<std::string> signatures;  // .minisig files over it

  friend bool operator==(const KeptStatement&, const KeptStatement&) = default;
};

[[nodiscard]] CommitSection encode_kept_statement(const KeptStatement& kept);
// Of a section with SectionId::kept_statement. Errors: truncated, trailing_data, limit.
[[nodiscard]] Result<KeptStatement> decode_kept_statement(ByteView section);
// The fields of a statement's bytes, as in decode_commit.
[[nodiscard]] Result<Statement> decode_statement(ByteView bytes);

}  // namespace npk::format
