#include "package/writer/similarity_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>

#include "package/writer/sampled_positions.h"
#include "pool/pipeline.h"

namespace npk::writer {
namespace {

constexpr std::size_t kSlots = 16;
constexpr std::size_t kShingleBytes = 32;
constexpr std::uint64_t kLeastSketchedBytes = 2U << 10;  // smaller ones are a third of the files and little of their bytes
constexpr std::uint64_t kMostSketchedBytes = 256U << 10;
constexpr std::size_t kFilesPerToken = 128;
constexpr std::uint32_t kNone = UINT32_MAX;
constexpr std::size_t kLeastShared = 2;  // minima; one alone joins files that have only their licence in common
// What is drawn further than an ordinary block should be there already in good part; more of it where blocks are long in any case, as filters have them.
constexpr std::size_t kLeastSharedOfLarge = kSlots / 4;
constexpr std::size_t kLeastSharedOfFiltered = kSlots * 3 / 8;

// The least sampled hash of each slot, kNone where there is none; later, by slot, the position of the file before with the same.
using Sketch = std::array<std::uint32_t, kSlots>;

std::uint64_t mix(std::uint64_t value) noexcept {  // SplitMix64's finalizer (Steele, Lea, Flood, OOPSLA 2014)
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

void take_shingle(const std::uint8_t* at, Sketch& out) {
  std::array<std::uint64_t, kShingleBytes / 8> words;
  std::memcpy(words.data(), at, kShingleBytes);
  std::uint64_t hash = 0;
  for (const std::uint64_t word : words) hash = (std::rotl(hash, 29) ^ word) * 0x9E3779B97F4A7C15;
  hash = mix(hash);
  std::uint32_t& least = out[hash % kSlots];
  least = std::min(least, static_cast<std::uint32_t>(hash >> 32));
}

void sketch(ByteView data, Sketch& out) {
  for_each_sampled(data, kShingleBytes, [&out](const std::uint8_t* at) { take_shingle(at, out); });
}

// What is read of a file: nothing of one too small to be told from others, or that hardly anything will be stored of.
std::uint64_t sketched_bytes(const InputTree& input, std::uint64_t number) noexcept {
  const std::uint64_t size = input.size(number);
  return size < kLeastSketchedBytes || size == kUnknownSize || input.is_likely_known(number) ? 0 : std::min(size, kMostSketchedBytes);
}

class Sketcher {
 public:
  Sketcher(const InputTree& input, const std::vector<std::uint64_t>& order) : input_(input), order_(order), sketches_(order.size()) {
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
      const std::uint64_t bytes = sketched_bytes(input_, order_[at]);
      if (bytes == 0) continue;
      auto file = opener->open(order_[at]);
      if (!file || (*file)->is_sequential()) continue;
      buffer.resize(bytes);
      const auto count = (*file)->read_at(0, buffer);
      if (count) sketch(ByteView(buffer).first(*count), sketches_[at]);
    }
  }

  const InputTree& input_;
  const std::vector<std::uint64_t>& order_;
  std::vector<Sketch> sketches_;
  std::size_t next_ = 0;
};

// Where a minimum was last, by linear probing.
class LastPositions {
 public:
  explicit LastPositions(std::size_t most) : slots_(std::bit_ceil(most + most / 2 + 1)) {}

  void clear() { std::ranges::fill(slots_, Slot{}); }

  // Where it was before, kNone if nowhere.
  std::uint32_t exchange(std::uint32_t minimum, std::uint32_t position) {
    std::size_t at = minimum;
    for (;; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.position == kNone) slot.minimum = minimum;
      if (slot.minimum == minimum) return std::exchange(slot.position, position);
    }
  }

