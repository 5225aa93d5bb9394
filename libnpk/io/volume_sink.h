// A package written as parts of a bounded size.
#pragma once

#include <memory>
#include <string>

#include "io/descriptor.h"
#include "npk/format/volume.h"
#include "npk/source.h"

namespace npk::io {

// Parts are written under temporary names. commit() gives them their own, the first one last: until then there is no package, or none with
// these parts. Destroyed without it, or after a failure, nothing is left. At most one file is open. One thread.
class VolumeSink final : public Sink {
 public:
  // A new package; its id is that of the superblock it begins with. Errors: exists (a file has a part's name); limit; io.
  [[nodiscard]] static Result<std::unique_ptr<VolumeSink>> create(const std::string& package, std::uint64_t volume_bytes);
  // Parts behind those that are there. Errors: exists, as above.
  [[nodiscard]] static Result<std::unique_ptr<VolumeSink>> behind(const std::string& package, const format::VolumeHeader& last);
  VolumeSink(const VolumeSink&) = delete;
  VolumeSink& operator=(const VolumeSink&) = delete;
  ~VolumeSink() override;

  // limit: more than a part has room for.
  [[nodiscard]] Result<void> keep_together(std::uint64_t bytes) override;
  [[nodiscard]] Result<void> write(ByteView bytes) override;
  [[nodiscard]] Result<void> sync();
  [[nodiscard]] Result<void> commit() override;
  [[nodiscard]] std::string name() const override { return package_; }

 private:
  VolumeSink(std::string package, const format::VolumeHeader& first, bool is_new);
  [[nodiscard]] std::uint64_t room() const noexcept { return next_.volume_bytes - format::kVolumeHeaderBytes; }
  [[nodiscard]] std::string temporary_path(std::uint32_t number) const;
  [[nodiscard]] Result<void> begin_volume();
  [[nodiscard]] Result<void> end_volume(bool is_last);
  [[nodiscard]] Result<void> publish();
  [[nodiscard]] Result<void> put_in_place(std::uint32_t number);
  void discard() noexcept;

  std::string package_;
  std::string ending_;         // of the temporary names
  format::VolumeHeader next_;  // the part that is being written, or comes next
  std::uint32_t first_number_;
  std::uint32_t temporary_end_;  // of the parts under temporary names, from first_number_
  FileDescriptor file_;
  int creator_;  // a forked child must not remove its parent's files
  bool knows_id_;
  bool is_done_ = false;
};

}  // namespace npk::io
