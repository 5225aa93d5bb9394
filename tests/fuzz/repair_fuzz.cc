// links: npk_ops_write npk_fuzz_packages
// also: spec/vectors/parity*.npk
// Input: a damaged package with parity, or none. Repair ends, and what it takes to be whole is written; repaired again, that is the same.
#include <unistd.h>

#include "fuzz/fuzz_input.h"
#include "fuzz/scratch_place.h"
#include "npk/files.h"
#include "npk/ops/repair.h"

namespace {

using namespace npk;
using fuzz::scratch_place;

void write(const std::string& path, ByteView bytes) {
  const auto sink = create_atomic_file(path);
  fuzz::require(sink && (*sink)->write(bytes) && (*sink)->commit(), "a file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string damaged = scratch_place("damaged"), mended = scratch_place("mended"), again = scratch_place("again");
  write(damaged, ByteView(data, size));
  const auto report = ops::repair({.package_path = damaged, .output_path = mended});
  if (report && report->written) {
    const auto second = ops::repair({.package_path = mended, .output_path = again});
    fuzz::require(second && second->is_whole() && second->mended.empty() && second->lost.empty(), "what is mended is whole");
    fuzz::require(second->package_bytes == report->package_bytes, "of the same length");
  }
  for (const std::string& path : {damaged, mended, again}) ::unlink(path.c_str());
  return 0;
}
