#include "commit_signatures.h"

#include <algorithm>
#include <fmt/format.h>

#include "messages.h"

namespace npk::tools {
namespace {

bool is_signed_by_any(const std::vector<SignatureKey>& signers, const Signature& signature, ByteView statement) {
  return signature.is_prehashed &&
         std::ranges::any_of(signers, [&](const SignatureKey& key) { return verify_signature(key, signature, statement).has_value(); });
}

}  // namespace

Result<CommitSignatures> CommitSignatures::read(const PackageReader& package, const ExpectationOptions& expectation) {
  NPK_ASSIGN(const ExpectedState expected, expected_state(expectation));
  NPK_ASSIGN(std::vector<PackageSignature> found, package.signatures());
  const Bytes statement = format::encode_statement(package.info().commit.statement);
  CommitSignatures shown;
  shown.has_signers_ = !expected.signers.empty();
  for (PackageSignature& signature : found) {
    const bool is_of_commit = signature.commit_position == package.info().trailer.commit.position;
    const bool is_checked = is_of_commit && is_signed_by_any(expected.signers, signature.signature, statement);
    shown.newest_first_.push_back({std::move(signature), is_of_commit, is_checked});
  }
  return shown;
}

Json CommitSignatures::json() const {
  Json list = Json::array();
  for (const Shown& shown : newest_first_)
    list.push_back({{"key_id", shown.signature.signature.key_id.to_string()},
                    {"generation", shown.signature.generation},
                    {"of_this_commit", shown.is_of_commit},
                    {"checked", shown.is_checked},
                    {"trusted_comment", to_utf8(shown.signature.signature.comments.trusted)}});
  return list;
}

std::string CommitSignatures::text() const {
  std::string text;
  for (const Shown& shown : newest_first_) {
    text += fmt::format("signature     key {}, generation {}{}; {}: {}\n", shown.signature.signature.key_id.to_string(), shown.signature.generation,
                        shown.is_of_commit ? "" : " (not this commit)", shown.is_checked ? "checked" : "not checked",
                        printable(shown.signature.signature.comments.trusted));
  }
  return text;
}

std::optional<Signature> CommitSignatures::newest_of_commit() const {
  const auto is_wanted = [&](const Shown& shown) { return has_signers_ ? shown.is_checked : shown.is_of_commit; };
  const auto found = std::ranges::find_if(newest_first_, is_wanted);
  return found == newest_first_.end() ? std::nullopt : std::optional(found->signature.signature);
}

}  // namespace npk::tools