 private:
  struct Slot {
    std::uint32_t minimum = 0;
    std::uint32_t position = kNone;
  };
  std::vector<Slot> slots_;
};

void link_to_files_before(std::vector<Sketch>& sketches) {
  LastPositions last(sketches.size());
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    last.clear();
    for (std::uint32_t at = 0; at < sketches.size(); ++at) {
      if (sketches[at][slot] != kNone) sketches[at][slot] = last.exchange(sketches[at][slot], at);
    }
  }
}

class Groups {
 public:
  Groups(std::size_t files, const SimilarityOptions& options)
      : group_bytes_(options.group_bytes), most_bytes_(std::max(options.group_bytes, options.large_group_bytes)) {
    of_.reserve(files);
  }

  // Files in order; `before` are positions.
  void add(const Sketch& before, std::uint64_t size, bool is_filtered) {
    const std::uint32_t number = best(before, size, is_filtered ? kLeastSharedOfFiltered : kLeastSharedOfLarge);
    const bool is_new = number == bytes_.size();
    if (is_new) bytes_.push_back(0), has_several_.push_back(false);
    bytes_[number] += size;
    has_several_[number] = !is_new;
    of_.push_back(number);
  }

  // Positions by group, groups by their first file.
  [[nodiscard]] std::vector<std::uint32_t> sorted() const {
    std::vector<std::uint32_t> positions(of_.size());
    std::iota(positions.begin(), positions.end(), 0U);
    std::ranges::sort(positions, {}, [this](std::uint32_t at) { return std::pair(of_[at], at); });
    return positions;
  }

  // Of the file at a position. A group little longer than a block is as well off in two of them.
  [[nodiscard]] bool is_large(std::uint32_t at) const noexcept {
    return has_several_[of_[at]] && bytes_[of_[at]] > group_bytes_ + group_bytes_ / 2;
  }

 private:
  // A new one if there is none.
  [[nodiscard]] std::uint32_t best(const Sketch& before, std::uint64_t size, std::size_t least_of_large) const {
    const auto none = static_cast<std::uint32_t>(bytes_.size());
    std::array<std::uint32_t, kSlots> found{};
    std::size_t count = 0;
    for (const std::uint32_t at : before) {
      if (at != kNone && bytes_[of_[at]] + size <= most_bytes_) found[count++] = of_[at];
    }
    std::sort(found.begin(), found.begin() + count);
    std::uint32_t most = none;
    std::size_t shared = 0;
    for (std::size_t i = 0; i < count;) {
      const std::size_t begin = i;
      while (i < count && found[i] == found[begin]) ++i;
      const bool gets_large = bytes_[found[begin]] + size > group_bytes_;
      if (i - begin > shared && i - begin >= (gets_large ? least_of_large : kLeastShared)) most = found[begin], shared = i - begin;
    }
    return most;
  }

  std::uint64_t group_bytes_, most_bytes_;
  std::vector<std::uint32_t> of_;     // by position
  std::vector<std::uint64_t> bytes_;  // by group
  std::vector<bool> has_several_;     // files; by group
};

}  // namespace

Result<DataOrder> similarity_order(const InputTree& input, std::vector<std::uint64_t> order, const OfFilteredKind& filtered, const SimilarityOptions& options) {
  std::uint64_t bytes = 0;
  for (const std::uint64_t number : order) bytes += sketched_bytes(input, number);
  if (bytes > options.most_bytes) return DataOrder{std::move(order)};
  NPK_ASSIGN(std::vector<Sketch> sketches, Sketcher(input, order).run(options));
  link_to_files_before(sketches);
  Groups groups(order.size(), options);
  for (std::size_t at = 0; at < order.size(); ++at) groups.add(sketches[at], input.size(order[at]), filtered[at]);
  sketches = {};
  DataOrder similar;
  similar.numbers.reserve(order.size());
  similar.in_large_group.reserve(order.size());
  for (const std::uint32_t at : groups.sorted()) {
    similar.numbers.push_back(order[at]);
    similar.in_large_group.push_back(groups.is_large(at));
  }
  return similar;
}

}  // namespace npk::writer
