#include "integer_column_bits.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <utility>

namespace npk::format::bits {
namespace {

// Eight integers of W bits take exactly W bytes: the unit of the kernels, whose shifts are all known when compiling.
constexpr std::size_t kGroup = 8;
constexpr std::size_t kWidths = 65;
constexpr std::size_t kOverread = 8;  // unpack_group may load (not use) so many bytes beyond its group

std::uint64_t load_word(const std::uint8_t* from) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
  } else {
    return load_le<std::uint64_t>(from);
  }
}

template <unsigned W>
constexpr std::uint64_t mask() noexcept {
  return W == 64 ? ~0ULL : (1ULL << W % 64) - 1;
}

template <unsigned W>
void unpack_group(const std::uint8_t* in, std::uint64_t base, std::uint64_t* out) noexcept {
  for (unsigned i = 0; i < kGroup; ++i) {
    const unsigned shift = i * W % 8;
    const std::uint8_t* from = in + i * W / 8;
    std::uint64_t value = W == 0 ? 0 : load_word(from) >> shift;
    if (shift + W > 64) value |= static_cast<std::uint64_t>(from[8]) << (64 - shift) % 64;
    out[i] = base + (value & mask<W>());
  }
}

template <unsigned W>
void unpack_groups(const std::uint8_t* in, std::size_t groups, std::uint64_t base, std::uint64_t* out) noexcept {
  for (; groups > 0; --groups, in += W, out += kGroup) {
    unpack_group<W>(in, base, out);
    // Costs nothing, but keeps the compiler from vectorising across groups: g++ 12 makes W = 48 nine times slower so.
    std::atomic_signal_fence(std::memory_order_acq_rel);
  }
}

template <unsigned W>
void pack_group(const std::uint64_t* in, std::uint64_t base, std::uint8_t* out) noexcept {
  std::array<std::uint64_t, W / 8 + 2> words{};
  for (unsigned i = 0; i < kGroup; ++i) {
    const unsigned word = i * W / 64;
    const unsigned shift = i * W % 64;
    const std::uint64_t value = in[i] - base;
    words[word] |= value << shift;
    if (shift + W > 64) words[word + 1] |= value >> (64 - shift) % 64;
  }
  if constexpr (std::endian::native != std::endian::little)
    for (std::uint64_t& word : words) store_le(reinterpret_cast<std::uint8_t*>(&word), word);
  if constexpr (W > 0) std::memcpy(out, words.data(), W);  // not with a null `out`, even of no bytes
}

template <unsigned W>
void pack_groups(const std::uint64_t* in, std::size_t groups, std::uint64_t base, std::uint8_t* out) noexcept {
  for (; groups > 0; --groups, in += kGroup, out += W) {
    pack_group<W>(in, base, out);
    std::atomic_signal_fence(std::memory_order_acq_rel);  // as above
  }
}

using Unpack = void (*)(const std::uint8_t*, std::size_t, std::uint64_t, std::uint64_t*) noexcept;
using Pack = void (*)(const std::uint64_t*, std::size_t, std::uint64_t, std::uint8_t*) noexcept;

constexpr auto kUnpack = []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
  return std::array<Unpack, kWidths>{&unpack_groups<W>...};
}(std::make_integer_sequence<unsigned, kWidths>{});
constexpr auto kPack = []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
  return std::array<Pack, kWidths>{&pack_groups<W>...};
}(std::make_integer_sequence<unsigned, kWidths>{});

// Groups that may be loaded in place: each needs its own bytes and kOverread more.
std::size_t groups_in_place(std::size_t bytes, std::size_t count, unsigned width) noexcept {
  if (width == 0) return count / kGroup;
  return bytes < kOverread ? 0 : std::min(count / kGroup, (bytes - kOverread) / width);
}

}  // namespace

void pack(std::span<const std::uint64_t> values, std::uint64_t base, unsigned width, Bytes& out) {
  const std::size_t at = out.size();
  out.resize(at + packed_size(values.size(), width));
  const std::size_t groups = values.size() / kGroup;
  kPack[width](values.data(), groups, base, out.data() + at);
  const auto rest = values.subspan(groups * kGroup);
  if (rest.empty() || width == 0) return;
  std::array<std::uint64_t, kGroup> last;
  last.fill(base);
  std::ranges::copy(rest, last.begin());
  std::array<std::uint8_t, 64> bytes;
  kPack[width](last.data(), 1, base, bytes.data());
  std::memcpy(out.data() + at + groups * width, bytes.data(), packed_size(rest.size(), width));
}

void unpack(ByteView packed, unsigned width, std::uint64_t base, std::span<std::uint64_t> out) {
  const std::size_t groups = groups_in_place(packed.size(), out.size(), width);
  kUnpack[width](packed.data(), groups, base, out.data());
  packed = packed.subspan(groups * width);
  out = out.subspan(groups * kGroup);
  while (!out.empty()) {
    std::array<std::uint8_t, 64 + kOverread> bytes{};
    std::array<std::uint64_t, kGroup> values;
    const std::size_t take = std::min<std::size_t>(packed.size(), width);
    std::copy_n(packed.begin(), take, bytes.begin());
    kUnpack[width](bytes.data(), 1, base, values.data());
    const std::size_t count = std::min(out.size(), kGroup);
    std::copy_n(values.begin(), count, out.begin());
    packed = packed.subspan(take);
    out = out.subspan(count);
  }
}

bool padding_is_zero(ByteView packed, std::size_t count, unsigned width) noexcept {
  const auto used = static_cast<unsigned>(count % 8 * width % 8);
  return used == 0 || packed.back() >> used == 0;
}

}  // namespace npk::format::bits
