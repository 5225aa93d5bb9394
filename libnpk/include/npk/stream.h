// One entry's content as a stream.
//
// Threads: read_at is const and safe from many threads on one stream; everything that moves the position is for one
// thread at a time. Lifetime: a stream keeps its package open. Content is checked (BLAKE3 of each stored block) before
// any byte of it is handed out.
#pragma once

#include <cstdint>
#include <memory>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk {

class FileStream {
 public:
  FileStream(FileStream&&) noexcept;
  FileStream& operator=(FileStream&&) noexcept;
  ~FileStream();

  [[nodiscard]] std::uint64_t size() const noexcept;
  [[nodiscard]] std::uint64_t position() const noexcept;

  // Reads at the position and advances it. 0 means the end (out must not be empty). Short only at the end.
  [[nodiscard]] Result<std::size_t> read(MutableBytes out);
  // Reads at `offset`; the position stays. Short only at the end; 0 at or past it.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const;
  // Absolute. Beyond size(): Errc::misuse, position unchanged.
  [[nodiscard]] Result<void> seek(std::uint64_t offset);

  // Closed streams answer size() and position(); all else is Errc::misuse. Closing twice is harmless.
  void close() noexcept;
  [[nodiscard]] bool is_closed() const noexcept;

  class Impl;  // libnpk/package/reader
  explicit FileStream(std::unique_ptr<Impl> impl) noexcept;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace npk
