#include "crypto/base64.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "crypto/sodium.h"

namespace npk::crypto {
namespace {

// libsodium's decoder is strict: it takes all of the text, and no bits that an encoder wouldn't write. But 1.0.18 takes
// bytes of 0x80 and above for '/' (its comparison is wrong for a negative char), so these are refused first.
Result<std::size_t> decode_into(MutableBytes out, std::string_view text, Padding padding) {
  const int variant =
      padding == Padding::none ? sodium_base64_VARIANT_ORIGINAL_NO_PADDING : sodium_base64_VARIANT_ORIGINAL;
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!std::ranges::all_of(text, is_ascii)) return fail_corrupt("not canonical base64");
  std::size_t size = 0;
  if (::sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr, variant) != 0) {
    return fail_corrupt("not canonical base64");
  }
  return size;
}

std::size_t most_bytes(std::string_view text) {
  return text.size() / 4 * 3 + 3;
}

}  // namespace

std::string base64_encode(ByteView bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL_NO_PADDING), '\0');
  ::sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  text.pop_back();  // its NUL
  return text;
}

Result<Bytes> base64_decode(std::string_view text, Padding padding) {
  Bytes out(most_bytes(text));
  NPK_ASSIGN(const std::size_t size, decode_into(out, text, padding));
  out.resize(size);
  return out;
}

Result<SecretBytes> base64_decode_secret(std::string_view text, Padding padding) {
  NPK_ASSIGN(SecretBytes out, SecretBytes::allocate(most_bytes(text)));
  NPK_ASSIGN(const std::size_t size, decode_into(out.span(), text, padding));
  out.shorten(size);
  return out;
}

}  // namespace npk::crypto
