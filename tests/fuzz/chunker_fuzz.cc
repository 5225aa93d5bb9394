// links: npk_chunk npk_format
// Input: logarithm of the average (1 byte), minimum (2) and maximum (4) as they are or folded into range, seed (8),
// repeats (1), slice length (2), then data. Every kernel, however the data is sliced, cuts where the reference does.
#include "chunk/chunker.h"
#include "fuzz/fuzz_input.h"

namespace {

using namespace npk;
using Lengths = std::vector<std::uint32_t>;

constexpr std::size_t kMostData = 30'000;

chunk::ChunkParameters take_parameters(fuzz::Input& input) {
  chunk::ChunkParameters parameters;
  const unsigned log = input.byte();
  parameters.minimum = input.take<std::uint16_t>();
  parameters.maximum = input.take<std::uint32_t>();
  parameters.seed = input.take<std::uint64_t>();
  parameters.average = 1U << (log % 32);
  if (log < 128) return parameters;
  parameters.average = 256U << log % 4;
  parameters.minimum = 64 + parameters.minimum % (parameters.average - 63);
  parameters.maximum = parameters.average + parameters.maximum % (8 * parameters.average);
  return parameters;
}

// The input's bytes over and over, each time a little different.
Bytes take_data(fuzz::Input& input, std::size_t repeats) {
  const ByteView bytes = input.rest();
  Bytes data;
  for (std::size_t i = 0; i < repeats && data.size() + bytes.size() <= kMostData; ++i) {
    data.insert(data.end(), bytes.begin(), bytes.end());
    if (i % 3 == 2 && !data.empty()) data.back() = static_cast<std::uint8_t>(i);
  }
  return data;
}

Lengths cut(ByteView data, const chunk::ChunkParameters& parameters, std::string_view kernel, std::size_t slice_bytes) {
  const auto scanner = chunk::CandidateScanner::make(parameters, kernel);
  auto selector = chunk::CutSelector::content_defined(parameters);
  fuzz::require(scanner && selector, "good parameters");
  Lengths lengths;
  std::vector<chunk::Candidate> candidates;
  for (std::size_t at = 0; at < data.size(); at += slice_bytes) {
    const ByteView slice = data.subspan(at, std::min(slice_bytes, data.size() - at));
    candidates.clear();
    fuzz::require(scanner->scan(data.first(at), slice, candidates).has_value(), "a slice scanned");
    selector->add(slice.size(), candidates, lengths);
  }
  selector->finish(lengths);
  return lengths;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const chunk::ChunkParameters parameters = take_parameters(input);
  const bool good = chunk::check_parameters(parameters).has_value();
  fuzz::require(chunk::CandidateScanner::make(parameters).has_value() == good, "one opinion on parameters");
  if (!good) return 0;
  const std::size_t repeats = input.byte();
  const std::size_t slice_bytes = 1 + input.take<std::uint16_t>();
  const Bytes file = take_data(input, 1 + repeats);
  const Lengths expected = chunk::reference_chunk_lengths(file, parameters);
  for (const std::string_view kernel : chunk::kernel_names()) {
    fuzz::require(cut(file, parameters, kernel, std::max<std::size_t>(1, file.size())) == expected,
                  "the reference's cuts");
    if (slice_bytes >= 64)
      fuzz::require(cut(file, parameters, kernel, slice_bytes) == expected, "the same cuts from slices");
  }
  return 0;
}
