#include <array>

#include "npk/format/codec_name.h"
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
  const std::string_view name = format::registered_name(codec);
  return name.empty() ? "codec " + std::to_string(static_cast<int>(codec)) : std::string(name);
}

std::string layer_name(const ProfileKey& key) {
  std::string name(name_of(key.stage));
  if (!has_codec(key.stage)) return name;
  name += " (" + codec_name(key.codec);
  if (key.level != 0) name += " " + std::to_string(key.level);
  return name + ")";
}

}  // namespace npk
