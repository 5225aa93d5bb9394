#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>

#include "chunk/kernels.h"

namespace npk::chunk {
namespace {

// Row of the kernel to use. An empty name takes the first that is preferred.
Result<std::size_t> find_kernel(std::string_view name) {
  const std::span<const ScanKernel> kernels = scan_kernels();
  for (std::size_t row = 0; row < kernels.size(); ++row) {
    if (name.empty() ? kernels[row].preferred() : name == kernels[row].name && kernels[row].available()) return row;
  }
  std::string message = "no chunk kernel '" + std::string(name) + "' on this machine; there are";
  for (const std::string_view known : kernel_names()) message.append(" ").append(known);
  return fail(Errc::misuse, std::move(message));
}

std::string_view kernel_from_environment() {
  const char* name = std::getenv("NPK_CHUNK_KERNEL");
  return name != nullptr ? name : "";
}

}  // namespace

std::vector<std::string_view> kernel_names() {
  std::vector<std::string_view> names;
  for (const ScanKernel& kernel : scan_kernels()) {
    if (kernel.available()) names.push_back(kernel.name);
  }
  return names;
}

CandidateScanner::CandidateScanner(const ChunkParameters& parameters, std::size_t kernel)
    : table_(std::make_shared<const GearTable>(make_gear_table(parameters.seed))),
      average_log_(static_cast<unsigned>(std::countr_zero(parameters.average))),
      kernel_(kernel) {}

Result<CandidateScanner> CandidateScanner::make(const ChunkParameters& parameters, std::string_view kernel) {
  NPK_TRY(check_parameters(parameters));
  NPK_ASSIGN(const std::size_t row, find_kernel(kernel.empty() ? kernel_from_environment() : kernel));
  return CandidateScanner(parameters, row);
}

Result<void> CandidateScanner::scan(ByteView before, ByteView slice, std::vector<Candidate>& out) const {
  if (slice.size() > kLargestSlice) return fail(Errc::misuse, "a slice to scan is longer than 1 GiB");
  const ScanRule rule{*table_, loose_bound(), strict_bound()};
  const std::uint64_t hash = rule.roll(0, before.last(std::min(before.size(), kWindowBytes - 1)));
  scan_kernels()[kernel_].scan(rule, hash, slice, out);
  return {};
}

std::string_view CandidateScanner::kernel_name() const noexcept { return scan_kernels()[kernel_].name; }

}  // namespace npk::chunk
