// The age files of the library as a command, for age_test.py: age_driver VERB KEY_FILE [LOG2_WORK], data from stdin to
// stdout. Verbs: encrypt (to a recipients file), decrypt (with an identity file), encrypt-passphrase,
// decrypt-passphrase (a file that holds the passphrase alone), recipients (of an identity file), stanzas (no key file),
// generate (none). Exit code 1: the error's code and text are on stderr.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "npk/age.h"

namespace {

using namespace npk;

Bytes read_all(std::istream& stream) {
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return read_all(file);
}

template <class Key>
std::vector<Key> one(Key key) {
  std::vector<Key> keys;
  keys.push_back(std::move(key));
  return keys;
}

Result<std::vector<Recipient>> recipients(std::string_view verb, const std::string& path, int log2_work) {
  if (verb == "encrypt") return parse_recipients(read_file(path));
  NPK_ASSIGN(SecretBytes passphrase, SecretBytes::copy_of(read_file(path)));
  NPK_ASSIGN(Recipient recipient, Recipient::from_passphrase(std::move(passphrase), log2_work));
  return one(std::move(recipient));
}

Result<std::vector<Identity>> identities(std::string_view verb, const std::string& path) {
  if (verb != "decrypt-passphrase") return parse_identities(read_file(path));
  NPK_ASSIGN(SecretBytes passphrase, SecretBytes::copy_of(read_file(path)));
  NPK_ASSIGN(Identity identity, Identity::from_passphrase(std::move(passphrase)));
  return one(std::move(identity));
}

void write(ByteView bytes) {
  std::cout << as_text(bytes);
}

Result<void> show_recipients(const std::string& path) {
  NPK_ASSIGN(const auto keys, identities("recipients", path));
  for (const Identity& identity : keys) {
    NPK_ASSIGN(const Recipient recipient, identity.recipient());
    std::cout << recipient.text() << '\n';
  }
  return {};
}

Result<void> show_stanzas() {
  NPK_ASSIGN(const auto stanzas, describe_stanzas(read_all(std::cin)));
  for (const AgeStanza& stanza : stanzas) {
    std::cout << stanza.type;
    for (const std::string& argument : stanza.arguments) std::cout << ' ' << argument;
    std::cout << '\n';
  }
  return {};
}

Result<void> generate() {
  NPK_ASSIGN(const GeneratedIdentity generated, generate_identity());
  write(generated.text.view());
  std::cout << '\n';
  return {};
}

Result<void> run(std::string_view verb, const std::string& path, int log2_work) {
  if (verb == "recipients") return show_recipients(path);
  if (verb == "stanzas") return show_stanzas();
  if (verb == "generate") return generate();
  if (verb.starts_with("encrypt")) {
    NPK_ASSIGN(const auto to, recipients(verb, path, log2_work));
    NPK_ASSIGN(const Bytes file, age_encrypt(read_all(std::cin), to));
    write(file);
    return {};
  }
  NPK_ASSIGN(const auto keys, identities(verb, path));
  NPK_ASSIGN(const SecretBytes plaintext, age_decrypt(read_all(std::cin), keys));
  write(plaintext.view());
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments, arguments + count);
  if (count < 2) return 2;
  const auto outcome = run(words[1], count > 2 ? words[2] : "", count > 3 ? std::stoi(words[3]) : 0);
  if (outcome) return 0;
  std::cerr << npk::errc_name(outcome.error().code) << ": " << outcome.error().to_string() << '\n';
  return 1;
}
