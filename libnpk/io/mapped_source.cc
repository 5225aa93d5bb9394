#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "io/file_source.h"
#include "io/writer_mark.h"
#include "npk/checked.h"
#include "npk/files.h"

namespace npk {
namespace io {
namespace {

// Copies within this process, by the kernel: a page that can't be had ends the copy instead of raising SIGBUS.
// Returns how much was copied, perhaps nothing (also where the call is forbidden, as in some containers).
std::size_t copy_guarded(const std::uint8_t* from, MutableBytes out) {
  iovec local{.iov_base = out.data(), .iov_len = out.size()};
  // iovec has no const; the remote side is only read.
  iovec remote{.iov_base = const_cast<std::uint8_t*>(from), .iov_len = out.size()};
  const ssize_t count = ::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

class MappedSource final : public RandomAccessSource {
 public:
  MappedSource(FileDescriptor opened, const std::uint8_t* mapping, std::uint64_t mapped_bytes, std::string name)
      : opened_(std::move(opened)), mapping_(mapping), mapped_bytes_(mapped_bytes), name_(std::move(name)) {}
  MappedSource(const MappedSource&) = delete;
  MappedSource& operator=(const MappedSource&) = delete;
  ~MappedSource() override {
    if (mapping_ != nullptr) ::munmap(const_cast<std::uint8_t*>(mapping_), mapped_bytes_);
  }

  Result<std::uint64_t> size() const override { return size_of_descriptor(opened_.get(), name_); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override;
  std::string name() const override { return name_; }
  bool is_being_added_to() const noexcept override { return is_marked_as_added_to(opened_.get()); }

 private:
  FileDescriptor opened_;
  const std::uint8_t* mapping_;
  std::uint64_t mapped_bytes_;
  std::string name_;
};

Result<std::size_t> MappedSource::read_at(std::uint64_t offset, MutableBytes out) const {
  const std::uint64_t promised =
      offset < mapped_bytes_ ? std::min<std::uint64_t>(out.size(), mapped_bytes_ - offset) : 0;
  std::size_t done = promised > 0 ? copy_guarded(mapping_ + offset, out.first(promised)) : 0;
  if (done > 0) {
    // The rest of a cut file's last page reads as zeros, so the size is asked for after the copy.
    NPK_ASSIGN(const std::uint64_t now, size());
    if (!range_within(offset, done, now)) done = 0;
  }
  if (done < out.size()) {
    NPK_ASSIGN(const std::size_t rest, read_fully_at(opened_.get(), offset + done, out.subspan(done), name_));
    done += rest;
  }
  if (done < promised) {
    return std::unexpected<Error>(Error{.code = Errc::truncated,
                                        .message = "the file was cut short while it was open",
                                        .path = name_,
                                        .offset = offset + done});
  }
  return done;
}

}  // namespace
}  // namespace io

Result<std::shared_ptr<RandomAccessSource>> open_mapped_source(const std::string& path) {
  NPK_ASSIGN(io::FileDescriptor opened, io::open_for_random_access(path));
  NPK_ASSIGN(const std::uint64_t size, io::size_of_descriptor(opened.get(), path));
  if (size == 0) return std::make_shared<io::MappedSource>(std::move(opened), nullptr, 0, path);
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, opened.get(), 0);
  if (mapping == MAP_FAILED) return io::fail_system(errno, "can't map the file", path);
  return std::make_shared<io::MappedSource>(std::move(opened), static_cast<const std::uint8_t*>(mapping), size, path);
}

}  // namespace npk
