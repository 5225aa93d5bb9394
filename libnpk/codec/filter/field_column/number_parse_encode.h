// Counterpart of number_form.h.
#pragma once

#include "codec/filter/field_column/number_form.h"
#include "npk/bytes.h"

namespace npk::codec {

// The number that spell_number gives `spelling` for; false if there is none. Not for NumberForm::time.
[[nodiscard]] bool parse_number(NumberForm form, unsigned digits, ByteView spelling, std::uint64_t& number) noexcept;

// Digits behind the point of a decimal fraction, 0 if it is none.
[[nodiscard]] std::size_t fraction_digits(ByteView spelling) noexcept;

}  // namespace npk::codec
