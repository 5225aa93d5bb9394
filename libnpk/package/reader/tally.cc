#include "package/reader/tally.h"

#include <string>

namespace npk::reader {
namespace {

struct Field {
  const char* name;
  std::uint64_t format::Totals::*value;
};

constexpr Field kOfEntries[] = {{"entries", &format::Totals::entries},
                                {"files", &format::Totals::files},
                                {"directories", &format::Totals::directories},
                                {"content bytes", &format::Totals::content_bytes},
                                {"hole bytes", &format::Totals::hole_bytes}};

}  // namespace

void Tally::add(const EntryRow& row) noexcept {
  ++totals_.entries;
  totals_.files += row.kind == EntryKind::regular ? 1 : 0;
  totals_.directories += row.kind == EntryKind::directory ? 1 : 0;
  totals_.content_bytes += row.size;
  for (const format::Run& run : row.runs) totals_.hole_bytes += run.chunk_count == 0 ? run.byte_count : 0;
}

Result<void> Tally::check(const format::Totals& claimed) const {
  for (const Field& field : kOfEntries) {
    if (totals_.*field.value != claimed.*field.value)
      return fail(Errc::corrupt, std::string("the commit's total of ") + field.name + " is " +
                                     std::to_string(claimed.*field.value) + ", but the catalog has " +
                                     std::to_string(totals_.*field.value));
  }
  return {};
}

}  // namespace npk::reader
