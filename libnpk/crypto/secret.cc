#include "npk/secret.h"

#include <algorithm>
#include <atomic>
#include <sodium.h>
#include <utility>

#include "crypto/guarded_memory.h"
#include "crypto/sodium.h"

namespace npk {

Result<void> crypto::start_sodium() {
  // No static of the function: a child forked while another thread initialises it would wait for its guard for ever.
  static constinit std::atomic<bool> started{false};
  if (started.load(std::memory_order_acquire)) return {};
  if (::sodium_init() < 0) return fail(Errc::internal, "libsodium can't be started");
  started.store(true, std::memory_order_release);
  return {};
}

Result<SecretBytes> SecretBytes::allocate(std::size_t size) {
  NPK_TRY(crypto::start_sodium());
  SecretBytes out;
  if (size == 0) return out;
  out.data_ = static_cast<std::uint8_t*>(crypto::take_guarded_memory(size));
  if (out.data_ == nullptr) return fail(Errc::limit, "no guarded memory is left for a secret");
  out.size_ = out.allocated_ = size;
  ::sodium_memzero(out.data_, size);
  return out;
}

Result<SecretBytes> SecretBytes::copy_of(ByteView bytes) {
  NPK_ASSIGN(SecretBytes out, allocate(bytes.size()));
  std::ranges::copy(bytes, out.span().begin());
  return out;
}

Result<SecretBytes> SecretBytes::copy_of(std::string_view text) {
  return copy_of(as_bytes(text));
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), allocated_(std::exchange(other.allocated_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  SecretBytes old(std::move(other));
  std::swap(data_, old.data_);
  std::swap(size_, old.size_);
  std::swap(allocated_, old.allocated_);
  return *this;
}

SecretBytes::~SecretBytes() {
  if (data_ != nullptr) crypto::give_back_guarded_memory({data_, allocated_});  // wipes it
}

void SecretBytes::shorten(std::size_t size) noexcept {
  wipe(span().subspan(size));
  size_ = size;
}

void wipe(MutableBytes bytes) noexcept { ::sodium_memzero(bytes.data(), bytes.size()); }

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && ::sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace npk
