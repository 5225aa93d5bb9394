// A file being written whose bytes can be read back and written at places, until it is committed.
#pragma once

#include <cstdint>
#include <memory>

#include "npk/source.h"

namespace npk::io {

// One thread; source() and write_at() as any, also at once.
class PlacedSink : public Sink {
 public:
  // At a position of the file, also beyond its end.
  [[nodiscard]] virtual Result<void> write_at(std::uint64_t position, ByteView bytes) = 0;
  // What has been written is on the disk before what follows.
  [[nodiscard]] virtual Result<void> sync() = 0;
  // The file as it is. Not to be used once the sink is committed or destroyed.
  [[nodiscard]] virtual const std::shared_ptr<RandomAccessSource>& source() const noexcept = 0;
};

enum class PageCache : std::uint8_t { use, bypass };
inline constexpr std::size_t kDirectAlignment = 4096;

// As create_atomic_file; Errc::misuse for what is not a regular file. Bypassing the page cache (O_DIRECT), all that is written must lie and be
// long in multiples of kDirectAlignment, but for the last write: from the first odd length on, the page cache is used. Errc::unsupported where the
// file system has no such thing.
[[nodiscard]] Result<std::unique_ptr<PlacedSink>> create_placed_file(const std::string& path, PageCache cache = PageCache::use);

}  // namespace npk::io
