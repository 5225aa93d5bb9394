// links: npk_format
// Input: a frame header; it is read as it is, and again with magic and checksum made right. The package tag is the
// header's own.
#include "fuzz/fuzz_input.h"
#include "npk/format/crc32c.h"
#include "npk/format/frame.h"

namespace {

using namespace npk;

void decode(ByteView bytes, bool wide) {
  format::PackageTag tag{};
  if (bytes.size() >= 16) std::copy_n(bytes.begin() + 8, tag.size(), tag.begin());
  const Limits limits = fuzz::limits(wide);
  const auto header = format::decode_frame_header(bytes, tag, limits);
  if (!header) return;
  fuzz::require(header->stored_length <= limits.max_frame_bytes, "a frame within the limits");
  fuzz::require(format::is_known(header->type) || (header->flags & format::kFrameMustUnderstand) == 0,
                "unknown frames may be skipped");
  fuzz::require(std::ranges::equal(format::encode_frame_header(*header), bytes.first(format::kFrameHeaderBytes)),
                "the same bytes again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode({data, size}, true);
  if (size < format::kFrameHeaderBytes) return 0;
  Bytes fixed(data, data + size);
  std::ranges::copy(format::kFrameMagic, fixed.begin());
  store_le(fixed.data() + 60, format::crc32c(ByteView(fixed).first(60)));
  decode(fixed, size % 2 == 0);
  return 0;
}
