// What spec/vectors/manifest.json says of each vector of the specification: for tests.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace npk::test {

// A vector's line of the manifest. Every test is a process of its own that needs the names of all and what is said of one: lines are parsed on demand.
class ManifestLine {
 public:
  explicit ManifestLine(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] static constexpr std::string_view beginning() { return R"({"name": ")"; }
  [[nodiscard]] std::string name() const {
    const std::size_t begin = beginning().size();
    return text_.substr(begin, text_.find('"', begin) - begin);
  }
  [[nodiscard]] bool has(std::string_view key) const { return text_.find('"' + std::string(key) + R"(": )") != std::string::npos; }
  [[nodiscard]] nlohmann::json parsed() const { return nlohmann::json::parse(text_.substr(0, text_.rfind('}') + 1)); }

 private:
  std::string text_;
};

// `directory`: that of the vectors.
inline std::vector<ManifestLine> manifest_lines(const std::string& directory) {
  std::ifstream file(directory + "/manifest.json");
  std::vector<ManifestLine> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(ManifestLine::beginning())) lines.emplace_back(std::move(line));
  }
  return lines;
}

}  // namespace npk::test
