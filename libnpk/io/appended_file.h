// A file that is there, and grows behind its end: for packages that are added to.
#pragma once

#include <memory>
#include <string>

#include "io/descriptor.h"
#include "npk/source.h"

namespace npk::io {

// Locked against other writers (flock, advisory) while it lives. As a Sink it writes behind the end it had when opened;
// commit() makes that durable; destroyed without it, or after a failure, the file is as long as before. A crash may
// leave some of it there. One thread; source() as any.
class AppendedFile final : public Sink {
 public:
  // Errors: not_found; io, also when another process has it open as one of these; unsupported (not a regular file).
  [[nodiscard]] static Result<std::unique_ptr<AppendedFile>> open(const std::string& path);
  AppendedFile(const AppendedFile&) = delete;
  AppendedFile& operator=(const AppendedFile&) = delete;
  ~AppendedFile() override;

  // Its content, also what is written. Not to be used once the file is destroyed.
  [[nodiscard]] const std::shared_ptr<RandomAccessSource>& source() const noexcept { return source_; }

  // Drops what lies behind, for good. Before anything is written.
  [[nodiscard]] Result<void> cut_to(std::uint64_t size);
  [[nodiscard]] Result<void> write(ByteView bytes) override;
  // What has been written is on the disk before what follows.
  [[nodiscard]] Result<void> sync();
  [[nodiscard]] Result<void> commit() override;
  [[nodiscard]] std::string name() const override { return path_; }

 private:
  AppendedFile(FileDescriptor file, std::string path) noexcept : file_(std::move(file)), path_(std::move(path)) {}

  FileDescriptor file_;
  std::string path_;
  std::shared_ptr<RandomAccessSource> source_;
  std::uint64_t first_end_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace npk::io
