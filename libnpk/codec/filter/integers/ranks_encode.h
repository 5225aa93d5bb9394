// The values that occur among elements, in order, and each element's place there.
#pragma once

#include <optional>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/integers/page_format.h"
#include "codec/filter/numeric/element_form.h"

namespace npk::codec::integers {

struct Ranks {
  KeyOrder order = KeyOrder::unsigned_numbers;
  FilterVector<std::uint64_t> keys;  // ascending
  FilterBytes elements;                   // of the form's width and byte order
};

// Nothing if elements are less than twice as many as the values that occur, or if memory does not suffice.
[[nodiscard]] std::optional<Ranks> rank_elements(const numeric::ElementForm& form, ByteView elements);

}  // namespace npk::codec::integers
