#include "codec/filter/field_column/compressed_cost_encode.h"

#include <zstd.h>

#include <new>

namespace npk::codec {
namespace {

constexpr int kLevel = 3;  // picks as well as level 5 on columns of package indices, and is quicker

}  // namespace

void CompressedCost::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

CompressedCost::CompressedCost() = default;

std::size_t CompressedCost::of(ByteView bytes) {
  if (context_ == nullptr) context_.reset(ZSTD_createCCtx());
  if (context_ == nullptr) throw std::bad_alloc();
  compressed_.resize(ZSTD_compressBound(bytes.size()));
  const std::size_t size = ZSTD_compressCCtx(context_.get(), compressed_.data(), compressed_.size(), bytes.data(), bytes.size(), kLevel);
  return ZSTD_isError(size) != 0 ? bytes.size() : size;
}

}  // namespace npk::codec
