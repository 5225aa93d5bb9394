// links: npk_format
// Input: a trailer's body; it is read as it is, and again with its end made right. What is accepted is what would be
// written.
#include "fuzz/fuzz_input.h"
#include "npk/format/commit.h"
#include "npk/format/frame.h"

namespace {

using namespace npk;

void decode(ByteView body) {
  const auto length = format::locate_trailer(body);
  fuzz::require(!length || *length <= format::kMaxTrailerFrameBytes, "a trailer within its limit");
  const auto trailer = format::decode_trailer(body);
  if (!trailer) return;
  fuzz::require(std::ranges::equal(format::encode_trailer(*trailer), body), "the same bytes again");
  fuzz::require(format::trailer_body_bytes(*trailer) == body.size(), "its length known before");
  fuzz::require(length && *length == format::kFrameHeaderBytes + body.size(), "found from its end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode({data, size});
  if (size < format::kEndMagicBytes) return 0;
  Bytes fixed(data, data + size);
  const Bytes end = format::encode_trailer({});
  std::copy_n(end.end() - format::kEndMagicBytes, format::kEndMagicBytes, fixed.end() - format::kEndMagicBytes);
  store_le(fixed.data() + size - format::kEndMagicBytes, static_cast<std::uint32_t>(format::kFrameHeaderBytes + size));
  decode(fixed);
  return 0;
}
