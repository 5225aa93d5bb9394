// Where code, tables and unwinding are in a block, by what their bytes look like. Private to the encoder of x86_branches.
#pragma once

#include <optional>
#include <vector>

#include "codec/filter/executable/x86_branches.h"

namespace npk::codec::x86 {

// A Kind for each unit of the block. One pass.
[[nodiscard]] std::vector<std::uint8_t> kinds_of_units(ByteView raw);

// The length of the record of .eh_frame that begins at `at`, if it looks like one that ends before `end`; else 0.
[[nodiscard]] std::size_t unwinding_record_at(ByteView raw, std::size_t at, std::size_t end) noexcept;

// Where the first of three records of the same CIE begins, within kMostUnwindingBytes from `from`; it ends before `end`, too.
[[nodiscard]] std::optional<std::size_t> first_unwinding_record(ByteView raw, std::size_t from, std::size_t end) noexcept;

}  // namespace npk::codec::x86
