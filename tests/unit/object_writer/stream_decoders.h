// What a reader of zstd or gzip gets out of a stream.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "npk/bytes.h"

namespace npk::testing {

inline Bytes unpack_zstd(ByteView stored, std::size_t most) {
  Bytes plain(most);
  const std::size_t count = ::ZSTD_decompress(plain.data(), plain.size(), stored.data(), stored.size());
  EXPECT_EQ(::ZSTD_isError(count), 0U) << ::ZSTD_getErrorName(count);
  plain.resize(::ZSTD_isError(count) != 0 ? 0 : count);
  return plain;
}

inline Bytes unpack_gzip(ByteView stored, std::size_t most) {
  Bytes plain(most + 1), in(stored.begin(), stored.end());
  z_stream stream{};
  EXPECT_EQ(::inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = plain.data();
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  plain.resize(stream.total_out);
  ::inflateEnd(&stream);
  return plain;
}

}  // namespace npk::testing
