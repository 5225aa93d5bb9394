// The values that occur among elements, in order, and each element's place there.
#pragma once

#include <optional>
#include <vector>

#include "codec/filter/integers/page_format.h"
#include "codec/filter/numeric/element_form.h"

namespace npk::codec::integers {

struct Ranks {
  KeyOrder order = KeyOrder::unsigned_numbers;
  std::vector<std::uint64_t> keys;  // ascending
  Bytes elements;                   // of the form's width and byte order
};

// Nothing if elements are less than twice as many as the values that occur. Memory: at most 10 times theirs.
[[nodiscard]] std::optional<Ranks> rank_elements(const numeric::ElementForm& form, ByteView elements);

}  // namespace npk::codec::integers
