// Signed packages, and what readers make of them when they are told to expect something.
#pragma once

#include "block/open.h"
#include "block/seal.h"
#include "hash/hash.h"
#include "npk/format/signature_record.h"
#include "npk/ops/sign.h"
#include "unit/crypto/minisign_samples.h"
#include "unit/sealed/sealed_support.h"

namespace npk::testing {

// Two signers whose keys stock minisign made.
inline Signer first_signer() { return signer(); }
inline Signer second_signer() { return Signer::parse(as_bytes(kUnsealedKeyFile)).value(); }
inline SignatureKey first_key() { return public_key(); }
inline SignatureKey second_key() { return SignatureKey::parse(kSealedPublicKeyLine).value(); }

// A package in a file, to be signed.
class PackageFile {
 public:
  explicit PackageFile(ByteView bytes) { write_file(path(), as_text(bytes)); }

  [[nodiscard]] std::string path() const { return scratch_ / "p.npk"; }
  [[nodiscard]] Bytes bytes() const {
    const std::string text = read_file(path());
    return Bytes(text.begin(), text.end());
  }
  [[nodiscard]] Result<ops::SignReport> sign(const Signer& signer, const Identities& keys = nullptr, std::optional<std::string> comment = {}) const {
    return ops::sign_package(path(), signer, {.identities = keys, .comment = std::move(comment)});
  }

 private:
  const ScratchDirectory scratch_;
};

inline Bytes signed_by(ByteView package, const Signer& signer, const Identities& keys = nullptr) {
  const PackageFile file(package);
  const auto done = file.sign(signer, keys);
  EXPECT_TRUE(done) << done.error().to_string();
  return file.bytes();
}

// "sound", or "CODE: MESSAGE".
inline std::string open_expecting(ByteView package, const ExpectedState& expected, const Identities& keys = nullptr) {
  const auto reader = PackageReader::open(memory_source(package), {.identities = keys, .expected = expected});
  return reader ? "sound" : std::string(errc_name(reader.error().code)) + ": " + reader.error().message;
}
inline std::string verify_expecting(ByteView package, const ExpectedState& expected, const Identities& keys = nullptr) {
  const auto report = ops::verify(memory_source(package), {.threads = 1, .identities = keys, .expected = expected});
  if (!report) return failed(report.error());
  std::set<std::string_view> codes;
  for (const ops::Damage& damage : report->damages) codes.insert(errc_name(damage.error.code));
  EXPECT_EQ(report->signed_by.size(), report->is_sound() ? expected.signers.size() : 0U);
  return damaged(codes);
}

inline TestTree small_tree(std::uint64_t seed = 1) {
  return TestTree(std::vector<TestEntry>{file_entry("f", make_data(DataKind::text, 300, seed))});
}
inline WriterOptions clear_options() {
  WriterOptions options;
  options.preset = Preset::fast;
  options.threads = 1;
  return options;
}

// The payload of a signature frame of a package that is not sealed, and back.
inline format::SignatureRecord record_of(const PackageFrame& frame) {
  return format::decode_signature_record(block::open_page(frame.body, {}).value(), UINT64_MAX).value();
}
inline Bytes body_of(const format::SignatureRecord& record) { return block::seal_stored(format::encode_signature_record(record)); }

inline format::Commit commit_of(const PackageFrame& frame) {
  return format::decode_commit(block::open_page(frame.body, {}).value(), UINT64_MAX, {}).value();
}
inline Bytes body_of(const format::Commit& commit) { return block::seal_stored(format::encode_commit(commit)); }

inline std::string statement_hash_of(const format::Commit& commit) {
  return hash::hex_of(hash::blake3(format::encode_statement(commit.statement)));
}

}  // namespace npk::testing
