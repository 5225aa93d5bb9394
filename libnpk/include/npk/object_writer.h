// Writes an object of made-up bytes (npk/synth.h), with the caller's own between them if wanted, plain or compressed, to any sink: a file
// (create_atomic_file, create_direct_file), memory (memory_sink), standard output (fd_sink), or an entry of a package (ops/entry_sink.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "npk/source.h"
#include "npk/synth.h"

namespace npk::synth {

enum class Compression : std::uint8_t { none, zstd, gzip };

struct ObjectWriterOptions {
  ObjectOptions object;
  Compression compression = Compression::none;
  std::optional<int> level;               // zstd 1 to 22, 3 if not given; gzip 1 to 9, 6 if not given
  bool crc32 = false;                     // CRC-32 as well as CRC-32C
  unsigned threads = 1;                   // that make the object's bytes, the caller's among them, or fewer if the system gives fewer; 0: as many as
                                          // processors; at most 256. Never changes the bytes. Scales where the sink reads nothing; bytes cost more to
                                          // read from another core's cache than to make (bench/figures/made-up-data.md)
  std::size_t buffer_bytes = 1U << 20;    // made at once; 4 KiB to 64 MiB, by several threads 64 KiB at least. Memory: one of these, of several threads
                                          // three for each, and the compressor's
  // Not empty: finish() opens with it what was committed, reads all of it and compares (Errc::corrupt). Off by default: it costs a second pass,
  // through the page cache.
  std::function<Result<std::shared_ptr<RandomAccessSource>>()> reopen;
};

struct ObjectReport {
  std::uint64_t generated_bytes = 0;      // of the object
  std::uint64_t caller_bytes = 0;
  std::uint64_t stored_bytes = 0;         // what the sink got
  std::uint32_t crc32c = 0;               // over the plain bytes, the object's and the caller's in order
  std::optional<std::uint32_t> crc32;
  bool verified = false;                  // read back and equal

  [[nodiscard]] std::uint64_t plain_bytes() const noexcept { return generated_bytes + caller_bytes; }
};

// Used by one thread; the child of a fork must not use one that has several. Whatever fails is final: the sink is let go of without a commit, so
// nothing appears (but what is found wrong only when it is read back lies there already); every later call is Errc::misuse.
class ObjectWriter {
 public:
  // Errc::misuse for options out of range, unsupported as ObjectGenerator::create.
  [[nodiscard]] static Result<ObjectWriter> create(const ObjectWriterOptions& options, std::unique_ptr<Sink> target);
  ObjectWriter(ObjectWriter&&) noexcept;
  ObjectWriter& operator=(ObjectWriter&&) noexcept;
  ~ObjectWriter();  // as cancel()

  // The next `count` bytes of the object, fewer at its end; how many, 0 when it is complete.
  [[nodiscard]] Result<std::uint64_t> write_generated(std::uint64_t count);
  [[nodiscard]] Result<void> write_remaining();
  // The caller's own bytes, at this place. They do not count towards the object.
  [[nodiscard]] Result<void> write(ByteView bytes);

  // Whether all of the object is written, whatever the caller's bytes.
  [[nodiscard]] bool complete() const noexcept;
  [[nodiscard]] std::uint64_t generated_bytes() const noexcept;
  [[nodiscard]] std::uint64_t caller_bytes() const noexcept;

  // Ends the compression and commits the sink, once. Errc::misuse, and nothing done, unless complete().
  [[nodiscard]] Result<ObjectReport> finish();
  // Lets go of the sink, and ends the threads: nothing is left of it.
  void cancel() noexcept;

 private:
  class Impl;
  explicit ObjectWriter(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace npk::synth
