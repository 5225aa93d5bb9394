// Makes a package of entries that exist in memory only, and reads it back.
//   pack_from_memory PACKAGE
#include <iostream>
#include <string>

#include "npk/files.h"
#include "npk/reader.h"
#include "npk/writer.h"

namespace {

npk::EntryRow file(std::string_view path) {
  npk::EntryRow row;
  row.path = path;
  row.mode = 0644;
  row.mtime_seconds = 1'700'000'000;
  return row;
}

std::string log_lines(int count) {
  std::string text;
  for (int line = 1; line <= count; ++line)
    text += "line " + std::to_string(line) + ": answered in " + std::to_string(line * 7919 % 1000) + " ms\n";
  return text;
}

npk::Result<void> write(const std::string& path) {
  const std::string settings = "volume=7\n", level(100'000, '#'), log = log_lines(50'000);
  const std::string scores = R"({"scores": [{"name": "ada", "points": 120}, {"name": "grace", "points": 95}]})";
  npk::WriterOptions options;
  options.message = "made by samples/pack_from_memory";
  options.block_bytes = 256U << 10;  // a few bytes are to cost little
  npk::PackageWriter writer(options);
  NPK_TRY(writer.add(file("settings.ini"), npk::as_bytes(settings)));  // the bytes stay ours until finish()
  NPK_TRY(writer.add(file("levels/first.txt"), npk::as_bytes(level)));
  NPK_TRY(writer.add(file("logs/server.log"), npk::as_bytes(log)));
  NPK_TRY(writer.add(file("scores.json"), npk::as_bytes(scores)));
  npk::EntryRow directory = file("levels");
  directory.kind = npk::EntryKind::directory;
  directory.mode = 0755;
  NPK_TRY(writer.add(directory));
  NPK_ASSIGN(const std::unique_ptr<npk::Sink> sink, npk::create_atomic_file(path));
  NPK_ASSIGN(const npk::WriteReport report, writer.finish(*sink));
  std::cout << report.totals.entries << " entries, " << report.package_bytes << " bytes\n";
  return {};
}

npk::Result<void> run(const std::string& path) {
  NPK_TRY(write(path));
  NPK_ASSIGN(const npk::PackageReader package, npk::PackageReader::open_file(path));
  return package.for_each([](const npk::Entry& entry) {
    std::cout << entry.path() << " " << entry.row().size << "\n";
    return true;
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: pack_from_memory PACKAGE\n";
    return 2;
  }
  const npk::Result<void> done = run(argv[1]);
  if (!done) std::cerr << done.error().to_string() << "\n";
  return done ? 0 : 1;
}
