#include "io/volume_source.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "io/volume_path.h"
#include "npk/files.h"

namespace npk {
namespace io {
namespace {

std::unexpected<Error> bad(Errc code, std::string what, const std::string& path) {
  return std::unexpected(Error{.code = code, .message = std::move(what), .path = path});
}

struct Volume {
  std::shared_ptr<RandomAccessSource> file;
  std::uint64_t start, length;
};

class VolumeSource final : public RandomAccessSource {
 public:
  VolumeSource(std::vector<Volume> volumes, std::string name) : volumes_(std::move(volumes)), name_(std::move(name)) {}

  Result<std::uint64_t> size() const override { return volumes_.back().start + volumes_.back().length; }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    std::size_t done = 0;
    auto volume = std::ranges::upper_bound(volumes_, offset, {}, &Volume::start);
    if (volume == volumes_.begin()) return bad(Errc::io, "of a part that is missing", name_);
    --volume;
    for (; done < out.size() && volume != volumes_.end(); ++volume) {
      const std::uint64_t skipped = offset + done - volume->start;
      if (skipped >= volume->length && std::next(volume) != volumes_.end()) return bad(Errc::io, "of a part that is missing", name_);
      if (skipped >= volume->length) break;  // behind the end
      const MutableBytes part = out.subspan(done, static_cast<std::size_t>(std::min<std::uint64_t>(out.size() - done, volume->length - skipped)));
      NPK_ASSIGN(const std::size_t count, volume->file->read_at(format::kVolumeHeaderBytes + skipped, part));
      done += count;
      if (count < part.size()) return bad(Errc::truncated, "the part has been cut short", volume->file->name());
    }
    return done;
  }
  std::string name() const override { return name_; }

 private:
  std::vector<Volume> volumes_;
  std::string name_;
};

// What part `number` must be behind `before` (none for the first).
Result<void> check_next(const format::VolumeHeader& header, std::uint32_t number, const format::VolumeHeader& before, const std::string& path) {
  if (number > 1 && header.package_id != before.package_id) return bad(Errc::corrupt, "this is a part of another package", path);
  if (header.number != number) return bad(Errc::corrupt, "this is part " + std::to_string(header.number) + " of the package: it has a wrong name", path);
  if (header.start != before.start + before.length) return bad(Errc::corrupt, "this part does not go on where the one before it ends", path);
  return {};
}

Result<void> check_size(const RandomAccessSource& file, std::uint64_t length, const std::string& path) {
  NPK_ASSIGN(const std::uint64_t size, file.size());
  const std::uint64_t there = size - std::min<std::uint64_t>(size, format::kVolumeHeaderBytes);
  if (there < length) return bad(Errc::truncated, "this part is cut short: " + std::to_string(length - there) + " bytes are missing", path);
  if (there > length) return bad(Errc::trailing_data, "there are " + std::to_string(there - length) + " bytes behind the end of this part", path);
  return {};
}

std::unexpected<Error> missing(const std::string& package, std::uint32_t number) {
  return bad(Errc::truncated, "part " + std::to_string(number) + " of the package is missing", volume_path(package, number));
}

// Of the parts that are there the highest; 0: there is none.
std::uint32_t highest_number(const std::string& package) {
  const std::filesystem::path path(package);
  std::uint32_t highest = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at(path.has_parent_path() ? path.parent_path() : ".", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (package_of_volume(name) != path.filename().string()) continue;
    const unsigned long number = std::strtoul(name.c_str() + name.rfind('.') + 1, nullptr, 10);
    if (number <= format::kMostVolumes) highest = std::max(highest, static_cast<std::uint32_t>(number));
  }
  return highest;
}

// Nothing: it is none of the package's, or lies where another does.
Result<std::optional<format::VolumeHeader>> remaining(const std::string& path, std::uint32_t number, const std::optional<format::PackageId>& id,
                                                      std::uint64_t end) {
  if (!is_there(path)) return std::nullopt;
  const auto header = read_volume_header(path);
  if (!header)
    return header.error().code == Errc::io ? Result<std::optional<format::VolumeHeader>>(std::unexpected(header.error()))
                                           : Result<std::optional<format::VolumeHeader>>(std::nullopt);
  if (header->number != number || (id && header->package_id != *id) || header->start < end) return std::nullopt;
  return std::optional(*header);
}

Result<PackageRemains> open_remains(const std::string& package, std::uint32_t highest) {
  PackageRemains remains;
  std::vector<Volume> volumes;
  std::optional<format::PackageId> id;
  std::uint64_t end = 0;
  bool is_last = false;
  for (std::uint32_t number = 1; number <= highest; ++number) {
    const std::string path = volume_path(package, number);
    NPK_ASSIGN(const auto header, remaining(path, number, id, end));
    if (!header) {
      remains.missing.push_back(path);
      continue;
    }
    NPK_ASSIGN(auto file, open_file_source(path));
    id = header->package_id;
    end = header->start + header->length;
    is_last = header->is_last;
    volumes.push_back({std::move(file), header->start, header->length});
  }
  if (volumes.empty()) return missing(package, 1);
  if (!is_last) remains.missing.push_back(volume_path(package, highest + 1));
  remains.source = std::make_shared<VolumeSource>(std::move(volumes), package);
  return remains;
}

}  // namespace

Result<PackageRemains> open_package_remains(const std::string& path) {
  const bool is_file = is_there(path) && !is_in_volumes(path);
  const std::string package = !is_file && is_there(path) ? *package_of_volume(path) : path;
  const std::uint32_t highest = is_file ? 0 : highest_number(package);
  if (highest != 0) return open_remains(package, highest);
  NPK_ASSIGN(auto file, open_file_source(path));
  return PackageRemains{std::move(file), {}};
}

Result<VolumeSet> open_volumes(const std::string& package) {
  std::vector<Volume> volumes;
  format::VolumeHeader before;
  before.number = 0;
  for (std::uint32_t number = 1; number <= format::kMostVolumes; ++number) {
    const std::string path = volume_path(package, number);
    if (!is_there(path)) {
      if (!before.is_last) return missing(package, number);
      break;
    }
    NPK_ASSIGN(const format::VolumeHeader header, read_volume_header(path));
    NPK_TRY(check_next(header, number, before, path));
    NPK_ASSIGN(auto file, open_file_source(path));
    NPK_TRY(check_size(*file, header.length, path));
    volumes.push_back({std::move(file), header.start, header.length});
    before = header;
  }
  return VolumeSet{std::make_shared<VolumeSource>(std::move(volumes), package), before};
}

}  // namespace io

Result<std::shared_ptr<RandomAccessSource>> open_package_source(const std::string& path) {
  if (!io::is_in_volumes(path)) return open_file_source(path);
  const std::string package = io::is_there(path) ? *io::package_of_volume(path) : path;
  NPK_ASSIGN(io::VolumeSet set, io::open_volumes(package));
  return std::move(set.source);
}

}  // namespace npk
