// What the tests of integer columns share: short forms of the calls, and encodings known byte for byte.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "npk/format/integer_column.h"

namespace npk::format {

using Values = std::vector<std::uint64_t>;
using enum ColumnEncoding;

inline constexpr std::array kEncodings{constant, frame_of_reference, delta, zero_run, dictionary};
inline constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

inline std::string name_of(ColumnEncoding encoding) {
  return "encoding " + std::to_string(std::to_underlying(encoding));
}

inline Bytes encoded_as(ColumnEncoding encoding, const Values& values) {
  Bytes bytes;
  const auto status = encode_integers_as(encoding, values, bytes);
  EXPECT_TRUE(status) << name_of(encoding) << ": " << status.error().to_string();
  return bytes;
}

inline Result<Values> decoded(ColumnEncoding encoding, ByteView bytes, std::size_t count) {
  Values values(count, 0xDEAD);
  NPK_TRY(decode_integers(encoding, bytes, values));
  return values;
}

struct Golden {
  ColumnEncoding encoding;
  Values values;
  Bytes bytes;
};

// The worked examples of the spec, and the shortest forms.
inline const std::vector<Golden>& golden() {
  static const std::vector<Golden> cases{
      {constant, {}, {}},
      {constant, {0, 0, 0}, {0x00}},
      {constant, {1000, 1000}, {0x02, 0xE8, 0x03}},
      {constant, {kLargest}, {0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}},
      {frame_of_reference, {1000, 1003, 1001, 1007, 1000}, {0x03, 0x02, 0xE8, 0x03, 0x58, 0x0E}},
      {frame_of_reference, {0, 255}, {0x08, 0x00, 0x00, 0xFF}},
      {delta, {100, 110, 119, 131}, {0x01, 0x64, 0x02, 0x01, 0x12, 0x31}},
      {delta, {7}, {0x01, 0x07, 0x00, 0x00}},
      {delta, {5, 3, 1}, {0x01, 0x05, 0x00, 0x01, 0x03}},
      {zero_run, {0, 0, 9, 0, 0, 0, 12, 0}, {0x01, 0x02, 0x01, 0x01, 0x02, 0x02, 0x02, 0x01, 0x09, 0x0C}},
      {zero_run, {0, 0}, {0x00}},
      {dictionary,
       {7, 500, 7, 7, 500, 7, 500, 9000, 7},
       {0x01, 0x02, 0x01, 0x07, 0x00, 0x02, 0xDA, 0x03, 0x52, 0x00,
        0x01, 0x01, 0x00, 0x01, 0x07, 0x00, 0x02, 0x28, 0x23}},
      {dictionary, {3, 3}, {0x01, 0x01, 0x01, 0x03, 0x00, 0x00, 0x00}},
  };
  return cases;
}

}  // namespace npk::format
