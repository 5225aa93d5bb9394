// Interleaving planes of bytes with vectors of kBytes, and back; included by kernels, which give it an instruction set by inlining it.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace npk::codec::numeric {

template <std::size_t kBytes>
struct PlaneVectors {
  typedef std::uint8_t Vector __attribute__((vector_size(kBytes)));
  typedef std::uint64_t Words __attribute__((vector_size(kBytes)));
  template <std::size_t kCount>
  using Vectors = Vector[kCount];

  // a0 b0 a1 b1 …
  template <std::size_t... I>
  [[gnu::always_inline]] static void interleave(const Vector& a, const Vector& b, Vector& low, Vector& high, std::index_sequence<I...>) noexcept {
    low = __builtin_shufflevector(a, b, static_cast<int>(I / 2 + I % 2 * kBytes)...);
    high = __builtin_shufflevector(a, b, static_cast<int>(kBytes / 2 + I / 2 + I % 2 * kBytes)...);
  }
  template <std::size_t... I>
  [[gnu::always_inline]] static void part(const Vector& a, const Vector& b, Vector& even, Vector& odd, std::index_sequence<I...>) noexcept {
    even = __builtin_shufflevector(a, b, static_cast<int>(2 * I)...);
    odd = __builtin_shufflevector(a, b, static_cast<int>(2 * I + 1)...);
  }

  template <std::size_t kCount>
  [[gnu::always_inline]] static void join(Vectors<kCount>& vectors) noexcept {
    if constexpr (kCount > 1) {
      Vectors<kCount / 2> even, odd;
      for (std::size_t i = 0; i < kCount / 2; ++i) even[i] = vectors[2 * i], odd[i] = vectors[2 * i + 1];
      join<kCount / 2>(even);
      join<kCount / 2>(odd);
      for (std::size_t i = 0; i < kCount / 2; ++i) interleave(even[i], odd[i], vectors[2 * i], vectors[2 * i + 1], std::make_index_sequence<kBytes>());
    }
  }
  template <std::size_t kCount>
  [[gnu::always_inline]] static void split(Vectors<kCount>& vectors) noexcept {
    if constexpr (kCount > 1) {
      Vectors<kCount / 2> even, odd;
      for (std::size_t i = 0; i < kCount / 2; ++i) part(vectors[2 * i], vectors[2 * i + 1], even[i], odd[i], std::make_index_sequence<kBytes>());
      split<kCount / 2>(even);
      split<kCount / 2>(odd);
      for (std::size_t i = 0; i < kCount / 2; ++i) vectors[2 * i] = even[i], vectors[2 * i + 1] = odd[i];
    }
  }

  // Of each word of 8 bytes, bit c of byte r and bit r of byte c change places.
  [[gnu::always_inline]] static void transpose_bits(Vector& bytes) noexcept {
    Words words = reinterpret_cast<Words>(bytes);
    Words swapped = (words ^ (words >> 7)) & 0x00AA00AA00AA00AAULL;
    words ^= swapped ^ (swapped << 7);
    swapped = (words ^ (words >> 14)) & 0x0000CCCC0000CCCCULL;
    words ^= swapped ^ (swapped << 14);
    swapped = (words ^ (words >> 28)) & 0x00000000F0F0F0F0ULL;
    words ^= swapped ^ (swapped << 28);
    bytes = reinterpret_cast<Vector>(words);
  }

  // Whole vectors of records; says how many records.
  template <std::size_t kCount, bool kBits>
  [[gnu::always_inline]] static std::size_t join_all(const std::uint8_t* const* planes, std::size_t records, std::uint8_t* out) noexcept {
    std::size_t at = 0;
    for (; at + kBytes <= records; at += kBytes, out += kCount * kBytes) {
      Vectors<kCount> vectors;
      for (std::size_t i = 0; i < kCount; ++i) std::memcpy(&vectors[i], planes[i] + at, kBytes);
      join<kCount>(vectors);
      for (std::size_t i = 0; i < kCount; ++i) {
        if constexpr (kBits) transpose_bits(vectors[i]);
        std::memcpy(out + i * kBytes, &vectors[i], kBytes);
      }
    }
    return at;
  }
  template <std::size_t kCount, bool kBits>
  [[gnu::always_inline]] static std::size_t split_all(const std::uint8_t* in, std::size_t records, std::uint8_t* const* planes) noexcept {
    std::size_t at = 0;
    for (; at + kBytes <= records; at += kBytes, in += kCount * kBytes) {
      Vectors<kCount> vectors;
      for (std::size_t i = 0; i < kCount; ++i) {
        std::memcpy(&vectors[i], in + i * kBytes, kBytes);
        if constexpr (kBits) transpose_bits(vectors[i]);
      }
      split<kCount>(vectors);
      for (std::size_t i = 0; i < kCount; ++i) std::memcpy(planes[i] + at, &vectors[i], kBytes);
    }
    return at;
  }
};


}  // namespace npk::codec::numeric
