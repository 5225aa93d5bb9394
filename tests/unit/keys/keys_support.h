// A sealed package in a file, people with keys, and what each of them makes of it.
#pragma once

#include "crypto/epoch_record.h"
#include "npk/format/superblock.h"
#include "npk/ops/keys.h"
#include "npk/ops/sign.h"
#include "unit/crypto/minisign_samples.h"
#include "unit/sealed/sealed_support.h"

namespace npk::testing {

class Person {
 public:
  Person() : secret_(as_text(generate_identity().value().text.view())) {}
  [[nodiscard]] Identity identity() const { return Identity::parse(secret_).value(); }
  [[nodiscard]] Recipient recipient() const { return identity().recipient().value(); }
  [[nodiscard]] std::string text() const { return recipient().text(); }

 private:
  std::string secret_;
};

inline Bytes file_bytes(const std::string& path) { return bytes_of(read_file(path)); }
inline Recipient copy_of(const Recipient& recipient) { return Recipient::parse(recipient.text()).value(); }

// "CODE: MESSAGE", or "" if it went well.
template <class T>
std::string why(const Result<T>& result) {
  return result ? "" : std::string(errc_name(result.error().code)) + ": " + result.error().message;
}
template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "" : std::string(errc_name(result.error().code));
}

// What an envelope holds, to who opens it.
inline crypto::EpochRecord record_in(ByteView age_file, const Identity& identity) {
  return crypto::decode_epoch_record(age_decrypt(age_file, std::span(&identity, 1)).value().view()).value();
}

class KeysTest : public ::testing::Test {
 protected:
  static ops::KeyOptions keys(Identities who) { return {.identities = std::move(who)}; }
  ops::KeyOptions keys(const Person& person) const { return keys(identities(person.identity())); }

  void make(Recipients to) { write_file(path_, as_text(pack(tree_, sealed_options(std::move(to))).bytes)); }
  [[nodiscard]] Bytes bytes() const { return file_bytes(path_); }
  [[nodiscard]] std::string read_by(Identities who) const { return by_reader(bytes(), who, tree_.entries()); }
  [[nodiscard]] std::string read_by(const Person& person) const { return read_by(identities(person.identity())); }
  [[nodiscard]] std::vector<ops::EnvelopeInfo> envelopes(const ops::KeyOptions& options = {}) const {
    return ops::list_envelopes(path_, options).value();
  }

  // What `change` writes lies behind what is there; the package is sound then to those who may read it.
  template <class Change>
  auto appending(Change change) const {
    const Bytes before = bytes();
    auto result = change();
    const Bytes after = bytes();
    EXPECT_TRUE(after.size() >= before.size() && std::equal(before.begin(), before.end(), after.begin())) << "bytes that were there are others";
    EXPECT_TRUE(result || after == before) << "an error left something behind";
    return result;
  }
  Result<ops::KeyReport> add(const ops::KeyOptions& by, std::span<const Recipient> who) const {
    return appending([&] { return ops::add_recipients(path_, who, by); });
  }
  Result<ops::KeyReport> add(const ops::KeyOptions& by, Recipient who) const {
    return add(by, std::span<const Recipient>(&who, 1));
  }
  Result<ops::KeyReport> add(const ops::KeyOptions& by, const Person& who) const { return add(by, who.recipient()); }
  Result<ops::KeyReport> remove(const ops::KeyOptions& by, ops::RemovedKeys who) const {
    return appending([&] { return ops::remove_recipients(path_, who, by); });
  }
  Result<ops::KeyReport> remove(const ops::KeyOptions& by, const Person& who) const {
    return remove(by, {.recipients = {who.text()}});
  }
  Result<ops::KeyReport> import(const ops::KeyOptions& by, ByteView age_file, std::size_t replaced = 0) const {
    return appending([&] { return ops::import_envelope(path_, age_file, replaced, by); });
  }

  // Signs as this person, and tells under which epoch the signature is sealed.
  std::uint32_t epoch_sealed_under(const Person& by) const {
    const Signer signer = Signer::parse(as_bytes(kUnsealedKeyFile)).value();
    const auto report = appending([&] { return ops::sign_package(path_, signer, {.identities = identities(by.identity())}); });
    EXPECT_EQ(why(report), "");
    const PackageFrames frames = frames_of(bytes());
    std::uint32_t epoch = 0;
    for (const PackageFrame& frame : frames.frames)
      if (frame.header.type == format::FrameType::signature) epoch = frame.header.key_epoch;
    return epoch;
  }
  [[nodiscard]] std::string verified_by(const Person& person) const { return by_verify(bytes(), identities(person.identity())); }

  const ScratchDirectory scratch_;
  const std::string path_ = scratch_ / "p.npk";
  const TestTree tree_{std::vector<TestEntry>{file_entry("f", make_data(DataKind::text, 300, 1))}};
  const Person alice_, bob_, carol_;
};

}  // namespace npk::testing
