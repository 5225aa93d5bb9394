// Lists a package: size, modification time, path. Usage: list PACKAGE [DIRECTORY]
#include <cstdio>
#include <ctime>
#include <string>

#include "npk/reader.h"

namespace {

char kind_letter(npk::EntryKind kind) {
  constexpr char kLetters[] = "?-dlcbp";
  return kLetters[static_cast<unsigned>(kind)];
}

void print(const npk::EntryRow& row) {
  const std::time_t seconds = row.mtime_seconds;
  char time[32] = "";
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) != nullptr) std::strftime(time, sizeof(time), "%F %T", &parts);
  std::printf("%c%04o %12llu %s %.*s", kind_letter(row.kind), static_cast<unsigned>(row.mode),
              static_cast<unsigned long long>(row.size), time, static_cast<int>(row.path.size()), row.path.data());
  if (row.kind == npk::EntryKind::symlink)
    std::printf(" -> %.*s", static_cast<int>(row.target.size()), row.target.data());
  std::printf("\n");
}

npk::Result<void> list(const std::string& package, const std::string& directory) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  for (const npk::Error& warning : reader.info().warnings)
    std::fprintf(stderr, "warning: %s\n", warning.to_string().c_str());
  std::uint64_t first = 0, last = reader.entry_count();
  if (!directory.empty()) {
    NPK_ASSIGN(first, reader.lower_bound(directory));
    NPK_ASSIGN(last, reader.lower_bound(directory + "/\xff"));
  }
  return reader.for_each(
      [](const npk::Entry& entry) {
        print(entry.row());
        return true;
      },
      first, last);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: list PACKAGE [DIRECTORY]\n");
    return 2;
  }
  if (const auto done = list(argv[1], argc > 2 ? argv[2] : ""); !done) {
    std::fprintf(stderr, "list: %s\n", done.error().to_string().c_str());
    return 1;
  }
  return 0;
}
