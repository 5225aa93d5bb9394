// What seeds are made of.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "hash/hash.h"
#include "npk/bytes.h"
#include "npk/format/ids.h"

namespace npk::fuzz {

inline Digest digest_of(std::string_view text) {
  return hash::blake3(as_bytes(text));
}

inline Bytes edited(ByteView bytes, std::size_t at, std::uint8_t value) {
  Bytes copy(bytes.begin(), bytes.end());
  copy[at] = value;
  return copy;
}

template <std::unsigned_integral... T>
Bytes numbers(T... values) {
  Bytes out;
  ByteWriter writer(out);
  (writer.write(values), ...);
  return out;
}

inline Bytes text_of(std::size_t size) {
  Bytes text;
  while (text.size() < size) {
    const std::string line = "line " + std::to_string(text.size() * 7919 % 1000) + " of some text\n";
    text.insert(text.end(), line.begin(), line.end());
  }
  text.resize(size);
  return text;
}

inline constexpr std::pair<const char*, format::CodecId> kCodecs[] = {{"store", format::CodecId::store},
                                                               {"zstd", format::CodecId::zstd},
                                                               {"lz4", format::CodecId::lz4},
                                                               {"lzma2", format::CodecId::lzma2}};

}  // namespace npk::fuzz
