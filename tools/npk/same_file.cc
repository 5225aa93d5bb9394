#include "same_file.h"

#include <filesystem>

namespace npk::tools {

bool is_same_file(const std::string& one, const std::string& other) {
  const std::filesystem::path a(one), b(other);
  std::error_code error;
  return a.lexically_normal() == b.lexically_normal() || std::filesystem::equivalent(a, b, error);
}

}  // namespace npk::tools
