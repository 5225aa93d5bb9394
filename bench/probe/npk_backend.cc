#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "npk/reader.h"
#include "backend.h"

namespace npk::bench {
namespace {

[[noreturn]] void give_up(const Error& error) { throw std::runtime_error(error.path + ": " + error.message); }

std::shared_ptr<const std::vector<Identity>> identities_in(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  auto identities = parse_identities(as_bytes(text));
  if (!identities) give_up(std::move(identities).error().in(path));
  return std::make_shared<const std::vector<Identity>>(*std::move(identities));
}

class NpkSession final : public Session {
 public:
  NpkSession(const PackageReader& reader, const std::vector<File>& files, const BackendOptions& options)
      : reader_(reader),
        files_(files),
        keep_open_(options.keep_open),
        lend_(options.lend),
        open_(options.keep_open ? files.size() : 1) {}

  std::span<const std::uint8_t> read(const Place& place, std::span<std::uint8_t> room) override {
    std::optional<FileStream>& stream = open_[keep_open_ ? place.file : 0];
    if (!keep_open_ || !stream) stream.emplace(open(files_[place.file].path));
    if (!lend_) {
      auto count = stream->read_at(place.offset, room);
      if (!count) give_up(count.error());
      return room.first(*count);
    }
    auto chunk = stream->lend_at(place.offset, room.size());
    if (!chunk) give_up(chunk.error());
    lent_ = *std::move(chunk);
    return lent_.bytes();
  }

 private:
  FileStream open(const std::string& path) {
    auto entry = reader_.find(path);
    if (!entry) give_up(entry.error());
    if (!*entry) throw std::runtime_error(path + ": not in the package");
    auto stream = reader_.open_stream(**entry);
    if (!stream) give_up(stream.error());
    return *std::move(stream);
  }

  const PackageReader& reader_;
  const std::vector<File>& files_;
  bool keep_open_, lend_;
  StreamChunk lent_;
  std::vector<std::optional<FileStream>> open_;
};

class NpkBackend final : public Backend {
 public:
  NpkBackend(PackageReader reader, const std::vector<File>& files, BackendOptions options)
      : reader_(std::move(reader)), files_(files), options_(std::move(options)) {}
  std::unique_ptr<Session> session() override { return std::make_unique<NpkSession>(reader_, files_, options_); }

 private:
  PackageReader reader_;
  const std::vector<File>& files_;
  BackendOptions options_;
};

}  // namespace

std::unique_ptr<Backend> make_npk_backend(const BackendOptions& options, const std::vector<File>& files) {
  ReaderOptions reader_options;
  if (options.cache_bytes != 0) reader_options.block_cache_bytes = options.cache_bytes;
  if (!options.identities.empty()) reader_options.identities = identities_in(options.identities);
  auto reader = PackageReader::open_file(options.path, reader_options);
  if (!reader) give_up(reader.error());
  return std::make_unique<NpkBackend>(*std::move(reader), files, options);
}

}  // namespace npk::bench
