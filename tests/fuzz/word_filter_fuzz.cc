// links: npk_codec_encode npk_codec_decode
// Input: raw length (3 bytes, little-endian), wanted length (3 bytes), a filtered payload. What decodes is filtered
// again and must come back; a prefix must be the prefix of the whole.
#include <algorithm>
#include <cstdlib>

#include "codec/word_filter.h"

namespace {

using npk::Bytes, npk::ByteView;

void require(bool holds) {
  if (!holds) std::abort();
}

std::size_t load_24(const std::uint8_t* from) {
  return from[0] | std::size_t{from[1]} << 8U | std::size_t{from[2]} << 16U;
}

npk::Result<Bytes> restore(ByteView filtered, std::size_t raw_length, std::size_t wanted) {
  Bytes out(wanted);
  npk::codec::WordRestorer restorer;
  NPK_TRY(npk::codec::restore_prefix(restorer, filtered.size(), raw_length, out, [&](std::uint64_t n) -> npk::Result<ByteView> {
    require(n <= filtered.size());
    return filtered.first(static_cast<std::size_t>(n));
  }));
  return out;
}

void expect_survives(const Bytes& raw, std::optional<std::size_t> (*encode)(ByteView raw, npk::MutableBytes out)) {
  Bytes filtered(raw.size());
  const auto length = encode(raw, filtered);
  if (!length) return;
  require(*length <= raw.size() - raw.size() / 10);
  const auto back = restore(ByteView(filtered).first(*length), raw.size(), raw.size());
  require(back.has_value() && *back == raw);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHeader = 6, kMostRaw = 1U << 18;
  if (size < kHeader) return 0;
  const std::size_t raw_length = load_24(data) % kMostRaw;
  const std::size_t wanted = std::min(raw_length, load_24(data + 3));
  const ByteView filtered(data + kHeader, size - kHeader);
  const auto whole = restore(filtered, raw_length, raw_length);
  const auto prefix = restore(filtered, raw_length, wanted);
  require(whole || whole.error().code == npk::Errc::corrupt);
  require(prefix || prefix.error().code == npk::Errc::corrupt);
  require(!whole || (prefix && std::equal(prefix->begin(), prefix->end(), whole->begin())));
  const Bytes raw = whole ? *whole : Bytes(filtered.begin(), filtered.end());
  expect_survives(raw, npk::codec::WordFilter::encode);
  expect_survives(raw, npk::codec::WordFilter::encode_smaller);
  return 0;
}
