// The smallest program that needs npk's headers and a library: an error's name and a source over memory.
#include <npk/error.h>
#include <npk/files.h>

#include <array>
#include <cstdint>

int main() {
  const std::array<std::uint8_t, 3> bytes{};
  const auto source = npk::memory_source(bytes);
  const auto size = source->size();
  return size && *size == bytes.size() && npk::errc_name(npk::Errc::corrupt) == "corrupt" ? 0 : 1;
}
