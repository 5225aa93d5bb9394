// Elements of a stretch as the numbers that pages hold.
#pragma once

#include <span>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/integers/adaptive.h"
#include "codec/filter/integers/page_reader.h"
#include "codec/filter/numeric/element_form.h"

namespace npk::codec::integers {

// Elements as they are before prediction: views, or decimals as integers, which lie in `decimals`.
[[nodiscard]] ByteView elements_of(const numeric::ElementForm& form, ByteView raw, FilterBytes& decimals);
// numbers[i] becomes element first + i.
void numbers_of(const numeric::ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers);

// numbers[i], of at most kPageValues, becomes what is left of element first + i once it is predicted as the form says, but for decimals.
void page_residuals(const numeric::ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers);

[[nodiscard]] bool may_be_linear(const numeric::ElementForm& form) noexcept;
// The weights that suit elements first, first + 1, …, whose residuals `page` holds: if they are better, `page` becomes what they leave. Else no taps.
[[nodiscard]] LinearPrediction better_linear(const numeric::ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> page);
// Whether an adaptive prediction of what `page` holds helps, or may soon: if so, `page` becomes what it leaves, and the prediction has learnt from it.
[[nodiscard]] bool adapt(AdaptivePrediction& adaptive, const numeric::ElementForm& form, std::size_t first, std::span<std::uint64_t> page);

}  // namespace npk::codec::integers
