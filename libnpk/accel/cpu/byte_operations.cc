#include <blake3.h>
#include <lz4.h>

#include <bit>
#include <numeric>

#include "accel/cpu/operations.h"
#include "accel/cpu/value_arrays.h"
#include "accel/operation_rules.h"

namespace npk::accel::cpu {
namespace {

// log2(value) * 65536, rounded down: integers, as kernels/histogram.cl has it. value > 0.
std::uint64_t log2_in_65536ths(std::uint32_t value) noexcept {
  std::uint64_t result = static_cast<std::uint64_t>(std::bit_width(value)) - 1;
  std::uint64_t mantissa = std::uint64_t{value} << (31 - result);
  for (int i = 0; i < 16; ++i) {
    mantissa = mantissa * mantissa >> 31;
    const std::uint64_t bit = mantissa >> 32;
    mantissa >>= bit;
    result = result << 1 | bit;
  }
  return result;
}

// Four rows of counts, so that a run of one byte does not wait for its own count.
std::array<std::uint32_t, 256> count_bytes(ByteView bytes) noexcept {
  std::array<std::array<std::uint32_t, 256>, 4> rows{};
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4)
    for (std::size_t row = 0; row < 4; ++row) ++rows[row][bytes[i + row]];
  for (; i < bytes.size(); ++i) ++rows[0][bytes[i]];
  for (std::size_t byte = 0; byte < 256; ++byte) rows[0][byte] += rows[1][byte] + rows[2][byte] + rows[3][byte];
  return rows[0];
}

// liblz4 takes a match of distance 0 for one of zeros; the format's description calls it wrong, and so do we. False also where the input ends
// within a token: liblz4 refuses that anyway.
bool has_distances(ByteView input) noexcept {
  std::size_t at = 0;
  const auto add_length = [&](std::size_t length) {
    if (length % 15 != 0 || length == 0) return length;
    while (at < input.size()) {
      length += input[at];
      if (input[at++] != 255) break;
    }
    return length;
  };
  while (at < input.size()) {
    const std::uint8_t token = input[at++];
    const std::size_t literals = add_length(token >> 4);
    if (literals > input.size() - at) return false;
    at += literals;
    if (at == input.size()) return true;
    if (input.size() - at < 2) return false;
    if (input[at] == 0 && input[at + 1] == 0) return false;
    at += 2;
    add_length(token & 15U);
  }
  return true;
}

}  // namespace

Outcome histogram(const Work& work) noexcept {
  const std::array<std::uint32_t, 256> counts = count_bytes(work.input);
  const std::uint64_t all = work.input.empty() ? 0 : log2_in_65536ths(static_cast<std::uint32_t>(work.input.size()));
  std::uint64_t information = 0;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    store_le(work.output.data() + 4 * byte, counts[byte]);
    if (counts[byte] != 0) information += counts[byte] * (all - log2_in_65536ths(counts[byte]));
  }
  store_le(work.output.data() + 1024, information);
  return {work.expected_bytes};
}

NeedleSet::NeedleSet(std::span<const ByteView> needles) : needles_(needles), order_(needles.size()) {
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::sort(order_, {}, [&](std::uint32_t needle) { return std::pair(needles_[needle].front(), needle); });
  for (const ByteView needle : needles_) ++first_of_[needle.front() + 1U];
  for (std::size_t byte = 0; byte < 256; ++byte) first_of_[byte + 1] += first_of_[byte];
}

Outcome NeedleSet::match(const Work& work) const noexcept {
  const MutableValues out(work.output);
  const std::uint64_t room = work.output.size() / 8;
  std::uint64_t found = 0;
  for (std::size_t at = 0; at < work.input.size(); ++at) {
    const std::uint8_t first = work.input[at];
    for (std::uint32_t row = first_of_[first]; row < first_of_[first + 1U]; ++row) {
      const ByteView needle = needles_[order_[row]];
      if (needle.size() > work.input.size() - at || std::memcmp(needle.data(), work.input.data() + at, needle.size()) != 0) continue;
      if (found < room) out.set(found, std::uint64_t{at} << 32 | order_[row]);
      ++found;
    }
  }
  return {found * 8, found > room ? ItemStatus::no_room : ItemStatus::ok};
}

Outcome cut_points(const Work& work, std::span<const std::uint64_t> gear, const CutBounds& bounds) noexcept {
  const MutableValues out(work.output);
  const std::uint64_t room = work.output.size() / 8;
  std::uint64_t hash = 0, found = 0;
  for (std::size_t at = 0; at < work.input.size(); ++at) {
    hash = (hash << 1) + gear[work.input[at]];
    if (at < work.parameter || hash >= bounds.loose) continue;
    if (found < room) out.set(found, (at + 1 - work.parameter) | std::uint64_t{hash < bounds.strict} << 32);
    ++found;
  }
  return {found * 8, found > room ? ItemStatus::no_room : ItemStatus::ok};
}

Outcome blake3(const Work& work) noexcept {
  blake3_hasher hasher;
  blake3_hasher_init(&hasher);
  blake3_hasher_update(&hasher, work.input.data(), work.input.size());
  blake3_hasher_finalize(&hasher, work.output.data(), kDigestBytes);
  return {work.expected_bytes};
}

Outcome lz4_decode(const Work& work) noexcept {
  if (work.input.size() > LZ4_MAX_INPUT_SIZE || work.output.size() > INT32_MAX || !has_distances(work.input)) return {0, ItemStatus::corrupt};
  std::uint8_t nothing = 0;  // where there is no room there is no address either
  const int bytes = LZ4_decompress_safe(reinterpret_cast<const char*>(work.input.data()),
                                        reinterpret_cast<char*>(work.output.empty() ? &nothing : work.output.data()),
                                        static_cast<int>(work.input.size()), static_cast<int>(work.output.size()));
  if (bytes < 0) return {0, ItemStatus::corrupt};
  return {static_cast<std::uint64_t>(bytes)};
}

}  // namespace npk::accel::cpu
