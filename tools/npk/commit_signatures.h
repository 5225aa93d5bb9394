// The signatures of a package as `npk info` shows them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expectation.h"
#include "json_text.h"
#include "npk/reader.h"

namespace npk::tools {

class CommitSignatures {
 public:
  // Errors: PackageReader::signatures()'s, expected_state's.
  [[nodiscard]] static Result<CommitSignatures> read(const PackageReader& package, const ExpectationOptions& expectation);

  [[nodiscard]] Json json() const;
  // Lines, or nothing. What nobody has checked is marked.
  [[nodiscard]] std::string text() const;
  // The newest signature of the commit that is open; if signers are expected: that is theirs.
  [[nodiscard]] std::optional<Signature> newest_of_commit() const;

 private:
  struct Shown {
    PackageSignature signature;
    bool is_of_commit = false;
    bool is_checked = false;  // an expected signer's, over this commit
  };

  std::vector<Shown> newest_first_;
  bool has_signers_ = false;
};

}  // namespace npk::tools
