// Counterpart of number_form.h.
#pragma once

#include <optional>

#include "codec/filter/field_column/number_form.h"
#include "npk/bytes.h"

namespace npk::codec {

// The number that spell_number gives `spelling` for, if there is one. Not for NumberForm::time.
[[nodiscard]] std::optional<std::uint64_t> parse_number(NumberForm form, unsigned digits, ByteView spelling) noexcept;

// Digits behind the point of a decimal fraction, 0 if it is none.
[[nodiscard]] std::size_t fraction_digits(ByteView spelling) noexcept;

}  // namespace npk::codec
