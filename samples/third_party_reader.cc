// Hands an entry to a parser that knows only std::istream: nlohmann's JSON reader, which never learns that its input is
// compressed and lies in a package. Usage: third_party_reader PACKAGE ENTRY JSON_POINTER
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "npk/iostreams.h"
#include "npk/reader.h"

namespace {

npk::Result<npk::FileStream> open(const std::string& package, const std::string& path) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  NPK_ASSIGN(const auto entry, reader.find(path));
  if (!entry) return npk::fail(npk::Errc::not_found, "no entry " + path);
  return reader.open_stream(*entry);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: third_party_reader PACKAGE ENTRY JSON_POINTER\n";
    return 2;
  }
  auto stream = open(argv[1], argv[2]);
  if (!stream) {
    std::cerr << stream.error().to_string() << "\n";
    return 1;
  }
  npk::iostreams::EntryStream in{npk::iostreams::EntryDevice(*std::move(stream))};
  in.exceptions(std::ios::badbit);
  try {
    const auto document = nlohmann::json::parse(in);
    std::cout << document.at(nlohmann::json::json_pointer(argv[3])).dump() << "\n";
  } catch (const std::exception& error) {  // of the parser, or npk's own
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
