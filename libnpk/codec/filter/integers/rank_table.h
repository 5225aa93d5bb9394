// Tables of the values that occur in a segment, whose elements are then their places in it.
#pragma once

#include "codec/filter/integers/page_reader.h"
#include "codec/filter/numeric/elements.h"

namespace npk::codec::integers {

// Values in the order of their keys: a key's top bit is set for what is not negative.
template <class E>
[[nodiscard]] typename E::Number value_of_key(std::uint64_t key, KeyOrder order) noexcept {
  using Number = typename E::Number;
  const auto number = static_cast<Number>(key << E::kUnused);
  constexpr auto kTop = static_cast<Number>(Number{1} << (8 * sizeof(Number) - 1));
  if (order == KeyOrder::unsigned_numbers) return number;
  if (order == KeyOrder::signed_numbers || (number & kTop) != 0) return static_cast<Number>(number ^ kTop);
  return static_cast<Number>(static_cast<Number>(~number) >> E::kUnused << E::kUnused);
}

// The values of a table, each as an element of the form. At most `most` of them. Errc::corrupt.
[[nodiscard]] Result<Bytes> read_rank_table(PageReader& pages, const numeric::ElementForm& form, std::size_t most);
// Replaces ranks by values. Errc::corrupt if the table has no such rank.
[[nodiscard]] Result<void> ranks_to_values(const numeric::ElementForm& form, ByteView table, MutableBytes elements);

}  // namespace npk::codec::integers
