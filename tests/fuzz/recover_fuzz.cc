// links: npk_ops_write npk_fuzz_packages
// also: spec/vectors/recovered*.npk
// Input: a damaged package, as it is and with its checksums made right. Recovery ends, and what it writes is sound.
#include <unistd.h>

#include "fuzz/fuzz_input.h"
#include "fuzz/packages.h"
#include "fuzz/scratch_place.h"
#include "npk/files.h"
#include "npk/ops/recover.h"
#include "npk/ops/verify.h"

namespace {

using namespace npk;
using fuzz::scratch_place;

void recover(ByteView damaged, bool partial, bool newest) {
  const std::string from = scratch_place("damaged"), to = scratch_place("saved");
  const auto sink = create_atomic_file(from);
  fuzz::require(sink && (*sink)->write(damaged) && (*sink)->commit(), "a file");
  ops::RecoverOptions options;
  options.output_path = to;
  options.partial = partial;
  options.newest = newest;
  options.preset = Preset::fast;
  options.threads = 1;
  options.limits = fuzz::limits();
  const auto report = ops::recover(from, options);
  if (report) {
    const auto source = open_file_source(to);
    fuzz::require(source.has_value(), "a package where one was written");
    ops::VerifyOptions verify;
    verify.threads = 1;
    const auto verified = ops::verify(*source, verify);
    fuzz::require(verified && verified->is_sound(), "what is recovered is sound");
  } else {
    fuzz::require(::access(to.c_str(), F_OK) != 0, "nothing where nothing was recovered");
    fuzz::require(report.error().code != Errc::internal, "an error that says what is wrong");
  }
  for (const std::string& path : {from, to}) ::unlink(path.c_str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  recover({data, size}, size % 2 == 0, size % 3 == 0);
  Bytes resealed(data, data + size);
  fuzz::reseal(resealed);
  recover(resealed, size % 2 != 0, size % 3 != 0);
  return 0;
}
