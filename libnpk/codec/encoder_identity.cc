#include "codec/encoder_identity.h"

#include <lz4.h>
#include <lzma.h>
#include <zstd.h>

namespace npk::codec {
namespace {

template <class Value>
void add(std::string& text, const char* name, const std::optional<Value>& value) {
  if (value) text.append(" ").append(name).append("=").append(std::to_string(static_cast<long long>(*value)));
}

std::string of_zstd(const ZstdParameters& zstd) {
  std::string text;
  add(text, "strategy", zstd.strategy);
  add(text, "hash", zstd.hash_log);
  add(text, "chain", zstd.chain_log);
  add(text, "search", zstd.search_log);
  add(text, "match", zstd.min_match);
  add(text, "target", zstd.target_length);
  add(text, "long", zstd.long_distance);
  add(text, "split", zstd.split_blocks);
  add(text, "block", zstd.most_block_bytes);
  return text;
}

std::string of_long_blocks(const EncoderOptions& options) {
  return options.long_block_bytes == 0 ? std::string() : ", from " + std::to_string(options.long_block_bytes) + " bytes on" + of_zstd(options.long_block_zstd);
}

std::string of_lzma(const LzmaParameters& lzma) {
  std::string text;
  add(text, "lc", lzma.lc);
  add(text, "lp", lzma.lp);
  add(text, "pb", lzma.pb);
  add(text, "nice", lzma.nice_length);
  add(text, "depth", lzma.depth);
  add(text, "finder", lzma.match_finder);
  if (lzma.skips_noise) text += " skips noise";
  return text;
}

}  // namespace

std::string encoder_identity(const EncoderOptions& options) {
  const std::string step = " level " + std::to_string(options.step.level) + " (" + std::to_string(options.step.parameter) + ")";
  switch (options.step.id) {
    case format::CodecId::zstd:
      return std::string("zstd ") + ZSTD_versionString() + step + of_zstd(options.zstd) + of_long_blocks(options);
    case format::CodecId::lz4:
      return std::string("lz4 ") + LZ4_versionString() + step;
    case format::CodecId::lzma2:
      return std::string("lzma2 ") + lzma_version_string() + step + of_lzma(options.lzma);
    default:
      return "store";
  }
}

}  // namespace npk::codec
