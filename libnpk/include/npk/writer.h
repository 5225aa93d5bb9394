// Makes packages. For whole trees from disk see ops/create.h; this is for applications that have their own entries.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/accel.h"
#include "npk/entry.h"
#include "npk/format/commit.h"
#include "npk/format/package_metadata.h"
#include "npk/format/superblock.h"
#include "npk/profile.h"
#include "npk/progress.h"
#include "npk/recipients.h"
#include "npk/source.h"

namespace npk {

enum class Preset : std::uint8_t {
  fast,      // about zstd -1
  standard,  // about zstd -9 with a long window, and any byte in a millisecond
  max,       // smallest: LZMA2, large blocks
};

// Which equal data is stored once.
enum class Deduplication : std::uint8_t {
  none,    // hard links only
  files,   // whole files
  chunks,  // pieces of files
};

// In which order files are read and stored: like beside like, which decides the ratio. Links and directories come by themselves.
enum class FileOrder : std::uint8_t {
  preset,   // what the preset does: fast kind; standard similar where that reads 4 GiB or less once more, else kind; max similar
  path,
  kind,     // by kind of file, and within a kind by directory
  similar,  // as kind, then files with content alike one behind another: each is read once more for that
};

struct WriterOptions {
  Preset preset = Preset::standard;
  std::optional<std::string> codec;      // "store", "zstd", "lz4", "lzma2"; default: the preset's
  std::optional<int> level;              // of the codec; default: the preset's
  // JSON, XML and HTML, CSV, logs and records, numbers and machine code have blocks of their own (tables within code those of numbers), and go
  // through a filter for their kind where a trial says that it helps (spec section 5.1). Filters take memory: estimate_write_memory() and
  // memory_bytes count it. Default: with the presets standard and max, unless codec, level, chain or block_bytes are given.
  std::optional<bool> choose_filters;
  // Every block through these filters (those that take it) and this compressor, whatever its content: "json+zstd:15".
  // Not beside codec, level or choose_filters.
  std::optional<std::string> chain;
  std::uint64_t block_bytes = 0;         // raw; 64 KiB to 128 MiB; 0: the preset's
  // Blocks of zstd of at most 512 KiB share bases of up to 512 KiB (spec section 5): nearly as small as blocks of megabytes, and a
  // read that finds the base decoded is as quick as without.
  bool bases = true;
  std::uint64_t volume_bytes = 0;        // not 0: frames are to fit into parts of so many bytes (create_volumes), 4 MiB at least
  std::uint64_t chunk_bytes = 0;         // average; a power of two, 4 KiB to 4 MiB; 0: 64 KiB
  Deduplication deduplication = Deduplication::chunks;
  FileOrder order = FileOrder::preset;
  unsigned threads = 0;                  // 0: as many as processors; never changes the bytes
  std::uint64_t memory_bytes = 0;        // 0: no limit; kept by filtering fewer blocks at a time and using fewer threads; Errc::limit naming the least that
                                         // works if too little. Beside it: under 128 bytes a chunk and 200 bytes an entry. Never changes the bytes
  // Where cuts are looked for and chunks hashed; never changes the bytes. None: as the environment variable NPK_ACCEL says (cpu, auto, opencl, cuda), else off.
  // A device takes up to 8 MiB a thread here, beside memory_bytes, and as much of its own.
  std::optional<AccelMode> accel;
  bool reproducible = false;             // holes from aligned zero runs instead of the file system's
  std::int64_t time_seconds = 0;         // of the commit
  std::uint32_t time_nanoseconds = 0;
  std::string message;                   // UTF-8, at most 1 MiB
  format::PackageMetadata metadata;      // of the generation; in its bounds (misuse)
  // Who may open the package; null or none: anyone. A sealed one has a random id and salt: no two are the same.
  // Of several passphrases readers try the first only.
  std::shared_ptr<const std::vector<Recipient>> recipients;
  format::Cipher cipher = format::Cipher::xchacha20_poly1305;  // of a sealed package
  bool pad = false;                      // a sealed package hides its lengths, and is up to 12 % larger for it (spec section 14)
  std::shared_ptr<Profile> profile;      // counts what the writing takes; never changes the bytes
  ProgressCallback progress;
  ProblemCallback problem;               // an entry that could not be read, or changed meanwhile; the rest goes on
  std::stop_token stop;
};

struct WriteReport {
  format::Totals totals;
  std::uint64_t package_bytes = 0;
  std::uint64_t input_bytes = 0;         // read
  std::uint64_t duplicate_bytes = 0;     // of these, found to be there already
  std::uint64_t failed_entries = 0;      // left out
  std::uint64_t changed_entries = 0;     // packed, but changed while they were read
  Digest content_root{};
  std::uint64_t earlier_blocks = 0;      // left by a run that was stopped, and not compressed again
  std::uint64_t earlier_bytes = 0;       // raw bytes in them
  std::uint64_t not_restored_blocks = 0; // stored without filters, as these would not have restored them: an error in npk that cost nothing but space
  AccelUse accel = {};                   // where chunks were found and hashed
};

// Errc::misuse, naming the field and its range, for options that make no sense.
[[nodiscard]] Result<void> check_writer_options(const WriterOptions& options);

// What an entry is besides its content: EntryRow without size, runs, digest (those come from the data). Copies what it views.
class PackageWriter {
 public:
  // Opens an entry's content when it is its turn; called from any thread, once.
  using Opener = std::function<Result<std::unique_ptr<SequentialSource>>()>;

  explicit PackageWriter(WriterOptions options);
  PackageWriter(PackageWriter&&) noexcept;
  PackageWriter& operator=(PackageWriter&&) noexcept;
  ~PackageWriter();

  // Directories, links, devices and empty files. Errc::misuse for a bad path (spec section 9) or one added before.
  [[nodiscard]] Result<void> add(const EntryRow& entry);
  // A regular file whose bytes the caller keeps alive and unchanged until finish() returns.
  [[nodiscard]] Result<void> add(const EntryRow& entry, ByteView content);
  // A regular file read from a source when it is its turn, to its end, whatever its length.
  [[nodiscard]] Result<void> add(const EntryRow& entry, Opener opener);

  // Reads, compresses and writes everything, and commits the sink. Nothing is read before. Call once.
  [[nodiscard]] Result<WriteReport> finish(Sink& sink);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace npk
