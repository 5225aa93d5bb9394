// Reads an entry through std::istream: seeks to a byte and prints the next whole line, and where it ends.
// Usage: iostream_entry PACKAGE ENTRY OFFSET
#include <cstdlib>
#include <iostream>
#include <string>

#include "npk/iostreams.h"
#include "npk/reader.h"

namespace {

npk::Result<npk::FileStream> open(const std::string& package, const std::string& path) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  NPK_ASSIGN(const auto entry, reader.find(path));
  if (!entry) return npk::fail(npk::Errc::not_found, "no entry " + path);
  return reader.open_stream(*entry);  // keeps the package open
}

void print_line_after(std::istream& in, std::streamoff offset) {
  std::string rest_of_line, line;
  in.seekg(offset);
  if (offset != 0) std::getline(in, rest_of_line);
  std::getline(in, line);
  std::cout << line << "\nends at " << in.tellg() << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: iostream_entry PACKAGE ENTRY OFFSET\n";
    return 2;
  }
  auto stream = open(argv[1], argv[2]);
  if (!stream) {
    std::cerr << stream.error().to_string() << "\n";
    return 1;
  }
  npk::iostreams::EntryStream in{npk::iostreams::EntryDevice(*std::move(stream))};
  in.exceptions(std::ios::badbit);  // what npk finds wrong is thrown, with its text
  try {
    print_line_after(in, std::atoll(argv[3]));
  } catch (const std::ios_base::failure& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
  return 0;
}
