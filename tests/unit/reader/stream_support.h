// What tests of streams share: packages as readers, contents, and comparing with a slice.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "npk/files.h"
#include "npk/reader.h"
#include "support/package_builder.h"

namespace npk::test {

inline PackageReader open_package(const Bytes& bytes, std::uint64_t block_cache_bytes = 64U << 20) {
  ReaderOptions options;
  options.block_cache_bytes = block_cache_bytes;
  return PackageReader::open(memory_source(ByteView(bytes)), options).value();
}

inline FileStream stream_of(const PackageReader& reader, const std::string& path, const StreamOptions& options = {}) {
  return reader.open_stream(reader.find(path).value().value(), options).value();
}

inline ByteView slice(ByteView content, std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t begin = std::min<std::uint64_t>(offset, content.size());
  return content.subspan(static_cast<std::size_t>(begin),
                         static_cast<std::size_t>(std::min<std::uint64_t>(length, content.size() - begin)));
}

inline Bytes random_bytes(std::uint64_t seed, std::size_t size) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() & 0x3F);
  return bytes;
}

// One file of `blocks` blocks, each of `chunks` chunks of `chunk_bytes`: "file" in a package.
inline BuiltPackage blocks_package(std::size_t blocks, std::size_t chunks, std::size_t chunk_bytes,
                                   format::CodecId codec = format::CodecId::zstd) {
  PackageBuilder builder("blocks");
  BuiltEntry entry;
  entry.path = "file";
  entry.content = random_bytes(blocks, blocks * chunks * chunk_bytes);
  for (std::size_t block = 0; block < blocks; ++block) {
    std::vector<Bytes> raw;
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      const ByteView part = slice(entry.content, (block * chunks + chunk) * chunk_bytes, chunk_bytes);
      raw.emplace_back(part.begin(), part.end());
    }
    builder.block(raw, {.base = {}, .is_dictionary = false, .codec = codec});
  }
  entry.size = entry.content.size();
  entry.runs = {{0, blocks * chunks, entry.size}};
  entry.digest = Digest{};
  builder.commit({entry});
  builder.trailer();
  return {builder.bytes(), {entry}, 0};
}

// Reads the rest in pieces and compares.
inline void expect_rest(FileStream& stream, ByteView content, std::size_t piece) {
  Bytes out(piece);
  for (;;) {
    const std::uint64_t at = stream.position();
    const auto count = stream.read(out);
    ASSERT_TRUE(count) << count.error().to_string();
    if (*count == 0) break;
    ASSERT_TRUE(std::ranges::equal(ByteView(out).first(*count), slice(content, at, piece))) << "at " << at;
  }
  EXPECT_EQ(stream.position(), content.size());
}

}  // namespace npk::test
