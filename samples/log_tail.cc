// The last lines of an entry, read backwards from its end: only the blocks they lie in are decoded.
// Usage: log_tail PACKAGE ENTRY [LINES]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "npk/reader.h"

namespace {

constexpr std::uint64_t kPieceBytes = 16U << 10;

// Reads pieces, last first, until `tail` begins with the line wanted.
npk::Result<std::string> last_lines(const npk::FileStream& stream, std::size_t lines) {
  std::string tail;
  std::size_t ends = 0;
  for (std::uint64_t begin = stream.size(); begin > 0;) {
    const std::uint64_t end = begin;
    begin -= std::min(begin, kPieceBytes);
    npk::Bytes piece(static_cast<std::size_t>(end - begin));
    NPK_TRY(stream.read_at(begin, piece));
    tail.insert(0, npk::as_text(piece));
    // The newline before the first line wanted; one at the very end closes the last line.
    for (std::size_t at = piece.size(); at-- > 0;) {
      const bool closes_last = at + 1 == tail.size();
      if (tail[at] == '\n' && !closes_last && ++ends == lines) return tail.substr(at + 1);
    }
  }
  return tail;
}

npk::Result<void> print_tail(const std::string& package, const std::string& path, std::size_t lines) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  NPK_ASSIGN(const auto entry, reader.find(path));
  if (!entry) return npk::fail(npk::Errc::not_found, "no entry " + path);
  NPK_ASSIGN(const npk::FileStream stream, reader.open_stream(*entry));
  if (lines == 0) return {};
  NPK_ASSIGN(const std::string tail, last_lines(stream, lines));
  std::fwrite(tail.data(), 1, tail.size(), stdout);
  std::printf("%llu of %llu bytes decoded\n", static_cast<unsigned long long>(reader.statistics().raw_bytes_decoded),
              static_cast<unsigned long long>(stream.size()));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: log_tail PACKAGE ENTRY [LINES]\n");
    return 2;
  }
  const auto done = print_tail(argv[1], argv[2], argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 10);
  if (!done) std::fprintf(stderr, "log_tail: %s\n", done.error().to_string().c_str());
  return done ? 0 : 1;
}
