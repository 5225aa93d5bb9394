#include "package/reader/expansion.h"

#include <string>

#include "npk/format/expansion.h"

namespace npk::reader {

Result<void> check_expansion(std::uint64_t expanded_bytes, std::uint64_t stored_bytes, const Limits& limits) {
  const std::uint64_t bound = format::most_expanded_bytes(stored_bytes, limits);
  if (expanded_bytes <= bound) return {};
  return fail(Errc::limit, "the package would expand to " + std::to_string(expanded_bytes) +
                               " bytes, more than the limit of " + std::to_string(bound) + " for a package of " +
                               std::to_string(stored_bytes) + " bytes");
}

Result<void> check_expansion(const PackageInfo& info, const Limits& limits) {
  const format::Totals& totals = info.commit.placement.totals;
  return check_expansion(totals.content_bytes - totals.hole_bytes, info.package_length, limits);
}

}  // namespace npk::reader
