#include "package/writer/base_choice.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <queue>
#include <utility>

namespace npk::writer {
namespace {

constexpr std::size_t kSampleBytes = 8;
constexpr int kSampleShift = 64 - 5;
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio: the high bits depend on all of the content
constexpr std::uint64_t kLeastBlocksOfGroup = 3;  // for one to be the base of the others; a base is no larger a part than that
constexpr std::size_t kPositionsAtOnce = 1024;
constexpr std::uint64_t kChunkCost = 200;  // bytes that a chunk is taken to have more, so that tiny ones do not win

// Of a sample: how many blocks have it besides one.
class SampleTable {
 public:
  explicit SampleTable(std::size_t samples) : slots_(std::bit_ceil(2 * samples + 1)), others_(slots_.size()), mask_(slots_.size() - 1) {}

  // Chunks ascend; `blocks`: those they would lie in without a base. Returns the slot, once for each chunk.
  std::optional<std::uint32_t> add(std::uint32_t sample, std::uint32_t chunk, std::span<const std::uint64_t> blocks) {
    std::size_t at = sample & mask_;
    while (slots_[at].chunk != kNone && slots_[at].sample != sample) at = (at + 1) & mask_;
    const std::uint32_t before = std::exchange(slots_[at], {sample, chunk}).chunk;
    if (before == chunk) return std::nullopt;
    if (before != kNone && blocks[before] != blocks[chunk]) ++others_[at];
    return static_cast<std::uint32_t>(at);
  }
  [[nodiscard]] std::uint64_t worth(std::uint32_t slot) const noexcept { return others_[slot]; }
  void cover(std::uint32_t slot) noexcept { others_[slot] = 0; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Slot {
    std::uint32_t sample = 0;
    std::uint32_t chunk = kNone;  // the last with it
  };
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> others_;
  std::size_t mask_;
};

class BaseChoice {
 public:
  BaseChoice(std::span<const GroupChunk> chunks, std::size_t block_bytes) : chunks_(chunks), table_(count_samples(chunks)) {
    std::vector<std::uint64_t> blocks;
    std::uint64_t begin = 0;
    for (const GroupChunk& chunk : chunks) blocks.push_back(std::exchange(begin, begin + chunk.length) / block_bytes);
    for (std::uint32_t chunk = 0; chunk < chunks.size(); ++chunk) {
      for (const std::uint32_t sample : chunks[chunk].samples) {
        if (const auto slot = table_.add(sample, chunk, blocks)) slots_.push_back(*slot);
      }
      ends_.push_back(slots_.size());
    }
  }

  // What is looked at again never gains: the first whose gain is still what it was is the best.
  std::vector<std::size_t> run(std::uint64_t most_bytes) {
    using Candidate = std::pair<std::uint64_t, std::size_t>;  // gain, and chunks from behind, so that the first of equals wins
    std::priority_queue<Candidate> queue;
    for (std::size_t i = 0; i < chunks_.size(); ++i) queue.emplace(gain(i), chunks_.size() - i);
    std::vector<std::size_t> chosen;
    std::uint64_t bytes = 0;
    while (!queue.empty()) {
      const auto [known, behind] = queue.top();
      queue.pop();
      const std::size_t chunk = chunks_.size() - behind;
      if (known == 0 || bytes + chunks_[chunk].length > most_bytes) continue;
      if (const std::uint64_t now = gain(chunk); now != known) {
        queue.emplace(now, behind);
        continue;
      }
      bytes += chunks_[chunk].length;
      chosen.push_back(chunk);
      for (const std::uint32_t slot : slots_of(chunk)) table_.cover(slot);
    }
    std::ranges::sort(chosen);
    return chosen;
  }

 private:
  static std::size_t count_samples(std::span<const GroupChunk> chunks) {
    std::size_t count = 0;
    for (const GroupChunk& chunk : chunks) count += chunk.samples.size();
    return count;
  }

  [[nodiscard]] std::span<const std::uint32_t> slots_of(std::size_t chunk) const {
    const std::size_t begin = chunk == 0 ? 0 : ends_[chunk - 1];
    return std::span(slots_).subspan(begin, ends_[chunk] - begin);
  }

  [[nodiscard]] std::uint64_t gain(std::size_t chunk) const {
    std::uint64_t worth = 0;
    for (const std::uint32_t slot : slots_of(chunk)) worth += table_.worth(slot);
    return (worth << 20) / (chunks_[chunk].length + kChunkCost);
  }

  std::span<const GroupChunk> chunks_;
  SampleTable table_;
  std::vector<std::uint32_t> slots_;  // of all chunks' samples, one behind another
  std::vector<std::size_t> ends_;
};

}  // namespace

std::vector<std::uint32_t> sample_content(ByteView chunk) {
  std::vector<std::uint32_t> samples;
  std::array<std::uint32_t, kPositionsAtOnce> found;
  const std::size_t positions = chunk.size() - std::min(chunk.size(), kSampleBytes - 1);
  for (std::size_t begin = 0; begin < positions; begin += kPositionsAtOnce) {
    const std::size_t end = std::min(begin + kPositionsAtOnce, positions);
    std::size_t count = 0;
    for (std::size_t at = begin; at < end; ++at) {  // no branch, which could not be foreseen
      const std::uint64_t hash = load_le<std::uint64_t>(chunk.data() + at) * kMultiplier;
      found[count] = static_cast<std::uint32_t>(hash >> 20);
      count += static_cast<std::size_t>(hash >> kSampleShift == 0);
    }
    samples.insert(samples.end(), found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return samples;
}

DividedGroup divide_group(std::span<const GroupChunk> chunks, std::size_t block_bytes, std::size_t most_base_bytes) {
  std::uint64_t bytes = 0;
  for (const GroupChunk& chunk : chunks) bytes += chunk.length;
  DividedGroup group;
  std::vector<bool> in_base(chunks.size());
  if (const std::uint64_t part = bytes / kLeastBlocksOfGroup; part >= block_bytes && most_base_bytes != 0) {
    std::vector<std::size_t> base = BaseChoice(chunks, block_bytes).run(std::min<std::uint64_t>(most_base_bytes, part));
    for (const std::size_t chunk : base) in_base[chunk] = true;
    group.has_base = !base.empty();
    if (group.has_base) group.blocks.push_back(std::move(base));
  }
  std::uint64_t room = 0;
  for (std::size_t chunk = 0; chunk < chunks.size(); ++chunk) {
    if (in_base[chunk]) continue;
    if (chunks[chunk].length > room) group.blocks.emplace_back(), room = block_bytes;
    group.blocks.back().push_back(chunk);
    room -= std::min<std::uint64_t>(room, chunks[chunk].length);
  }
  return group;
}

}  // namespace npk::writer
