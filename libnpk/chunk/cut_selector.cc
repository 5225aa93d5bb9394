#include "chunk/chunker.h"

namespace npk::chunk {

Result<CutSelector> CutSelector::content_defined(const ChunkParameters& parameters) {
  NPK_TRY(check_parameters(parameters));
  return CutSelector(parameters.minimum, parameters.average, parameters.maximum);
}

Result<CutSelector> CutSelector::fixed(std::uint32_t bytes) {
  if (bytes == 0 || bytes > kLargestMaximum) return fail(Errc::misuse, "fixed chunk size is not from 1 byte to 1 GiB");
  return CutSelector(bytes, bytes, bytes);
}

void CutSelector::add(std::uint64_t slice_bytes, std::span<const Candidate> candidates,
                      std::vector<std::uint32_t>& lengths) {
  std::uint64_t seen = 0;  // of the slice
  for (const Candidate& candidate : candidates) {
    cut_at_maximum(pending_ + (candidate.end - seen), lengths);
    seen = candidate.end;
    if (pending_ >= average_ || (pending_ >= minimum_ && candidate.strict)) {
      lengths.push_back(static_cast<std::uint32_t>(pending_));
      pending_ = 0;
    }
  }
  cut_at_maximum(pending_ + (slice_bytes - seen), lengths);
}

// `length` bytes have come since the last cut, none of them, but perhaps the last, a candidate that was used.
void CutSelector::cut_at_maximum(std::uint64_t length, std::vector<std::uint32_t>& lengths) {
  for (; length >= maximum_; length -= maximum_) lengths.push_back(maximum_);
  pending_ = length;
}

void CutSelector::finish(std::vector<std::uint32_t>& lengths) {
  if (pending_ > 0) lengths.push_back(static_cast<std::uint32_t>(pending_));
  pending_ = 0;
}

}  // namespace npk::chunk
