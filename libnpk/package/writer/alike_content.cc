#include "package/writer/alike_content.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <numeric>

#include "package/writer/sampled_positions.h"

namespace npk::writer {
namespace {

constexpr std::size_t kShortShingleBytes = 16;
constexpr std::size_t kPieceBytes = 64U << 10;
constexpr std::size_t kMostPieceSamples = kPieceBytes / 64;  // twice as many as there are but where few bytes come again and again
constexpr std::size_t kLeastAlikePercent = 20;  // below it filters save more than what is found again (bench/figures/presets-and-bases.md)

using Samples = std::vector<std::uint32_t>;

std::uint32_t sample_hash(const std::uint8_t* at) noexcept {
  std::array<std::uint64_t, 2> words;
  std::memcpy(words.data(), at, kShortShingleBytes);
  const std::uint64_t hash = (std::rotl(words[0] * 0x9E3779B97F4A7C15, 29) ^ words[1]) * 0x9E3779B97F4A7C15;
  return static_cast<std::uint32_t>((hash ^ hash >> 29) * 0xBF58476D1CE4E5B9 >> 32);
}

// Each once, ascending.
Samples samples_of(ByteView content) {
  Samples samples;
  for (std::size_t begin = 0; begin < content.size(); begin += kPieceBytes) {
    const std::size_t most = samples.size() + kMostPieceSamples;
    for_each_sampled(content.subspan(begin, std::min(kPieceBytes, content.size() - begin)), kShortShingleBytes, [&samples, most](const std::uint8_t* at) {
      if (samples.size() < most) samples.push_back(sample_hash(at));
    });
  }
  std::ranges::sort(samples);
  const auto rest = std::ranges::unique(samples);
  samples.erase(rest.begin(), rest.end());
  return samples;
}

std::size_t count_common(const Samples& a, const Samples& b) noexcept {
  std::size_t count = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x == *y) ++count, ++x, ++y;
    else if (*x < *y) ++x;
    else ++y;
  }
  return count;
}

struct Pair {
  std::size_t first = 0, second = 0, percent = 0;
};

// Those that are alike, the most alike first.
std::vector<Pair> alike_pairs(std::span<const ByteView> contents) {
  std::vector<Samples> samples;
  for (const ByteView content : contents) samples.push_back(samples_of(content));
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    for (std::size_t j = i + 1; j < samples.size(); ++j) {
      const std::size_t all = std::max<std::size_t>(samples[i].size() + samples[j].size(), 1);
      const std::size_t percent = 200 * count_common(samples[i], samples[j]) / all;
      if (percent >= kLeastAlikePercent) pairs.push_back({i, j, percent});
    }
  }
  std::ranges::sort(pairs, std::ranges::greater(), [](const Pair& pair) { return std::array{pair.percent, ~pair.first, ~pair.second}; });
  return pairs;
}

}  // namespace

std::vector<std::vector<std::size_t>> alike_groups(std::span<const ByteView> contents, std::size_t most_bytes) {
  if (contents.size() < 2) return {};
  std::vector<std::size_t> group_of(contents.size());
  std::iota(group_of.begin(), group_of.end(), 0);
  std::vector<std::vector<std::size_t>> groups(contents.size());
  std::vector<std::size_t> bytes(contents.size());
  for (std::size_t i = 0; i < contents.size(); ++i) groups[i] = {i}, bytes[i] = contents[i].size();
  for (const Pair& pair : alike_pairs(contents)) {
    const std::size_t to = std::min(group_of[pair.first], group_of[pair.second]), from = std::max(group_of[pair.first], group_of[pair.second]);
    if (to == from || bytes[to] + bytes[from] > most_bytes) continue;
    bytes[to] += bytes[from];
    for (const std::size_t member : groups[from]) group_of[member] = to;
    groups[to].insert(groups[to].end(), groups[from].begin(), groups[from].end());
    groups[from].clear();
  }
  std::erase_if(groups, [](const auto& group) { return group.size() < 2; });
  for (auto& group : groups) std::ranges::sort(group);
  return groups;
}

}  // namespace npk::writer
