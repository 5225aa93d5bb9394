// A package that is there, and grows behind its end.
#pragma once

#include <memory>
#include <string>

#include "io/placed_sink.h"
#include "npk/files.h"
#include "npk/source.h"

namespace npk::io {

// Locked against other writers (flock, advisory) while it lives. As a Sink it writes behind the end it had when opened; commit() makes that
// durable; destroyed without it, or after a failure, the package is as long as before. One thread; source() as any. A package in one file
// grows in place, and a crash may leave some of it there; one in several gets further parts (volume_sink.h).
class AppendedFile : public PlacedSink {
 public:
  // Errors: not_found; io, also when another process has it open as one of these; unsupported (not a regular file); those of
  // open_package_source().
  [[nodiscard]] static Result<std::unique_ptr<AppendedFile>> open(const std::string& path);

  // What the package was when opened; of one file also what is written. Not to be used once this is destroyed.
  [[nodiscard]] const std::shared_ptr<RandomAccessSource>& source() const noexcept override { return source_; }

  // Drops what lies behind, for good. Before anything is written. unsupported: in several files.
  [[nodiscard]] virtual Result<void> cut_to(std::uint64_t size) = 0;
  // From here on the file ends at `end` for source() and write(), but what lies behind stays, and so does what is written
  // without a commit(): for one who goes on with it. Bytes that are there already are compared, not written. Before
  // anything is written, once. unsupported: in several files.
  [[nodiscard]] virtual Result<void> keep_behind(std::uint64_t end) = 0;
  // After keep_behind(): all there was.
  [[nodiscard]] const std::shared_ptr<RandomAccessSource>& all() const noexcept { return all_; }
  // Most bytes of a further part; 0: it is one file.
  [[nodiscard]] virtual std::uint64_t volume_bytes() const noexcept = 0;
  // Behind the end it had when opened; misuse before that, unsupported in several files.
  [[nodiscard]] Result<void> write_at(std::uint64_t position, ByteView bytes) override = 0;

 protected:
  explicit AppendedFile(std::shared_ptr<RandomAccessSource> source) noexcept : source_(std::move(source)) {}

  Result<void> show_up_to(std::uint64_t end) {
    all_ = source_;
    NPK_ASSIGN(source_, window_source(all_, 0, end));
    return {};
  }

 private:
  std::shared_ptr<RandomAccessSource> source_, all_;
};

}  // namespace npk::io
