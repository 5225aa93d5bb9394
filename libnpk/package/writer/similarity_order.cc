#include "package/writer/similarity_order.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <utility>

#include "chunk/chunker.h"
#include "pool/pipeline.h"

namespace npk::writer {
namespace {

constexpr std::size_t kSlots = 16;
constexpr std::size_t kShingleBytes = 32;                 // what the hash still holds, two bits a byte
constexpr std::uint64_t kSampled = UINT64_MAX >> 4;       // of the hashes, those up to here
constexpr std::uint64_t kLeastSketchedBytes = 256;
constexpr std::uint64_t kMostSketchedBytes = 1U << 20;
constexpr std::size_t kFilesPerToken = 128;
constexpr std::uint32_t kNone = UINT32_MAX;
constexpr unsigned kLeastShared = 2;  // minima; one alone joins files that have only their licence in common

// The least sampled hash of each slot, kNone where there is none; later, by slot, the position of the file before with the same.
using Sketch = std::array<std::uint32_t, kSlots>;

std::uint64_t mix(std::uint64_t value) noexcept {  // SplitMix64's finalizer (Steele, Lea, Flood, OOPSLA 2014)
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

void sketch(ByteView data, const chunk::GearTable& table, Sketch& out) {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    hash = (hash << 2) + table[data[i]];
    if (hash > kSampled || i + 1 < kShingleBytes) continue;
    const std::uint64_t mixed = mix(hash);
    std::uint32_t& least = out[mixed % kSlots];
    least = std::min(least, static_cast<std::uint32_t>(mixed >> 32));
  }
}

// What is read of a file: nothing of one too small to be told from others.
std::uint64_t sketched_bytes(std::uint64_t size) noexcept {
  return size < kLeastSketchedBytes || size == kUnknownSize ? 0 : std::min(size, kMostSketchedBytes);
}

class Sketcher {
 public:
  Sketcher(const InputTree& input, const std::vector<std::uint64_t>& order) : input_(input), order_(order), table_(chunk::make_gear_table(0)), sketches_(order.size()) {
    for (Sketch& each : sketches_) each.fill(kNone);
  }

  Result<std::vector<Sketch>> run(const SimilarityOptions& options) {
    std::vector<pool::Stage<std::size_t>> stages;
    stages.push_back({pool::StageKind::parallel, [this](std::size_t& begin) { return read_files(begin), Result<void>(); }});
    NPK_TRY(pool::run_pipeline<std::size_t>({.threads = options.threads, .stop = options.stop}, [this] { return next(); }, std::move(stages)));
    return std::move(sketches_);
  }

 private:
  Result<std::unique_ptr<std::size_t>> next() {
    if (next_ >= order_.size()) return nullptr;
    return std::make_unique<std::size_t>(std::exchange(next_, next_ + kFilesPerToken));
  }

  void read_files(std::size_t begin) {
    const auto opener = input_.opener();
    Bytes buffer;
    for (std::size_t at = begin; at < std::min(begin + kFilesPerToken, order_.size()); ++at) {
      const std::uint64_t bytes = sketched_bytes(input_.size(order_[at]));
      if (bytes == 0) continue;
      auto file = opener->open(order_[at]);
      if (!file || (*file)->is_sequential()) continue;
      buffer.resize(bytes);
      const auto count = (*file)->read_at(0, buffer);
      if (count) sketch(ByteView(buffer).first(*count), table_, sketches_[at]);
    }
  }

  const InputTree& input_;
  const std::vector<std::uint64_t>& order_;
  chunk::GearTable table_;
  std::vector<Sketch> sketches_;
  std::size_t next_ = 0;
};

void link_to_files_before(std::vector<Sketch>& sketches) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> minima;  // and positions
  minima.reserve(sketches.size());
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    minima.clear();
    for (std::uint32_t at = 0; at < sketches.size(); ++at) {
      if (sketches[at][slot] != kNone) minima.emplace_back(sketches[at][slot], at);
    }
    std::ranges::sort(minima);
    for (std::size_t i = 0; i < minima.size(); ++i) {
      const bool is_shared = i != 0 && minima[i - 1].first == minima[i].first;
      sketches[minima[i].second][slot] = is_shared ? minima[i - 1].second : kNone;
    }
  }
}

class Groups {
 public:
  Groups(std::size_t files, std::uint64_t group_bytes) : group_bytes_(group_bytes) { of_.reserve(files); }

  // Files in order; `before` are positions.
  void add(const Sketch& before, std::uint64_t size) {
    const std::uint32_t group = best(before, size);
    if (group == bytes_.size()) bytes_.push_back(0);
    bytes_[group] += size;
    of_.push_back(group);
  }

  // Positions by group, groups by their first file.
  [[nodiscard]] std::vector<std::uint32_t> sorted() const {
    std::vector<std::uint32_t> positions(of_.size());
    std::iota(positions.begin(), positions.end(), 0U);
    std::ranges::sort(positions, {}, [this](std::uint32_t at) { return std::pair(of_[at], at); });
    return positions;
  }

 private:
  // A new one if there is none.
  [[nodiscard]] std::uint32_t best(const Sketch& before, std::uint64_t size) const {
    const auto none = static_cast<std::uint32_t>(bytes_.size());
    std::array<std::uint32_t, kSlots> found{};
    std::size_t count = 0;
    for (const std::uint32_t at : before) {
      if (at != kNone && bytes_[of_[at]] + size <= group_bytes_) found[count++] = of_[at];
    }
    std::sort(found.begin(), found.begin() + count);
    std::uint32_t most = none;
    std::size_t shared = kLeastShared - 1;
    for (std::size_t i = 0; i < count;) {
      const std::size_t begin = i;
      while (i < count && found[i] == found[begin]) ++i;
      if (i - begin > shared) most = found[begin], shared = i - begin;
    }
    return most;
  }

  std::uint64_t group_bytes_;
  std::vector<std::uint32_t> of_;     // by position
  std::vector<std::uint64_t> bytes_;  // by group
};

}  // namespace

Result<std::vector<std::uint64_t>> similarity_order(const InputTree& input, const std::vector<std::uint64_t>& order, const SimilarityOptions& options) {
  std::uint64_t bytes = 0;
  for (const std::uint64_t number : order) bytes += sketched_bytes(input.size(number));
  if (bytes > options.most_bytes) return order;
  NPK_ASSIGN(std::vector<Sketch> sketches, Sketcher(input, order).run(options));
  link_to_files_before(sketches);
  Groups groups(order.size(), options.group_bytes);
  for (std::size_t at = 0; at < order.size(); ++at) groups.add(sketches[at], input.size(order[at]));
  sketches = {};
  std::vector<std::uint64_t> similar;
  similar.reserve(order.size());
  for (const std::uint32_t at : groups.sorted()) similar.push_back(order[at]);
  return similar;
}

}  // namespace npk::writer
