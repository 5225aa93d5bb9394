#include "codec/compressibility.h"

#include <gtest/gtest.h>

#include <string_view>

#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSampleSizes[] = {1024, 5000, 65'536, 1U << 20, 4U << 20};

Bytes base64_bytes(std::size_t size) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes bytes = random_bytes(size, 5);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(kDigits[byte & 63]);
  return bytes;
}

// As entropy-coded JPEG data: random bits, a zero stuffed behind each 0xFF, a marker now and then.
Bytes jpeg_like_bytes(std::size_t size) {
  Bytes bytes;
  const Bytes source = random_bytes(size, 6);
  for (std::size_t i = 0; bytes.size() < size; ++i) {
    bytes.push_back(source[i]);
    if (source[i] == 0xFF) bytes.push_back(0);
    if (i % 4000 == 3999) bytes.insert(bytes.end(), {0xFF, static_cast<std::uint8_t>(0xD0 + i / 4000 % 8)});
  }
  bytes.resize(size);
  return bytes;
}

// Opcodes, small operands and addresses as in x86-64 code: uneven bytes, few long repeats.
Bytes machine_code_bytes(std::size_t size) {
  static constexpr std::uint8_t kOpcodes[] = {0x48, 0x89, 0x8B, 0x0F, 0xE8, 0x74, 0x75, 0x83, 0xC3, 0x00, 0xFF, 0x24};
  Bytes bytes = random_bytes(size, 7);
  for (std::size_t i = 0; i < size; ++i) {
    if (bytes[i] % 8 < 5) bytes[i] = kOpcodes[(bytes[i] / 8) % std::size(kOpcodes)];
  }
  return bytes;
}

TEST(Compressibility, MediaAndNoiseAreNoticed) {
  for (const std::size_t size : kSampleSizes) {
    EXPECT_TRUE(looks_incompressible(random_bytes(size, size))) << size;
    EXPECT_TRUE(looks_incompressible(jpeg_like_bytes(size))) << size;
  }
}

TEST(Compressibility, WhatShrinksIsNotGivenUp) {
  for (const std::size_t size : kSampleSizes) {
    EXPECT_FALSE(looks_incompressible(Bytes(size))) << size;
    EXPECT_FALSE(looks_incompressible(text_bytes(size, 1))) << size;
    EXPECT_FALSE(looks_incompressible(run_bytes(size, 1))) << size;
    EXPECT_FALSE(looks_incompressible(base64_bytes(size))) << size;
    EXPECT_FALSE(looks_incompressible(machine_code_bytes(size))) << size;
  }
}

TEST(Compressibility, RepeatedNoiseIsNotGivenUp) {
  const Bytes noise = random_bytes(20'000, 9);
  Bytes bytes;
  while (bytes.size() < (1U << 20)) bytes.insert(bytes.end(), noise.begin(), noise.end());
  EXPECT_FALSE(looks_incompressible(bytes));
}

TEST(Compressibility, TinyBlocksAreAlwaysTried) {
  for (const std::size_t size : {0U, 1U, 100U, 1023U}) EXPECT_FALSE(looks_incompressible(random_bytes(size, 1))) << size;
}

}  // namespace
}  // namespace npk::codec
