// Where the records of a scan came from: enough to open them again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/descriptor.h"

namespace npk::tree {

struct Root {
  std::uint32_t record;  // the root's own; those of its tree follow it
  std::uint32_t base;    // index into bases
  std::string given;     // path relative to the base
};

struct RootTable {
  std::vector<io::FileDescriptor> bases;  // O_PATH
  std::vector<Root> roots;                // in record order
};

}  // namespace npk::tree
