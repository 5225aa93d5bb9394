// What lines_filter_fuzz and delimited_filter_fuzz do. Input: a byte whose lowest bit says whether what follows is raw bytes, which must come back from the filter, or a
// raw length and a wanted length (3 bytes each, little-endian) and a filtered payload. What decodes is filtered again and must come
// back; a prefix must be the prefix of the whole.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"

namespace npk::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::size_t load_24(const std::uint8_t* from) { return from[0] | std::size_t{from[1]} << 8U | std::size_t{from[2]} << 16U; }

inline Result<Bytes> restore_filtered(format::CodecId id, ByteView filtered, std::size_t raw_length, std::size_t wanted) {
  Bytes out(wanted);
  const auto decoder = codec::find_filter(id)->create_decoder();
  NPK_TRY(codec::restore_prefix(*decoder, filtered.size(), raw_length, out, [&](std::uint64_t n) -> Result<ByteView> {
    require(n <= filtered.size());
    return filtered.first(static_cast<std::size_t>(n));
  }));
  return out;
}

inline void expect_survives(format::CodecId id, ByteView raw) {
  Bytes filtered(raw.size() + codec::kMaxFilterGrowth);
  const auto length = codec::find_filter_encoder(id)->encode(raw, filtered);
  if (!length) return;
  require(*length <= filtered.size());
  const auto back = restore_filtered(id, ByteView(filtered).first(*length), raw.size(), raw.size());
  require(back.has_value() && std::ranges::equal(*back, raw));
}

inline void test_template_filter(format::CodecId id, ByteView data) {
  constexpr std::size_t kHeader = 7, kMostRaw = 1U << 18;
  if (data.empty()) return;
  if (data[0] % 2 == 0) return expect_survives(id, data.subspan(1));
  if (data.size() < kHeader) return;
  const std::size_t raw_length = load_24(data.data() + 1) % kMostRaw;
  const std::size_t wanted = std::min(raw_length, load_24(data.data() + 4));
  const ByteView filtered = data.subspan(kHeader);
  const auto whole = restore_filtered(id, filtered, raw_length, raw_length);
  const auto prefix = restore_filtered(id, filtered, raw_length, wanted);
  require(whole || whole.error().code == Errc::corrupt);
  require(prefix || prefix.error().code == Errc::corrupt);
  require(!whole || (prefix && std::equal(prefix->begin(), prefix->end(), whole->begin())));
  if (whole) expect_survives(id, *whole);
}

}  // namespace npk::fuzz
