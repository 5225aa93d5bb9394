#include "keys.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "npk/files.h"
#include "passphrase.h"

namespace npk::tools {
namespace {

// Into memory that is wiped.
Result<SecretBytes> read_keys(SequentialSource& source) {
  NPK_ASSIGN(SecretBytes bytes, SecretBytes::allocate(kMaxKeyFileBytes + 1));
  std::size_t size = 0;
  for (std::size_t count = 1; count != 0 && size < bytes.size(); size += count) {
    NPK_ASSIGN(count, source.read(bytes.span().subspan(size)));
  }
  if (size > kMaxKeyFileBytes)
    return std::unexpected(Error{.code = Errc::misuse, .message = "too large for a file of keys", .path = source.name()});
  bytes.shorten(size);
  return bytes;
}

// What is on the command line others see, and an error names the file it can't open.
Result<void> check_is_no_secret(const std::string& path) {
  constexpr std::string_view kSecretPrefix = "AGE-SECRET-KEY-";
  const auto is_same_letter = [](char given, char wanted) { return given == wanted || given == (wanted | 0x20); };
  if (!std::ranges::equal(std::string_view(path).substr(0, kSecretPrefix.size()), kSecretPrefix, is_same_letter)) return {};
  return fail(Errc::misuse, "a secret does not belong on the command line, where others see it: name a file that holds it");
}

// Also of a pipe: what a shell names by <(pass show key).
Result<SecretBytes> read_key_file(const std::string& path) {
  NPK_TRY(check_is_no_secret(path));
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int number = errno;
    if (number == ENOENT) return std::unexpected(Error{.code = Errc::not_found, .message = "can't open", .path = path});
    return std::unexpected(
        Error{.code = Errc::io, .message = "can't open", .path = path, .offset = {}, .system_errno = number});
  }
  auto keys = read_keys(*fd_source(descriptor, path));
  ::close(descriptor);
  return keys;
}

// What is wrong with a key on the command line is a mistake in using it, whatever it is.
std::unexpected<Error> wrong_key(Error error, std::string_view where) {
  error.code = Errc::misuse;
  return std::unexpected(std::move(error).in(where));
}

// A file is often given where a recipient is meant to stand.
Result<Recipient> recipient_of(const std::string& text) {
  auto recipient = Recipient::parse(text);
  if (recipient) return recipient;
  if (::access(text.c_str(), F_OK) == 0)
    return wrong_key({.code = Errc::misuse, .message = "'" + text + "' is a file: -R takes recipients from one"}, "--recipient");
  return wrong_key(std::move(recipient).error(), "--recipient");
}

template <class Key>
Result<void> add_file(const std::string& path, Result<std::vector<Key>> (*parse)(ByteView), std::vector<Key>& keys) {
  NPK_ASSIGN(const SecretBytes file, read_key_file(path));
  auto found = parse(file.view());
  if (!found) return wrong_key(std::move(found).error(), path);
  for (Key& key : *found) keys.push_back(std::move(key));
  return {};
}

template <class Options>
Result<std::optional<SecretBytes>> passphrase_of(const Options& options, const std::string& package,
                                                 PassphraseUse use) {
  if (options.descriptor) return read_passphrase(*options.descriptor, use);
  if (options.passphrase) return ask_passphrase(package, use);
  return std::nullopt;
}

// Null for none.
template <class Key>
std::shared_ptr<const std::vector<Key>> shared(std::vector<Key> keys) {
  return keys.empty() ? nullptr : std::make_shared<const std::vector<Key>>(std::move(keys));
}

}  // namespace

void define_identities(OptionParser& parser, IdentityOptions& options) {
  parser.texts("-i,--identity", options.files);
  parser.flag("-p,--passphrase", options.passphrase);
  parser.number("--passphrase-fd", options.descriptor, 0, 65'535);
  parser.excludes("--passphrase", "--passphrase-fd");
}

void define_recipients(OptionParser& parser, RecipientOptions& options) {
  parser.texts("-r,--recipient", options.recipients);
  parser.texts("-R,--recipients-file", options.files);
  parser.flag("-p,--passphrase", options.passphrase);
  parser.number("--passphrase-fd", options.descriptor, 0, 65'535);
  parser.excludes("--passphrase", "--passphrase-fd");
}

void define_new_recipients(OptionParser& parser, RecipientOptions& options) {
  parser.texts("-r,--recipient", options.recipients);
  parser.texts("-R,--recipients-file", options.files);
  parser.flag("--new-passphrase", options.passphrase);
  parser.number("--new-passphrase-fd", options.descriptor, 0, 65'535);
  parser.excludes("--new-passphrase", "--new-passphrase-fd");
}

Result<format::Cipher> cipher_of(const std::string& name) {
  if (name == "xchacha20-poly1305") return format::Cipher::xchacha20_poly1305;
  if (name == "aes-256-gcm") return format::Cipher::aes_256_gcm;
  return fail(Errc::misuse, "--cipher: '" + name + "' is neither xchacha20-poly1305 nor aes-256-gcm");
}

Result<std::vector<Identity>> identities_in(const std::vector<std::string>& files) {
  std::vector<Identity> identities;
  for (const std::string& file : files) NPK_TRY(add_file(file, parse_identities, identities));
  return identities;
}

Result<std::shared_ptr<const std::vector<Identity>>> identities_of(const IdentityOptions& options,
                                                                   const std::string& package) {
  NPK_ASSIGN(std::vector<Identity> identities, identities_in(options.files));
  NPK_ASSIGN(auto passphrase, passphrase_of(options, package, PassphraseUse::opening));
  if (passphrase) {
    NPK_ASSIGN(Identity identity, Identity::from_passphrase(*std::move(passphrase)));
    identities.push_back(std::move(identity));
  }
  return shared(std::move(identities));
}

Result<std::shared_ptr<const std::vector<Recipient>>> recipients_of(const RecipientOptions& options,
                                                                    const std::string& package,
                                                                    std::vector<Identity>* openers) {
  std::vector<Recipient> recipients;
  for (const std::string& text : options.recipients) {
    NPK_ASSIGN(Recipient recipient, recipient_of(text));
    recipients.push_back(std::move(recipient));
  }
  for (const std::string& file : options.files) NPK_TRY(add_file(file, parse_recipients, recipients));
  NPK_ASSIGN(auto passphrase, passphrase_of(options, package, PassphraseUse::creating));
  if (passphrase && openers != nullptr) {
    NPK_ASSIGN(SecretBytes same, passphrase->clone());
    NPK_ASSIGN(Identity opener, Identity::from_passphrase(std::move(same)));
    openers->push_back(std::move(opener));
  }
  if (passphrase) {
    NPK_ASSIGN(Recipient recipient, Recipient::from_passphrase(*std::move(passphrase)));
    recipients.push_back(std::move(recipient));
  }
  return shared(std::move(recipients));
}

}  // namespace npk::tools
