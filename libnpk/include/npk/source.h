// Where bytes come from and where they go. Implement these to read a package from, or write one to, anything.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk {

// Bytes at positions. All const members may be called from many threads at once and after fork:
// an implementation keeps no shared position (pread, not lseek + read).
class RandomAccessSource {
 public:
  virtual ~RandomAccessSource() = default;
  // Size in bytes now. May fail with Errc::io.
  [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
  // Fills `out` from `offset`. Returns the number of bytes read: less than out.size() only at the end of the source.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const = 0;
  // For messages: a path, "<memory>", a URL.
  [[nodiscard]] virtual std::string name() const = 0;
  // Whether a writer of packages (of this machine, but not by this very descriptor) adds to it now: what lies behind the
  // last whole generation is then no damage. Sources that can't tell say no.
  [[nodiscard]] virtual bool is_being_added_to() const noexcept { return false; }
};

// Bytes in order, once. Used by one thread at a time.
class SequentialSource {
 public:
  virtual ~SequentialSource() = default;
  // Reads up to out.size() bytes; 0 means the end (out must not be empty). May return less than asked for at any time.
  [[nodiscard]] virtual Result<std::size_t> read(MutableBytes out) = 0;
  [[nodiscard]] virtual std::string name() const = 0;
};

// Takes bytes in order; never asked to seek. Used by one thread at a time.
class Sink {
 public:
  virtual ~Sink() = default;
  // What is written next, so many bytes, must not be torn apart: for sinks that write several files. Nothing else follows from it.
  [[nodiscard]] virtual Result<void> keep_together(std::uint64_t bytes) { return static_cast<void>(bytes), Result<void>(); }
  // Takes all of `bytes` or fails; after a failure the sink is not used again.
  [[nodiscard]] virtual Result<void> write(ByteView bytes) = 0;
  // Called once, last: makes everything durable and visible (flush, sync, rename). Destroyed without it: nothing appears.
  [[nodiscard]] virtual Result<void> commit() = 0;
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace npk
