// Reads columns from standard input (4 bytes of length, little-endian, then the part) until it ends. Writes for each a byte, 1 if it can be read to its end
// or to kMostValues, and then their number and each of them, all with 4 bytes of length.
#include <cstdio>
#include <vector>

#include "codec/filter/field_column.h"

namespace {

using npk::Bytes, npk::ByteView;

constexpr std::size_t kMostValues = 20'000;

void write_length(std::size_t length) {
  std::uint8_t bytes[4];
  npk::store_le(bytes, static_cast<std::uint32_t>(length));
  std::fwrite(bytes, 1, sizeof bytes, stdout);
}

// False if the part is corrupt.
bool read_values(ByteView part, std::vector<Bytes>& values) {
  auto reader = npk::codec::FieldReader::open(part);
  if (!reader) return false;
  while (!reader->at_end() && values.size() < kMostValues) {
    const auto value = reader->next();
    if (!value) return false;
    values.emplace_back(value->begin(), value->end());
  }
  return true;
}

void answer(ByteView part) {
  std::vector<Bytes> values;
  const bool good = read_values(part, values);
  std::fputc(good ? 1 : 0, stdout);
  if (!good) return;
  write_length(values.size());
  for (const Bytes& value : values) {
    write_length(value.size());
    std::fwrite(value.data(), 1, value.size(), stdout);
  }
}

}  // namespace

int main() {
  std::uint8_t length[4];
  Bytes part;
  while (std::fread(length, 1, sizeof length, stdin) == sizeof length) {
    part.resize(npk::load_le<std::uint32_t>(length));
    if (std::fread(part.data(), 1, part.size(), stdin) != part.size()) return 1;
    answer(part);
  }
  return 0;
}
