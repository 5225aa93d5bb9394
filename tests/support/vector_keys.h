// What opens a vector of the specification, as spec/vectors/manifest.tsv names it: for tests.
#pragma once

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "npk/recipients.h"

namespace npk::test {

// Null if the vector is to be opened without a key. `directory`: that of the vectors.
inline std::shared_ptr<const std::vector<Identity>> keys_of_vector(const std::string& directory,
                                                                   const std::string& name) {
  std::ifstream file(directory + "/manifest.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream row(line);
    std::vector<std::string> columns;
    for (std::string column; std::getline(row, column, '\t');) columns.push_back(column);
    if (columns.at(0) != name) continue;
    auto keys = std::make_shared<std::vector<Identity>>();
    if (columns.at(6) != "-") keys->push_back(Identity::parse(columns[6]).value());
    if (columns.at(7) != "-")
      keys->push_back(Identity::from_passphrase(SecretBytes::copy_of(columns[7]).value()).value());
    return keys->empty() ? nullptr : keys;
  }
  return nullptr;
}

}  // namespace npk::test
