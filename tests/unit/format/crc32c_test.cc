#include "npk/format/crc32c.h"

#include <gtest/gtest.h>

namespace npk::format {
namespace {

// RFC 3720, B.4.
TEST(Crc32c, OfKnownBytes) {
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(Bytes(32)), 0x8A9136AAU);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, InPiecesCutAnywhere) {
  const ByteView bytes = as_bytes("bytes that are cut in two at every place");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
    EXPECT_EQ(crc32c(bytes.subspan(cut), crc32c(bytes.first(cut))), crc32c(bytes)) << cut;
}

}  // namespace
}  // namespace npk::format
