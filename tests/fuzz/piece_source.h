// Bytes as they come from a pipe, a few at a time.
#pragma once

#include <algorithm>
#include <string>

#include "npk/source.h"

namespace npk::fuzz {

class PieceSource final : public SequentialSource {
 public:
  PieceSource(ByteView bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}
  Result<std::size_t> read(MutableBytes out) override {
    const std::size_t count = std::min({out.size(), bytes_.size(), piece_});
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }
  [[nodiscard]] std::string name() const override { return "pieces"; }

 private:
  ByteView bytes_;
  std::size_t piece_;
};

}  // namespace npk::fuzz
