#include "expectation.h"

#include <charconv>

#include "npk/files.h"

namespace npk::tools {
namespace {

Result<std::string> read_key_text(const std::string& path) {
  NPK_ASSIGN(const auto file, open_file_source(path));
  Bytes bytes(kMaxSignatureKeyFileBytes + 1);
  NPK_ASSIGN(const std::size_t count, file->read_at(0, bytes));
  return std::string(as_text(ByteView(bytes).first(count)));  // one that is too long is no key
}

std::unexpected<Error> wrong_signer(Error error, const std::string& text) {
  error.code = Errc::misuse;
  error.path = "--signer " + text;
  return std::unexpected(std::move(error));
}

Result<SignatureKey> read_signer(const std::string& text) {
  auto key = SignatureKey::parse(text);
  if (key) return key;
  const auto file = read_key_text(text);
  if (!file) return wrong_signer({.code = Errc::misuse, .message = "neither a key of minisign, RW…, nor a file that can be read"}, text);
  key = SignatureKey::parse(*file);
  if (!key) return wrong_signer(std::move(key).error(), text);
  return key;
}

Result<Digest> parse_hash(const std::string& text) {
  Digest digest{};
  bool is_good = text.size() == 2 * digest.size();
  for (std::size_t i = 0; is_good && i < digest.size(); ++i) {
    const char* digits = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(digits, digits + 2, digest[i], 16);
    is_good = error == std::errc() && end == digits + 2;
  }
  if (is_good) return digest;
  return fail(Errc::misuse, "--expect-commit: '" + text + "' is not 64 hexadecimal digits");
}

}  // namespace

void define_expectation(OptionParser& parser, ExpectationOptions& options) {
  parser.texts("--signer", options.signers);
  parser.text("--expect-commit", options.commit);
}

Result<ExpectedState> expected_state(const ExpectationOptions& options) {
  ExpectedState expected;
  for (const std::string& text : options.signers) {
    NPK_ASSIGN(const SignatureKey key, read_signer(text));
    expected.signers.push_back(key);
  }
  if (options.commit) {
    NPK_ASSIGN(expected.statement_hash, parse_hash(*options.commit));
  }
  return expected;
}

}  // namespace npk::tools
