// links: npk_format
// Input: a superblock; it is read as it is, and again with magic and checksum made right. What is accepted is what
// would be written.
#include "fuzz/fuzz_input.h"
#include "npk/format/crc32c.h"
#include "npk/format/superblock.h"

namespace {

using namespace npk;

void decode(ByteView bytes) {
  const auto superblock = format::decode_superblock(bytes);
  if (!superblock) return;
  fuzz::require(std::ranges::equal(format::encode_superblock(*superblock), bytes.first(format::kSuperblockBytes)),
                "the same bytes again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode({data, size});
  Bytes fixed(data, data + size);
  if (size < format::kSuperblockBytes) return 0;
  std::ranges::copy(format::kSuperblockMagic, fixed.begin());
  store_le(fixed.data() + 92, format::crc32c(ByteView(fixed).first(92)));
  decode(fixed);
  return 0;
}
