// links: npk_fuzz_packages
// also: spec/vectors/*.npk
// Input: a package. It is read as it is, and again with its checksums made right.
#include "fuzz/packages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npk;
  fuzz::use_package({data, size}, size % 4 != 0);
  Bytes resealed(data, data + size);
  fuzz::reseal(resealed);
  fuzz::use_package(resealed);
  return 0;
}
