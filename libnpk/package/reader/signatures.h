// The signatures of a package, and what a reader was told to expect (spec section 11.2).
#pragma once

#include <vector>

#include "npk/expected_state.h"
#include "npk/format/signature_record.h"
#include "package/reader/locate.h"

namespace npk::reader {

struct SignatureFrame {
  std::uint64_t position = 0;
  format::SignatureRecord record;
};

// From the plain body of the frame at `position`. Errors: corrupt, truncated, trailing_data, limit, unsupported.
[[nodiscard]] Result<SignatureFrame> open_signature(ByteView body, std::uint64_t position, const Limits& limits);
// From the position of the newest, 0: none. Newest first. Errors: as FrameReader; corrupt, limit.
[[nodiscard]] Result<std::vector<SignatureFrame>> read_signature_frames(const FrameReader& frames, std::uint64_t newest);
[[nodiscard]] Result<PackageSignature> parse_signature_frame(const SignatureFrame& frame);

// What of the package the key has signed. auth_failed: nothing; the message names the newest commit that it did sign.
[[nodiscard]] Result<SignatureScope> scope_signed_by(const FrameReader& frames, const PackageInfo& info,
                                                     const SignatureKey& signer);
// auth_failed if the package is not what is expected, each signer's scope being storage.
[[nodiscard]] Result<void> check_expected(const FrameReader& frames, const PackageInfo& info, const ExpectedState& expected);

}  // namespace npk::reader
