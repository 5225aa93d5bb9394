#include "ops/write/kept_statements.h"

namespace npk::ops {

std::optional<StatementRecord> record_statement(const format::Statement& statement, std::uint64_t position,
                                                std::span<const reader::SignatureFrame> signatures, bool unsigned_too) {
  format::KeptStatement kept{format::encode_statement(statement), {}};
  for (const reader::SignatureFrame& signature : signatures) {
    if (signature.record.commit.position == position) kept.signatures.push_back(signature.record.signature);
  }
  if (kept.signatures.empty() && !unsigned_too) return std::nullopt;
  return StatementRecord{format::encode_kept_statement(kept), kept.signatures.size()};
}

}  // namespace npk::ops
