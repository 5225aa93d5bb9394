// links: npk_format npk_io
// also: spec/vectors/parts*.npk.0*
// Input: a part of a package. Its header is read as it is, and again with the checksum made right; what is accepted is what would be written.
// Then the whole of it as what comes through a pipe: never more comes out than went in.
#include "fuzz/fuzz_input.h"
#include "npk/files.h"
#include "npk/format/crc32c.h"
#include "npk/format/volume.h"

namespace {

using namespace npk;

void decode(ByteView bytes) {
  const auto header = format::decode_volume_header(bytes);
  if (!header) return;
  fuzz::require(std::ranges::equal(format::encode_volume_header(*header), bytes.first(format::kVolumeHeaderBytes)), "the same bytes again");
}

void stream(ByteView bytes) {
  const auto inner = sequential_source(memory_source(bytes));
  const auto joined = joined_volumes(*inner);
  Bytes piece(61);
  std::size_t total = 0;
  for (;;) {
    const auto count = joined->read(piece);
    if (!count || *count == 0) break;
    total += *count;
    fuzz::require(total <= bytes.size(), "no more than there is");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode({data, size});
  stream({data, size});
  Bytes fixed(data, data + size);
  if (size < format::kVolumeHeaderBytes) return 0;
  std::ranges::copy(format::kVolumeMagic, fixed.begin());
  store_le(fixed.data() + 60, format::crc32c(ByteView(fixed).first(60)));
  decode(fixed);
  stream(fixed);
  return 0;
}
