#include <blake3.h>

#include <new>

#include "hash/hash.h"

namespace npk::hash {
namespace {

blake3_hasher* hasher(std::byte* state) noexcept { return std::launder(reinterpret_cast<blake3_hasher*>(state)); }
const blake3_hasher* hasher(const std::byte* state) noexcept {
  return std::launder(reinterpret_cast<const blake3_hasher*>(state));
}

}  // namespace

// A blake3_hasher is trivially copyable, so copies of the bytes are copies of the state.
Blake3::Blake3() noexcept {
  static_assert(sizeof(blake3_hasher) <= kStateBytes && alignof(blake3_hasher) <= 16);
  blake3_hasher_init(new (state_.data()) blake3_hasher);
}

Blake3 Blake3::derive_key(std::string_view context) noexcept {
  Blake3 result;
  blake3_hasher_init_derive_key_raw(hasher(result.state_.data()), context.data(), context.size());
  return result;
}

void Blake3::update(ByteView bytes) noexcept {
  blake3_hasher_update(hasher(state_.data()), bytes.data(), bytes.size());
}

Digest Blake3::finish() const noexcept {
  Digest digest;
  blake3_hasher_finalize(hasher(state_.data()), digest.data(), digest.size());
  return digest;
}

Digest blake3(ByteView bytes) noexcept {
  Blake3 state;
  state.update(bytes);
  return state.finish();
}

void append_hex(std::string& out, ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

std::string hex_of(ByteView bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

}  // namespace npk::hash
