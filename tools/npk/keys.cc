#include "keys.h"

#include "npk/files.h"
#include "passphrase.h"

namespace npk::tools {
namespace {

// Of a file whose text is to be wiped.
Result<SecretBytes> read_key_file(const std::string& path) {
  NPK_ASSIGN(const auto source, open_file_source(path));
  NPK_ASSIGN(const std::uint64_t size, source->size());
  if (size > kMaxKeyFileBytes)
    return std::unexpected(Error{.code = Errc::limit, .message = "too large for a file of keys", .path = path});
  NPK_ASSIGN(SecretBytes bytes, SecretBytes::allocate(static_cast<std::size_t>(size)));
  NPK_ASSIGN(const std::size_t count, source->read_at(0, bytes.span()));
  bytes.shorten(count);
  return bytes;
}

template <class Key>
Result<void> add_file(const std::string& path, Result<std::vector<Key>> (*parse)(ByteView), std::vector<Key>& keys) {
  NPK_ASSIGN(const SecretBytes file, read_key_file(path));
  auto found = parse(file.view());
  if (!found) return std::unexpected(std::move(found).error().in(path));
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

Result<std::shared_ptr<const std::vector<Identity>>> identities_of(const IdentityOptions& options,
                                                                   const std::string& package) {
  std::vector<Identity> identities;
  for (const std::string& file : options.files) NPK_TRY(add_file(file, parse_identities, identities));
  NPK_ASSIGN(auto passphrase, passphrase_of(options, package, PassphraseUse::opening));
  if (passphrase) {
    NPK_ASSIGN(Identity identity, Identity::from_passphrase(*std::move(passphrase)));
    identities.push_back(std::move(identity));
  }
  return shared(std::move(identities));
}

Result<std::shared_ptr<const std::vector<Recipient>>> recipients_of(const RecipientOptions& options,
                                                                    const std::string& package) {
  std::vector<Recipient> recipients;
  for (const std::string& text : options.recipients) {
    auto recipient = Recipient::parse(text);
    if (!recipient) return std::unexpected(std::move(recipient).error().in("--recipient"));
    recipients.push_back(*std::move(recipient));
  }
  for (const std::string& file : options.files) NPK_TRY(add_file(file, parse_recipients, recipients));
  NPK_ASSIGN(auto passphrase, passphrase_of(options, package, PassphraseUse::creating));
  if (passphrase) {
    NPK_ASSIGN(Recipient recipient, Recipient::from_passphrase(*std::move(passphrase)));
    recipients.push_back(std::move(recipient));
  }
  return shared(std::move(recipients));
}

}  // namespace npk::tools
