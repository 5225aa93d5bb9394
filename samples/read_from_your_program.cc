// The code of README's section "Read from your program": what stands between the marks is what stands there.
// Usage: read_from_your_program PACKAGE ENTRY
#include <iostream>

// [README
#include <npk/reader.h>

npk::Result<void> print_header(const std::string& package, const std::string& path) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  NPK_ASSIGN(const std::optional<npk::Entry> entry, reader.find(path));
  if (!entry) return npk::fail(npk::Errc::not_found, "no entry " + path);

  NPK_ASSIGN(npk::FileStream stream, reader.open_stream(*entry));
  npk::Bytes header(16);
  NPK_ASSIGN(const std::size_t count, stream.read_at(0, header));  // at any offset, from any thread
  std::cout << count << " of " << stream.size() << " bytes: " << npk::as_text(npk::ByteView(header).first(count)) << "\n";

  for (;;) {  // or all of it, from the position on
    NPK_ASSIGN(const npk::StreamChunk chunk, stream.read_chunk());
    if (chunk.empty()) break;
    std::cout << chunk.bytes().size() << " bytes at " << chunk.offset() << "\n";
  }
  return {};
}
// README]

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const npk::Result<void> done = print_header(argv[1], argv[2]);
  if (!done) std::cerr << done.error().to_string() << "\n";
  return done ? 0 : 1;
}
