#include "io/temporary_name.h"

#include <sys/random.h>
#include <sys/types.h>
#include <cstdint>
#include <string_view>

#include "io/target_path.h"

namespace npk::io {

std::string temporary_name(const std::string& name) {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::uint8_t random[6] = {};
  if (::getrandom(random, sizeof random, 0) != static_cast<ssize_t>(sizeof random))
    random[0] = 1;  // O_EXCL still guards
  std::string ending = ".npk-";
  for (const std::uint8_t byte : random) ending += kLetters[byte % kLetters.size()];
  return hidden_name(name, ending);
}

}  // namespace npk::io
