// Codes of one or two bytes for things that are numbered, the most frequent first (spec/filters/markup.md, "Codes").
#pragma once

#include <cstddef>
#include <cstdint>

namespace npk::codec {

// Codes of `count` things: the first `single` take one byte, all others two.
struct CodeSpace {
  std::size_t single = 0;

  // `codes` first bytes are to be had. count is at most 256 * codes.
  constexpr CodeSpace(std::size_t count, std::size_t codes) noexcept {
    const std::size_t leads = count <= codes ? 0 : (count - codes + 254) / 255;
    single = codes - leads;
  }

  template <class Container>
  void append(std::size_t code, Container& to) const {
    if (code < single) return to.push_back(static_cast<std::uint8_t>(code));
    to.push_back(static_cast<std::uint8_t>(single + ((code - single) >> 8U)));
    to.push_back(static_cast<std::uint8_t>(code - single));
  }
};

}  // namespace npk::codec
