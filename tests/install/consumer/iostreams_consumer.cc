// The smallest program that reads through the opt-in Boost.Iostreams header.
#include <npk/files.h>
#include <npk/iostreams.h>

#include <array>
#include <cstdint>

int main() {
  const std::array<std::uint8_t, 3> bytes{'a', 'b', 'c'};
  auto stream = npk::FileStream::open(npk::memory_source(bytes));
  if (!stream) return 1;
  npk::iostreams::EntryStream in{npk::iostreams::EntryDevice(*std::move(stream))};
  in.seekg(1);
  return in.get() == 'b' ? 0 : 1;
}
