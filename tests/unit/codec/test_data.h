// Deterministic data of several kinds for the codec tests.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "npk/bytes.h"

namespace npk::codec {

inline Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
  return bytes;
}

inline Bytes text_bytes(std::size_t size, std::uint64_t seed) {
  static constexpr std::string_view kWords[] = {"the ", "package ", "of ", "block", "s and ", "a ", "reader\n", "0.5 ", "(", ") "};
  std::mt19937_64 generator(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const ByteView word = as_bytes(kWords[generator() % std::size(kWords)]);
    bytes.insert(bytes.end(), word.begin(), word.end());
  }
  bytes.resize(size);
  return bytes;
}

// Runs of equal bytes of random lengths with noise between.
inline Bytes run_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    bytes.insert(bytes.end(), generator() % 300, static_cast<std::uint8_t>(generator()));
    bytes.push_back(static_cast<std::uint8_t>(generator()));
  }
  bytes.resize(size);
  return bytes;
}

struct DataKind {
  std::string_view name;
  Bytes (*make)(std::size_t size, std::uint64_t seed);
};

inline constexpr DataKind kDataKinds[] = {
    {"random", random_bytes},
    {"text", text_bytes},
    {"runs", run_bytes},
    {"zeros", [](std::size_t size, std::uint64_t) { return Bytes(size); }},
};

}  // namespace npk::codec
