#include "codec/filter/lines/aligned_lines_encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kGroups = 256;         // slots of a table
constexpr std::size_t kBeginnings = 256;     // likewise
constexpr std::size_t kShortestLine = 12;
constexpr std::size_t kLongestBeginning = 8;
constexpr std::uint32_t kFewestLines = 64;
// So many lines have the length of the last one before that begins alike: elsewhere lengths go with the values, and lines are aligned by chance.
constexpr std::uint32_t kLeastAlikeOfEight = 7;
constexpr std::uint32_t kExceptionShare = 64;
constexpr std::size_t kFewestPadded = 2;

bool is_letter(std::uint8_t byte) { return (byte | 0x20) - unsigned{'a'} < 26; }

// A word of letters at the front, or whether it begins with a space, a letter, a digit or another byte.
std::uint64_t beginning_of(ByteView line) {
  std::size_t length = 0;
  while (length < std::min(line.size(), kLongestBeginning) && is_letter(line[length])) ++length;
  if (length > 1) return hash_bytes(line.first(length), 1);
  return mix_hash(2, line[0] == ' ' ? 0U : length > 0 ? 1U : line[0] - unsigned{'0'} < 10 ? 2U : 3U);
}

std::uint64_t key_of(ByteView line) { return mix_hash(beginning_of(line), line.size()); }

// Lines of a group, and how many of them have another byte than a space at each place.
struct GroupTally {
  std::uint64_t key = 0;
  std::size_t length = 0;
  std::uint32_t lines = 0;
  std::uint32_t alike = 0;  // as long as the last line before that begins as they do
  std::array<std::uint32_t, AlignedLines::kLongestLine> filled{};

  void add(ByteView line, bool is_alike) noexcept {
    ++lines;
    alike += is_alike ? 1U : 0U;
    for (std::size_t i = 0; i < line.size(); ++i) filled[i] += line[i] != ' ' ? 1U : 0U;
  }
};

class Tallies {
 public:
  Tallies() : groups_(kGroups), lengths_(kBeginnings) {}

  void add(ByteView line) {
    const std::uint64_t beginning = beginning_of(line);
    const std::size_t length_before = std::exchange(lengths_[beginning % kBeginnings], static_cast<std::uint32_t>(line.size()));
    if (line.size() < kShortestLine || line.size() > AlignedLines::kLongestLine) return;
    const std::uint64_t key = mix_hash(beginning, line.size());
    GroupTally& group = groups_[key % kGroups];
    if (group.lines == 0) group.key = key, group.length = line.size();
    if (group.key == key) group.add(line, length_before == line.size());
  }

  template <class Use>
  void for_each_large(const Use& use) const {
    for (const GroupTally& group : groups_) {
      if (group.lines >= kFewestLines && std::uint64_t{group.alike} * 8 >= std::uint64_t{group.lines} * kLeastAlikeOfEight) use(group);
    }
  }

 private:
  FilterVector<GroupTally> groups_;
  FilterVector<std::uint32_t> lengths_;  // of the last lines, by how they begin
};

// The fields of a group, by how many of its lines have something at each place.
class FieldFinder {
 public:
  explicit FieldFinder(const GroupTally& tally) : tally_(tally), few_(tally.lines / kExceptionShare) {}

  AlignedGroup run() {
    AlignedGroup group{.context = tally_.key, .fields = {}, .blanks = FilterBytes(tally_.length)};
    for (std::size_t i = 0; i < tally_.length; ++i) group.blanks[i] = is_blank(i) ? 0xFF : 0;
    std::size_t padded = 0;
    for (std::size_t at = 0; at < tally_.length;) {
      const std::size_t end = field_end(at);
      if (!is_blank(at)) {
        const bool is_padded = !is_full(at) || !is_full(end - 1);
        group.fields.push_back({static_cast<std::uint8_t>(at), static_cast<std::uint8_t>(end), is_padded});
        padded += is_padded ? 1U : 0U;
      }
      at = end;
    }
    if (padded < kFewestPadded) group.fields.clear();
    return group;
  }

 private:
  [[nodiscard]] bool is_blank(std::size_t at) const { return tally_.filled[at] <= few_; }
  [[nodiscard]] bool is_full(std::size_t at) const { return tally_.filled[at] >= tally_.lines - few_; }

  // Of the field or the blanks that begin at `at`.
  [[nodiscard]] std::size_t field_end(std::size_t at) const {
    const bool blank = is_blank(at);
    std::size_t end = at + 1;
    while (end < tally_.length && is_blank(end) == blank && (blank || !begins_number(end))) ++end;
    return end;
  }

  // Whether behind a field that is always full one begins that is filled from its end, as numbers are, the longest of which leave no space before them.
  [[nodiscard]] bool begins_number(std::size_t at) const {
    if (!is_full(at - 1) || tally_.filled[at] > tally_.lines / 2) return false;
    while (at + 1 < tally_.length && tally_.filled[at + 1] >= tally_.filled[at] && !is_full(at)) ++at;
    return is_full(at);
  }

  const GroupTally& tally_;
  std::uint32_t few_;
};

template <class Use>
void for_each_line(ByteView raw, const Use& use) {
  for (std::size_t at = 0; at < raw.size();) {
    const void* feed = std::memchr(raw.data() + at, '\n', raw.size() - at);
    if (feed == nullptr) return;
    const auto end = static_cast<std::size_t>(static_cast<const std::uint8_t*>(feed) - raw.data());
    if (end > at) use(raw.subspan(at, end - at));
    at = end + 1;
  }
}

}  // namespace

AlignedLines::AlignedLines(ByteView raw) {
  Tallies tallies;
  for_each_line(raw, [&](ByteView line) { tallies.add(line); });
  tallies.for_each_large([&](const GroupTally& tally) {
    AlignedGroup group = FieldFinder(tally).run();
    if (!group.fields.empty()) groups_.push_back(std::move(group));
  });
  std::ranges::sort(groups_, {}, &AlignedGroup::context);
  found_any_ = !groups_.empty();
}

const AlignedGroup* AlignedLines::find(std::uint64_t key) const noexcept {
  const auto found = std::ranges::lower_bound(groups_, key, {}, &AlignedGroup::context);
  return found != groups_.end() && found->context == key ? &*found : nullptr;
}

const AlignedGroup* AlignedLines::group_of(ByteView line) const noexcept {
  if (!found_any_ || line.size() < kShortestLine || line.size() > kLongestLine) return nullptr;
  const AlignedGroup* group = find(key_of(line));
  if (group == nullptr || group->blanks.size() != line.size()) return nullptr;
  std::uint8_t misplaced = 0;
  for (std::size_t i = 0; i < line.size(); ++i) misplaced |= static_cast<std::uint8_t>((line[i] ^ ' ') & group->blanks[i]);
  return misplaced == 0 ? group : nullptr;
}

}  // namespace npk::codec
