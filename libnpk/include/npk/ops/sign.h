// Signs packages, with keys and signatures of minisign. A signature in a package is over the statement of its commit:
// what was packed and how it is stored, as far as its two roots cover it (spec sections 7, 10 and 11.2).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "npk/format/commit.h"
#include "npk/limits.h"
#include "npk/recipients.h"
#include "npk/signature.h"

namespace npk::ops {

struct SignOptions {
  std::shared_ptr<const std::vector<Identity>> identities = {};  // what opens a sealed package
  std::optional<std::string> comment = {};  // the trusted one; default: says which package, or which file
  Limits limits = {};
};

struct SignReport {
  Signature signature;
  Digest statement_hash{};
  std::uint64_t generation = 0;
  bool was_there = false;  // this key had signed this commit, with the same comment: nothing was written
};

// Adds a signature of the newest commit to the package: a frame and a new trailer, the rest stays as it is, and readers
// need not stop. Errors: as opening; truncated (no whole package); io (also: another process writes to it); misuse
// (comment); limit (kMaxSignatures are there). After an error the package is as before.
[[nodiscard]] Result<SignReport> sign_package(const std::string& path, const Signer& signer,
                                              const SignOptions& options = {});

// A signature of a whole file as it is, for a .minisig beside it; whatever is added to the file makes it stale. Reads it
// once, in bounded memory.
[[nodiscard]] Result<Signature> sign_file(const std::string& path, const Signer& signer, const SignOptions& options = {});

}  // namespace npk::ops
