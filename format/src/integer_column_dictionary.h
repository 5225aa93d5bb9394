// ColumnEncoding::dictionary: the commonest values by index, the others as patches.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "integer_column_parts.h"
#include "npk/bytes.h"

namespace npk::format {

class DictionaryPlan {
 public:
  // At least one value. Values beyond the first kMaxDictionaryCandidates different ones become patches.
  [[nodiscard]] static DictionaryPlan make(std::span<const std::uint64_t> values);
  // As make, but nothing if there are more different values than that, or if the plan would, for certain, take no
  // fewer bytes than given. (What is returned may take as many all the same.)
  [[nodiscard]] static std::optional<DictionaryPlan> make_if_smaller(std::span<const std::uint64_t> values,
                                                                     std::size_t size_to_beat);

  [[nodiscard]] std::size_t size() const noexcept;  // in bytes
  void write(Bytes& out) const;

 private:
  std::vector<std::uint64_t> dictionary_;  // ascending
  std::vector<std::uint64_t> indices_;
  Exceptions patches_;

  friend class DictionaryPlanner;
};

[[nodiscard]] Result<void> read_dictionary(ByteReader& in, std::span<std::uint64_t> out);

}  // namespace npk::format
