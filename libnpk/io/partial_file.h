// A file that appears under its name when it is whole, and of which a stopped run leaves what it has written, so that
// another run need not make that again.
#pragma once

#include <sys/stat.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/descriptor.h"
#include "io/target_path.h"
#include "npk/source.h"

namespace npk::io {

// Written under `.NAME.npk-partial` beside its target, locked against a second writer; commit() syncs it and renames it.
// Destroyed without that it stays, whatever the reason. Beside it `.NAME.npk-resume` says what it was made by.
// As a Sink it writes from the start of the file on; bytes that are there already are compared, not written. So its
// content is always what was written to it, whatever was there. One thread; source() as any.
class PartialFile final : public Sink {
 public:
  enum class Earlier : std::uint8_t {
    in_place,  // what a run before left is the start of this file
    apart,     // it is read from a file of its own, `.NAME.npk-earlier`: for what is never the same bytes twice
  };
  // `made_by`: a line of text, all that what is there must have in common with what is to come. Errors: misuse if it was
  // made by something else, or the target is no regular file; io, also when another process writes it, or it is another
  // user's.
  [[nodiscard]] static Result<std::unique_ptr<PartialFile>> open(const std::string& path, std::string_view made_by,
                                                                 Earlier earlier);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile() override;

  // What a run before left; null: nothing, or nothing known of how it was made. Not to be used once the file is
  // destroyed. In place it changes as this file is written.
  [[nodiscard]] const std::shared_ptr<RandomAccessSource>& earlier() const noexcept { return earlier_; }

  [[nodiscard]] Result<void> write(ByteView bytes) override;
  [[nodiscard]] Result<void> commit() override;
  [[nodiscard]] std::string name() const override { return shown_; }

  // What there is beside a target while it is not whole: never part of what is packed.
  [[nodiscard]] static std::vector<std::string> paths_beside(const std::string& path);

 private:
  PartialFile(SplitPath target, std::string shown);
  [[nodiscard]] Result<void> open_locked();
  [[nodiscard]] Result<void> take_over(std::string_view made_by, Earlier earlier);
  [[nodiscard]] Result<void> begin(std::string_view made_by);
  [[nodiscard]] Result<void> set_apart();
  [[nodiscard]] Result<void> hide_as_target() const;
  [[nodiscard]] Result<void> take_over_permissions() const;
  [[nodiscard]] Result<void> publish();

  SplitPath target_;
  std::string shown_;
  std::string partial_, record_, apart_;  // paths
  FileDescriptor file_;
  FileDescriptor apart_file_;
  std::shared_ptr<RandomAccessSource> earlier_;
  std::uint64_t old_end_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace npk::io
