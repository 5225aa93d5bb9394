// Reads a package through a source of one's own: here a file whose every read is counted, as a remote store would be
// billed. Usage: custom_source PACKAGE
#include <atomic>
#include <cstdio>
#include <memory>

#include "npk/files.h"
#include "npk/reader.h"

namespace {

// Called from many threads at once when the application does so: no shared position, and the counters are atomic.
class CountingSource final : public npk::RandomAccessSource {
 public:
  explicit CountingSource(std::shared_ptr<npk::RandomAccessSource> inner) : inner_(std::move(inner)) {}

  npk::Result<std::uint64_t> size() const override { return inner_->size(); }
  npk::Result<std::size_t> read_at(std::uint64_t offset, npk::MutableBytes out) const override {
    ++requests_;
    bytes_ += out.size();
    return inner_->read_at(offset, out);
  }
  std::string name() const override { return inner_->name(); }

  void report(const char* what) const {
    std::printf("%-28s %6llu requests, %10llu bytes\n", what, static_cast<unsigned long long>(requests_),
                static_cast<unsigned long long>(bytes_));
  }

 private:
  std::shared_ptr<npk::RandomAccessSource> inner_;
  mutable std::atomic<std::uint64_t> requests_ = 0;
  mutable std::atomic<std::uint64_t> bytes_ = 0;
};

npk::Result<void> measure(const char* path) {
  NPK_ASSIGN(auto file, npk::open_file_source(path));
  const auto source = std::make_shared<CountingSource>(std::move(file));
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open(source));
  source->report("open");
  if (reader.entry_count() == 0) return {};
  NPK_ASSIGN(const npk::Entry middle, reader.entry(reader.entry_count() / 2));
  NPK_ASSIGN(const auto found, reader.find(middle.path()));
  source->report("and find one entry");
  if (found && found->row().kind == npk::EntryKind::regular) {
    NPK_ASSIGN(const npk::FileStream stream, reader.open_stream(*found));
    npk::Bytes bytes(4096);
    NPK_TRY(stream.read_at(stream.size() / 2, bytes));
    source->report("and read 4 KiB of it");
  }
  NPK_TRY(reader.for_each([](const npk::Entry&) { return true; }));
  source->report("and list all entries");
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: custom_source PACKAGE\n");
    return 2;
  }
  const auto done = measure(argv[1]);
  if (!done) std::fprintf(stderr, "custom_source: %s\n", done.error().to_string().c_str());
  return done ? 0 : 1;
}
