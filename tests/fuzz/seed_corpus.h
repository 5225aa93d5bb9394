// A folder of seed inputs.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "npk/bytes.h"

namespace npk::fuzz {

class Corpus {
 public:
  Corpus(const std::filesystem::path& root, const std::string& target) : folder_(root / target) {
    std::filesystem::create_directories(folder_);
  }

  void add(const std::string& name, ByteView bytes) const {
    std::ofstream file(folder_ / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  void add(const std::string& name, std::string_view text) const { add(name, as_bytes(text)); }
  // With something put before it.
  void add(const std::string& name, const Bytes& front, ByteView bytes) const {
    Bytes all = front;
    all.insert(all.end(), bytes.begin(), bytes.end());
    add(name, ByteView(all));
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace npk::fuzz
