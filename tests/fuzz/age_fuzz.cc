// links: npk_crypto
// Input: which parser (1 byte: age files, recipients, identities), then the text. Files are opened with the identity of
// age's specification and a passphrase of the smallest cost that is written. A header that is read is written again to
// the same bytes; a recipient's text gives the recipient again; errors are of the documented codes.
#include <string>
#include <vector>

#include "crypto/age_header.h"
#include "fuzz/fuzz_input.h"
#include "npk/age.h"

namespace {

using namespace npk;

constexpr std::string_view kIdentity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

const std::vector<Identity>& identities() {
  static const std::vector<Identity> list = [] {
    std::vector<Identity> out;
    out.push_back(Identity::parse(kIdentity).value());
    out.push_back(Identity::from_passphrase(SecretBytes::copy_of(std::string_view("word")).value()).value());
    return out;
  }();
  return list;
}

void check_code(const Error& error, std::initializer_list<Errc> allowed) {
  fuzz::require(std::ranges::find(allowed, error.code) != allowed.end(), error.message.c_str());
}

void open_file(ByteView file) {
  const auto plaintext = age_decrypt(file, identities(), {.max_scrypt_log2 = kMinScryptLog2});
  if (!plaintext) {
    check_code(plaintext.error(), {Errc::unsupported, Errc::corrupt, Errc::limit, Errc::no_key, Errc::auth_failed});
  }
  static_cast<void>(describe_stanzas(file));
  const auto header = crypto::read_age_header(file);
  if (!header) return;
  const SecretBytes any_key = SecretBytes::allocate(16).value();
  const Bytes again = crypto::write_age_header(header->stanzas, any_key.view()).value();
  const std::size_t size = header->authenticated.size();
  fuzz::require(size < again.size() && std::ranges::equal(ByteView(again).first(size), header->authenticated),
                "the same header again");
}

void read_recipients(ByteView file) {
  const auto recipients = parse_recipients(file);
  if (!recipients) return check_code(recipients.error(), {Errc::corrupt, Errc::unsupported, Errc::limit});
  for (const Recipient& recipient : *recipients) {
    const std::string text = recipient.text();
    fuzz::require(Recipient::parse(text).value().text() == text, "the same recipient again");
  }
}

void read_identities(ByteView file) {
  const auto list = parse_identities(file);
  if (!list) return check_code(list.error(), {Errc::corrupt, Errc::unsupported, Errc::limit});
  for (const Identity& identity : *list) fuzz::require(identity.recipient().has_value(), "a public side");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::uint8_t parser = input.byte();
  if (parser % 3 == 0) open_file(input.rest());
  if (parser % 3 == 1) read_recipients(input.rest());
  if (parser % 3 == 2) read_identities(input.rest());
  return 0;
}
