// Elements of a stretch as the numbers that pages hold.
#pragma once

#include <span>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/integers/adaptive.h"
#include "codec/filter/integers/page_reader.h"
#include "codec/filter/numeric/element_form.h"

namespace npk::codec::integers {

// Elements as they are before prediction: decimals as integers. `raw` begins with the first.
[[nodiscard]] FilterBytes elements_of(const numeric::ElementForm& form, ByteView raw);
// What is left of them once they are predicted as the form says, which may say nothing of decimals any more.
[[nodiscard]] FilterBytes residuals_of(const numeric::ElementForm& form, ByteView elements);
// numbers[i] becomes element first + i.
void numbers_of(const numeric::ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers);

// numbers[i] becomes what is left of element first + i.
void page_residuals(const numeric::ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers);

[[nodiscard]] bool may_be_linear(const numeric::ElementForm& form) noexcept;
// The elements as signed numbers, for better_linear.
[[nodiscard]] FilterVector<std::int32_t> signed_numbers_of(const numeric::ElementForm& form, ByteView elements);
// The weights that suit elements first, first + 1, …, whose residuals `page` holds: if they are better, `page` becomes what they leave. Else no taps.
[[nodiscard]] LinearPrediction better_linear(const numeric::ElementForm& form, ByteView elements, std::span<const std::int32_t> numbers, std::size_t first,
                                             std::span<std::uint64_t> page);
// Whether an adaptive prediction of what `page` holds helps, or may soon: if so, `page` becomes what it leaves, and the prediction has learnt from it.
[[nodiscard]] bool adapt(AdaptivePrediction& adaptive, const numeric::ElementForm& form, std::size_t first, std::span<std::uint64_t> page);

}  // namespace npk::codec::integers
