// links: npk_fuzz_packages npk_ops_read
// also: spec/vectors/*.npk
// Input: a package, whose checksums are made right. Verification comes to an end, and of what it finds sound every byte
// can be read.
#include "fuzz/fuzz_input.h"
#include "fuzz/packages.h"
#include "npk/files.h"
#include "npk/ops/verify.h"

namespace {

using namespace npk;

void read_all(ByteView package, const Limits& limits) {
  constexpr std::uint64_t kMost = 1U << 16;  // more is holes
  const auto reader = PackageReader::open(memory_source(package), {.limits = limits});
  fuzz::require(reader.has_value(), "a sound package opens");
  const auto read = reader->for_each([&](const Entry& entry) {
    if (entry.row().kind != EntryKind::regular) return true;
    auto stream = reader->open_stream(entry);
    fuzz::require(stream.has_value() && reader->digest(entry).has_value(), "a sound file opens");
    Bytes content(static_cast<std::size_t>(std::min(entry.row().size, kMost)) + 1);
    fuzz::require(stream->read(content).has_value(), "a sound file is read");
    return true;
  });
  fuzz::require(read.has_value(), "a sound catalog is read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes package(data, data + size);
  fuzz::reseal(package);
  ops::VerifyOptions options;
  options.threads = 1;
  options.limits = fuzz::limits();
  options.limits.max_expanded_bytes_free = 1U << 20;
  options.quick = size % 5 == 0;
  const auto report = ops::verify(memory_source(package), options);
  if (report && report->is_sound() && !options.quick) read_all(package, options.limits);
  return 0;
}
