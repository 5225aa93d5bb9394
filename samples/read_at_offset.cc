// Writes LENGTH bytes of one entry from OFFSET on to the standard output, and what that cost to the standard error.
// Usage: read_at_offset PACKAGE ENTRY OFFSET LENGTH
#include <cstdio>
#include <cstdlib>
#include <string>

#include "npk/reader.h"

namespace {

npk::Result<void> copy(const std::string& package, const std::string& path, std::uint64_t offset, std::size_t length) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  NPK_ASSIGN(const auto entry, reader.find(path));
  if (!entry) return npk::fail(npk::Errc::not_found, "no entry " + path);
  NPK_ASSIGN(const npk::FileStream stream, reader.open_stream(*entry));
  npk::Bytes bytes(length);
  NPK_ASSIGN(const std::size_t count, stream.read_at(offset, bytes));
  if (std::fwrite(bytes.data(), 1, count, stdout) != count) return npk::fail(npk::Errc::io, "cannot write");
  const npk::ReaderStatistics cost = reader.statistics();
  std::fprintf(stderr, "%zu of %llu bytes: %llu frames and %llu bytes read, %llu blocks decoded to %llu bytes\n", count,
               static_cast<unsigned long long>(stream.size()), static_cast<unsigned long long>(cost.frames_read),
               static_cast<unsigned long long>(cost.stored_bytes_read),
               static_cast<unsigned long long>(cost.blocks_decoded),
               static_cast<unsigned long long>(cost.raw_bytes_decoded));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: read_at_offset PACKAGE ENTRY OFFSET LENGTH\n");
    return 2;
  }
  const auto done = copy(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10), std::strtoull(argv[4], nullptr, 10));
  if (done) return 0;
  std::fprintf(stderr, "read_at_offset: %s\n", done.error().to_string().c_str());
  return 1;
}
