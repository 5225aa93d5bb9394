#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "backend.h"

namespace npk::bench {
namespace {

class DirectorySession final : public Session {
 public:
  DirectorySession(int directory, const std::vector<File>& files, bool keep_open)
      : directory_(directory), files_(files), keep_open_(keep_open), open_(keep_open ? files.size() : 1, -1) {}
  ~DirectorySession() override {
    for (const int descriptor : open_) {
      if (descriptor >= 0) ::close(descriptor);
    }
  }

  std::span<const std::uint8_t> read(const Place& place, std::span<std::uint8_t> room) override {
    int& descriptor = open_[keep_open_ ? place.file : 0];
    if (descriptor < 0) descriptor = ::openat(directory_, files_[place.file].path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), files_[place.file].path);
    const ssize_t count = ::pread(descriptor, room.data(), room.size(), static_cast<off_t>(place.offset));
    if (count < 0) throw std::system_error(errno, std::generic_category(), files_[place.file].path);
    if (!keep_open_) {
      ::close(descriptor);
      descriptor = -1;
    }
    return room.first(static_cast<std::size_t>(count));
  }

 private:
  int directory_;
  const std::vector<File>& files_;
  bool keep_open_;
  std::vector<int> open_;
};

class DirectoryBackend final : public Backend {
 public:
  DirectoryBackend(const BackendOptions& options, const std::vector<File>& files)
      : directory_(::open(options.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), files_(files), keep_open_(options.keep_open) {
    if (directory_ < 0) throw std::system_error(errno, std::generic_category(), options.path);
  }
  ~DirectoryBackend() override { ::close(directory_); }
  std::unique_ptr<Session> session() override { return std::make_unique<DirectorySession>(directory_, files_, keep_open_); }

 private:
  int directory_;
  const std::vector<File>& files_;
  bool keep_open_;
};

}  // namespace

std::unique_ptr<Backend> make_directory_backend(const BackendOptions& options, const std::vector<File>& files) {
  return std::make_unique<DirectoryBackend>(options, files);
}

}  // namespace npk::bench
