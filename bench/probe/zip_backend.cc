#include <stdexcept>
#include <utility>

#include "backend.h"

#if __has_include(<zip.h>)
#include <zip.h>

namespace npk::bench {
namespace {

// libzip is not for several threads on one archive, so each session opens it. Deflate can't be entered in the middle:
// what lies before a place is decoded and thrown away.
class ZipSession final : public Session {
 public:
  ZipSession(const std::string& path, const std::vector<File>& files) : files_(files), skipped_(64U << 10) {
    int code = 0;
    archive_ = zip_open(path.c_str(), ZIP_RDONLY, &code);
    if (archive_ == nullptr) throw std::runtime_error(path + ": libzip error " + std::to_string(code));
  }
  ~ZipSession() override { zip_discard(archive_); }

  std::span<const std::uint8_t> read(const Place& place, std::span<std::uint8_t> room) override {
    zip_file_t* file = zip_fopen(archive_, files_[place.file].path.c_str(), 0);
    if (file == nullptr) throw std::runtime_error(files_[place.file].path + ": " + zip_strerror(archive_));
    std::uint64_t before = place.offset;
    while (before > 0) {
      const zip_int64_t count = zip_fread(file, skipped_.data(), std::min<std::uint64_t>(before, skipped_.size()));
      if (count <= 0) break;
      before -= static_cast<std::uint64_t>(count);
    }
    const zip_int64_t count = zip_fread(file, room.data(), room.size());
    zip_fclose(file);
    if (count < 0 || before != 0) throw std::runtime_error(files_[place.file].path + ": libzip could not read it");
    return room.first(static_cast<std::size_t>(count));
  }

 private:
  const std::vector<File>& files_;
  std::vector<std::uint8_t> skipped_;
  zip_t* archive_;
};

class ZipBackend final : public Backend {
 public:
  ZipBackend(std::string path, const std::vector<File>& files) : path_(std::move(path)), files_(files) {}
  std::unique_ptr<Session> session() override { return std::make_unique<ZipSession>(path_, files_); }

 private:
  std::string path_;
  const std::vector<File>& files_;
};

}  // namespace

std::unique_ptr<Backend> make_zip_backend(const BackendOptions& options, const std::vector<File>& files) {
  return std::make_unique<ZipBackend>(options.path, files);
}

}  // namespace npk::bench
#else
namespace npk::bench {

std::unique_ptr<Backend> make_zip_backend(const BackendOptions&, const std::vector<File>&) { return nullptr; }

}  // namespace npk::bench
#endif
