// Memory for keys and passphrases: locked into RAM where the system allows, between guard pages, left out of core dumps,
// wiped when it goes (libsodium's guarded heap). Not copyable by accident.
#pragma once

#include <cstddef>
#include <string_view>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk {

// Owns its bytes. Not thread-safe; distinct objects may be used at once. A moved-from object is empty.
class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  // `size` zero bytes. Errors: limit (no memory is left that can be guarded).
  [[nodiscard]] static Result<SecretBytes> allocate(std::size_t size);
  // The caller still has to wipe what it copies from: wipe().
  [[nodiscard]] static Result<SecretBytes> copy_of(ByteView bytes);
  [[nodiscard]] static Result<SecretBytes> copy_of(std::string_view text);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  [[nodiscard]] Result<SecretBytes> clone() const { return copy_of(view()); }
  [[nodiscard]] ByteView view() const noexcept { return {data_, size_}; }
  [[nodiscard]] MutableBytes span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  // Only the first `size` bytes stay; the others are wiped. `size` is at most size().
  void shorten(std::size_t size) noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t allocated_ = 0;
};

// Overwrites bytes in a way the compiler does not leave out.
void wipe(MutableBytes bytes) noexcept;

// Whether they are equal, in a time that depends on the sizes alone.
[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace npk
