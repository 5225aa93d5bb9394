// Adds up what a commit's totals say of the entries.
#pragma once

#include "npk/entry.h"
#include "npk/format/commit.h"
#include "npk/result.h"

namespace npk::reader {

class Tally {
 public:
  void add(const EntryRow& row) noexcept;
  [[nodiscard]] const format::Totals& totals() const noexcept { return totals_; }
  // Errc::corrupt, naming the total, unless entries, files, directories, content and hole bytes are the commit's.
  [[nodiscard]] Result<void> check(const format::Totals& claimed) const;

 private:
  format::Totals totals_;
};

}  // namespace npk::reader
