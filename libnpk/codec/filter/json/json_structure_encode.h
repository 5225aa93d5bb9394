// The order of a block's tokens, as codes of one byte for the frequent and of two for others, and runs of those that come in turn.
#pragma once

#include <span>

#include "codec/filter/encoder_memory.h"
#include "npk/bytes.h"

namespace npk::codec::json {

class StructureWriter {
 public:
  void reserve(std::size_t tokens) { sequence_.reserve(tokens); }
  void add(std::uint16_t token) { sequence_.push_back(token); }

  // Of each of `tokens` its place in the dictionary: those with a code of one byte first, each of the two in the order given.
  [[nodiscard]] FilterVector<std::uint16_t> places(std::size_t tokens) const;
  [[nodiscard]] FilterBytes codes(std::span<const std::uint16_t> places) const;

 private:
  // Tokens that are each what came `period` tokens before.
  struct Run {
    std::size_t length = 0;
    std::size_t period = 1;
  };

  [[nodiscard]] Run run_at(std::size_t at) const;

  FilterVector<std::uint16_t> sequence_;
};

}  // namespace npk::codec::json
