// What fuzz targets of filters share: undoing a payload that may be hostile, and raw data that must come back.
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
  Bytes filtered(static_cast<std::size_t>(codec::most_filtered_bytes(id, raw.size(), true)));
  const auto length = codec::find_filter_encoder(id)->encode(raw, filtered);
  if (!length) return;
  require(*length <= filtered.size());
  const auto back = restore_filtered(id, ByteView(filtered).first(*length), raw.size(), raw.size());
  require(back.has_value() && std::ranges::equal(*back, raw));
}

// What decodes is filtered again and must come back; a prefix must be the prefix of the whole.
inline void test_payload(format::CodecId id, ByteView filtered, std::size_t raw_length, std::size_t wanted) {
  const auto whole = restore_filtered(id, filtered, raw_length, raw_length);
  const auto prefix = restore_filtered(id, filtered, raw_length, wanted);
  require(whole || whole.error().code == Errc::corrupt);
  require(prefix || prefix.error().code == Errc::corrupt);
  require(!whole || (prefix && std::equal(prefix->begin(), prefix->end(), whole->begin())));
  if (whole) expect_survives(id, *whole);
}

}  // namespace npk::fuzz
