// Makes an object up, packs it without a file between, and finds it in the package again: any part of it can be made anew to compare with.
//   generated_object PACKAGE
#include <cstdio>

#include "npk/files.h"
#include "npk/reader.h"
#include "npk/synth.h"
#include "npk/writer.h"

namespace {

npk::Result<npk::WriteReport> pack(const npk::synth::ObjectGenerator& object, const std::string& path) {
  npk::EntryRow row;
  row.path = "object";
  row.mode = 0644;
  npk::PackageWriter writer{npk::WriterOptions()};
  NPK_TRY(writer.add(row, npk::PackageWriter::Opener([&object] { return npk::synth::object_source(object); })));
  NPK_ASSIGN(const std::unique_ptr<npk::Sink> sink, npk::create_atomic_file(path));
  return writer.finish(*sink);
}

npk::Result<bool> is_same(const npk::synth::ObjectGenerator& object, const std::string& path, std::uint64_t offset) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(path));
  NPK_ASSIGN(const auto entry, reader.find("object"));
  if (!entry) return npk::fail(npk::Errc::not_found, "no entry object");
  NPK_ASSIGN(const npk::FileStream stream, reader.open_stream(*entry));
  npk::Bytes stored(100'000), made(stored.size());
  NPK_ASSIGN(const std::size_t count, stream.read_at(offset, stored));
  return count == object.fill_at(offset, made) && stored == made;
}

npk::Result<void> run(const std::string& path) {
  // Each block twice, and a third of each is random.
  NPK_ASSIGN(const auto object, npk::synth::ObjectGenerator::create({.seed = {2026, 0}, .size_bytes = 24U << 20, .dedup = 2, .compress = 3}));
  NPK_ASSIGN(const npk::WriteReport report, pack(object, path));
  for (const std::uint64_t offset : {0ULL, 7'654'321ULL, 25'100'000ULL}) {
    NPK_ASSIGN(const bool same, is_same(object, path, offset));
    std::printf("from %llu: %s\n", static_cast<unsigned long long>(offset), same ? "the same" : "DIFFERENT");
  }
  std::printf("%llu of %llu blocks unique, %.1f : 1\n", static_cast<unsigned long long>(object.layout().unique_blocks),
              static_cast<unsigned long long>(object.layout().blocks), static_cast<double>(object.total()) / static_cast<double>(report.package_bytes));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: generated_object PACKAGE\n");
    return 2;
  }
  const npk::Result<void> done = run(argv[1]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
  return done ? 0 : 1;
}
