// links: npk_format
// Input: encoding (1 byte), count (2 bytes, little-endian), a column. What is accepted must survive encoding again.
#include <cstdlib>
#include <vector>

#include "npk/format/integer_column.h"

namespace {

using Values = std::vector<std::uint64_t>;
using npk::format::ColumnEncoding;

void require(bool holds) {
  if (!holds) std::abort();
}

void expect_survives(ColumnEncoding encoding, const Values& values, const npk::Bytes& bytes) {
  Values back(values.size());
  require(npk::format::decode_integers(encoding, bytes, back).has_value());
  require(back == values);
}

void expect_known_refusal(npk::Errc code) {
  require(code == npk::Errc::truncated || code == npk::Errc::trailing_data || code == npk::Errc::corrupt ||
          code == npk::Errc::unsupported);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHeader = 3;
  if (size < kHeader) return 0;
  const auto encoding = static_cast<ColumnEncoding>(data[0]);
  Values values(npk::load_le<std::uint16_t>(data + 1));
  const auto status = npk::format::decode_integers(encoding, {data + kHeader, size - kHeader}, values);
  if (!status) {
    expect_known_refusal(status.error().code);
    return 0;
  }
  npk::Bytes same;
  require(npk::format::encode_integers_as(encoding, values, same).has_value());
  expect_survives(encoding, values, same);
  npk::Bytes smallest;
  expect_survives(npk::format::encode_integers(values, smallest), values, smallest);
  require(values.empty() || smallest.size() <= same.size());
  return 0;
}
