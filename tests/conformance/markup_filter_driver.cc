// Filters the file named first with the markup filter into the file named second; exits with 2 if it is declined.
#include <fstream>
#include <iterator>

#include "codec/filter_encoder.h"

int main(int argc, char** argv) {
  if (argc != 3) return 1;
  std::ifstream from(argv[1], std::ios::binary);
  const npk::Bytes raw((std::istreambuf_iterator<char>(from)), {});
  npk::Bytes out(2 * raw.size() + 4096);
  const auto length = npk::codec::find_filter_encoder(npk::format::CodecId::markup)->encode(raw, out);
  if (!length) return 2;
  std::ofstream to(argv[2], std::ios::binary);
  to.write(reinterpret_cast<const char*>(out.data()), static_cast<std::streamsize>(*length));
  return to ? 0 : 1;
}
