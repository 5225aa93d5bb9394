// What bytes cost once a compressor has had them: measured with a quick one, so that encodings are chosen by evidence.
#pragma once

#include <memory>

#include "codec/filter/encoder_memory.h"
#include "npk/bytes.h"

struct ZSTD_CCtx_s;

namespace npk::codec {

// Not thread-safe; keeps about a megabyte.
class CompressedCost {
 public:
  CompressedCost();
  [[nodiscard]] std::size_t of(ByteView bytes);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  FilterBytes compressed_;
};

}  // namespace npk::codec
