#include "codec/filter/field_column/compressed_cost_encode.h"

#include <zstd.h>

#include <new>

namespace npk::codec {
namespace {

constexpr int kLevel = 5;  // sees repeats as levels 9 to 15 do, at five times their speed

}  // namespace

void CompressedCost::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

CompressedCost::CompressedCost() : context_(ZSTD_createCCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

std::size_t CompressedCost::of(ByteView bytes) {
  compressed_.resize(ZSTD_compressBound(bytes.size()));
  const std::size_t size = ZSTD_compressCCtx(context_.get(), compressed_.data(), compressed_.size(), bytes.data(), bytes.size(), kLevel);
  return ZSTD_isError(size) != 0 ? bytes.size() : size;
}

}  // namespace npk::codec
