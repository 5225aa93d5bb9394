#include "codec/filter/field_column/compressed_cost_encode.h"

#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_createCCtx_advanced
#include <zstd.h>

#include <new>

#include "codec/encoder_pages.h"

namespace npk::codec {
namespace {

// Picks as well as levels 3 and 5 do, and is quicker.
constexpr int kLevel = 1, kShortestMatch = 5;

ZSTD_CCtx_s* make_context() {
  ZSTD_CCtx_s* const context = ZSTD_createCCtx_advanced({allocate_from, release_to, EncoderPages::current()});
  if (context == nullptr) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);  // neither fails within its bounds
  ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, kShortestMatch);
  return context;
}

}  // namespace

void CompressedCost::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

CompressedCost::CompressedCost() = default;

std::size_t CompressedCost::of(ByteView bytes) {
  if (context_ == nullptr) context_.reset(make_context());
  compressed_.resize(ZSTD_compressBound(bytes.size()));
  const std::size_t size = ZSTD_compress2(context_.get(), compressed_.data(), compressed_.size(), bytes.data(), bytes.size());
  return ZSTD_isError(size) != 0 ? bytes.size() : size;
}

}  // namespace npk::codec
