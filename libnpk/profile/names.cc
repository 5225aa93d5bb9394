#include <array>

#include "npk/profile.h"

namespace npk {
namespace {

constexpr std::array<std::string_view, kProfileStages> kStageNames = {
    "scan",    "plan",   "read",  "inspect", "cut",        "hash",     "deduplicate",  "choose",      "filter",  "compress", "encrypt", "digest",
    "check",   "decrypt", "decompress", "unfilter", "check_chunks", "check_files", "restore", "metadata", "index",   "write",  "sync"};

constexpr std::array<std::string_view, 5> kLevelNames = {"none", "minor", "moderate", "significant", "critical"};

bool has_codec(ProfileStage stage) noexcept {
  return stage == ProfileStage::filter || stage == ProfileStage::compress || stage == ProfileStage::decompress || stage == ProfileStage::unfilter;
}

}  // namespace

std::string_view name_of(ProfileStage stage) noexcept {
  const auto number = static_cast<std::size_t>(stage);
  return number < kStageNames.size() ? kStageNames[number] : "unknown";
}

std::string_view name_of(BottleneckLevel level) noexcept { return kLevelNames[static_cast<std::size_t>(level)]; }

std::string codec_name(format::CodecId codec) {
  using format::CodecId;
  switch (codec) {
    case CodecId::store: return "store";
    case CodecId::zstd: return "zstd";
    case CodecId::lz4: return "lz4";
    case CodecId::lzma2: return "lzma2";
    case CodecId::words: return "words";
    case CodecId::json: return "json";
    case CodecId::markup: return "markup";
    case CodecId::delimited: return "delimited";
    case CodecId::lines: return "lines";
    case CodecId::integers: return "integers";
    case CodecId::byte_shuffle: return "byte_shuffle";
    case CodecId::bit_shuffle: return "bit_shuffle";
    case CodecId::element_delta: return "element_delta";
    case CodecId::decimal_floats: return "decimal_floats";
    case CodecId::x86_branches: return "x86_branches";
    case CodecId::arm64_branches: return "arm64_branches";
  }
  return "codec " + std::to_string(static_cast<int>(codec));
}

std::string layer_name(const ProfileKey& key) {
  std::string name(name_of(key.stage));
  if (!has_codec(key.stage)) return name;
  name += " (" + codec_name(key.codec);
  if (key.level != 0) name += " " + std::to_string(key.level);
  return name + ")";
}

}  // namespace npk
