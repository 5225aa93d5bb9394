// Checksums of all entries, worked out in parallel: the recorded BLAKE3 of each, as b3sum prints it; with --read, all
// content is read and its CRC-32C printed. Usage: checksum_all PACKAGE [--read]
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "npk/format/crc32c.h"
#include "npk/ops/hash.h"
#include "npk/reader.h"

namespace {

npk::Result<std::string> digest_line(const npk::PackageReader& reader, const npk::Entry& entry) {
  NPK_ASSIGN(const npk::Digest digest, reader.digest(entry));
  std::string line;
  npk::ops::append_digest_line(line, digest, entry.path());
  return line;
}

// read_chunk lends the decoded bytes, mostly without a copy.
npk::Result<std::string> crc_line(const npk::PackageReader& reader, const npk::Entry& entry) {
  NPK_ASSIGN(npk::FileStream stream, reader.open_stream(entry));
  std::uint32_t crc = 0;
  for (;;) {
    NPK_ASSIGN(const npk::StreamChunk chunk, stream.read_chunk());
    if (chunk.empty()) break;
    crc = npk::format::crc32c(chunk.bytes(), crc);
  }
  char text[16];
  std::snprintf(text, sizeof text, "%08x  ", crc);
  return text + std::string(entry.path()) + "\n";
}

using Summer = npk::Result<std::string> (*)(const npk::PackageReader&, const npk::Entry&);

npk::Result<std::vector<npk::Entry>> files_of(const npk::PackageReader& reader) {
  std::vector<npk::Entry> files;
  NPK_TRY(reader.for_each([&](const npk::Entry& entry) {
    if (entry.row().kind == npk::EntryKind::regular) files.push_back(entry);
    return true;
  }));
  return files;
}

npk::Result<void> print_all(const char* package, Summer sum) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  NPK_ASSIGN(const std::vector<npk::Entry> files, files_of(reader));
  std::vector<npk::Result<std::string>> lines(files.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) lines[i] = sum(reader, files[i]);
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
  threads.clear();  // waits
  for (npk::Result<std::string>& line : lines) {
    NPK_TRY(line);
    std::fputs(line->c_str(), stdout);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bool read = argc == 3 && std::string_view(argv[2]) == "--read";
  if (argc != 2 && !read) {
    std::fprintf(stderr, "usage: checksum_all PACKAGE [--read]\n");
    return 2;
  }
  const auto done = print_all(argv[1], read ? crc_line : digest_line);
  if (!done) std::fprintf(stderr, "checksum_all: %s\n", done.error().to_string().c_str());
  return done ? 0 : 1;
}
