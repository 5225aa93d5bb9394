// A file being written whose bytes can be read back and written at places, until it is committed.
#pragma once

#include <memory>

#include "npk/source.h"

namespace npk::io {

// One thread; source() as any.
class PlacedSink : public Sink {
 public:
  // At a position of the file, also beyond its end.
  [[nodiscard]] virtual Result<void> write_at(std::uint64_t position, ByteView bytes) = 0;
  // What has been written is on the disk before what follows.
  [[nodiscard]] virtual Result<void> sync() = 0;
  // The file as it is. Not to be used once the sink is committed or destroyed.
  [[nodiscard]] virtual const std::shared_ptr<RandomAccessSource>& source() const noexcept = 0;
};

// As create_atomic_file; Errc::misuse for what is not a regular file.
[[nodiscard]] Result<std::unique_ptr<PlacedSink>> create_placed_file(const std::string& path);

}  // namespace npk::io
