// What a reader may be told to expect of a package, so that it refuses any other: who signed it, and which state it is in.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "npk/bytes.h"
#include "npk/signature.h"

namespace npk {

struct ExpectedState {
  std::vector<SignatureKey> signers;       // each of them signed the commit that is opened
  std::optional<Digest> statement_hash{};  // of that commit: BLAKE3 of its statement

  [[nodiscard]] bool expects_anything() const noexcept { return !signers.empty() || statement_hash; }
};

// What a signature speaks for.
enum class SignatureScope : std::uint8_t {
  storage,  // of the commit as it is: all that its roots cover, so that every read is checked up to it
  content,  // of what is packed alone: the statement signed is of before it was written in another form (spec section 7)
};

// A signature in the package, over a commit's statement. Nothing about it is proven until verify_signature() says so.
struct PackageSignature {
  std::uint64_t position = 0;         // of its frame
  std::uint64_t commit_position = 0;  // of the commit it is over
  std::uint64_t generation = 0;       // of that commit, as the signature's frame says
  Digest statement_hash{};            // likewise
  Signature signature;
};

}  // namespace npk
