// Signs and verifies standard input, for minisign_test.py:
//   minisign_driver sign KEY_FILE PASSPHRASE_FILE TRUSTED_COMMENT    prints the .minisig; PASSPHRASE_FILE may be ""
//   minisign_driver verify PUB_FILE SIGNATURE_FILE whole|hashed      prints the trusted comment
//   minisign_driver public KEY_FILE PASSPHRASE_FILE                  prints the .pub
// Exit status 1 with "CODE: MESSAGE" on standard error for what npk refuses.
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "npk/signature.h"

namespace {

using namespace npk;

Bytes contents(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string(path) + ": can't be read");
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

Result<MessageDigest> hash_standard_input() {
  NPK_ASSIGN(MessageHash hash, MessageHash::start());
  std::array<std::uint8_t, 65536> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), stdin)) {
    hash.update(ByteView(buffer).first(count));
  }
  return hash.finish();
}

Result<Signer> signer(const char* key_file, std::string_view passphrase_file) {
  if (passphrase_file.empty()) return Signer::parse(contents(key_file));
  NPK_ASSIGN(const SecretBytes passphrase, SecretBytes::copy_of(ByteView(contents(passphrase_file.data()))));
  return Signer::parse(contents(key_file), &passphrase);
}

Result<std::string> sign(const std::vector<const char*>& words) {
  NPK_ASSIGN(const Signer by, signer(words.at(1), words.at(2)));
  NPK_ASSIGN(const MessageDigest digest, hash_standard_input());
  NPK_ASSIGN(const Signature made, sign_message(by, digest, {.trusted = words.at(3)}));
  return made.to_file();
}

Result<std::string> verify(const std::vector<const char*>& words) {
  NPK_ASSIGN(const SignatureKey key, SignatureKey::parse(as_text(contents(words.at(1)))));
  NPK_ASSIGN(const Signature signature, parse_signature(as_text(contents(words.at(2)))));
  if (words.at(3) == std::string_view("hashed")) {
    NPK_ASSIGN(const MessageDigest digest, hash_standard_input());
    NPK_TRY(verify_signature(key, signature, digest));
  } else {
    NPK_TRY(verify_signature(key, signature, Bytes(std::istreambuf_iterator<char>(std::cin), {})));
  }
  return signature.comments.trusted;
}

Result<std::string> run(const std::vector<const char*>& words) {
  const std::string_view verb = words.at(0);
  if (verb == "sign") return sign(words);
  if (verb == "verify") return verify(words);
  NPK_ASSIGN(const Signer by, signer(words.at(1), words.at(2)));
  return by.public_key().to_file();
}

}  // namespace

int main(int argc, char** argv) {
  const auto done = run({argv + 1, argv + argc});
  if (!done) {
    std::cerr << errc_name(done.error().code) << ": " << done.error().to_string() << "\n";
    return 1;
  }
  std::cout << *done;
  return 0;
}
