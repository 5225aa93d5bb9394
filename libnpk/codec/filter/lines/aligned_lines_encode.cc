#include "codec/filter/lines/aligned_lines_encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "codec/ascii.h"
#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSlots = 256;  // of tables by hashes
constexpr std::size_t kMostGroups = 256;
constexpr std::size_t kShortestLine = 12;
constexpr std::size_t kLongestBeginning = 8;
constexpr std::uint32_t kFewestAlikeLines = 64;   // in a stretch
constexpr std::ptrdiff_t kFewestPadded = 2;
// So many lines have the length of the last one before that begins alike: elsewhere lengths go with the values, and lines are aligned by chance.
constexpr std::uint32_t kLeastAlikeOfEight = 7;
constexpr std::uint32_t kOtherByteShare = 64;
// Ragged lines of a stretch that are all looked at; of those behind them an eighth.
constexpr std::uint32_t kFirstRaggedLines = 256;

// Whether it begins with a space, a letter, a digit or another byte.
std::uint64_t kind_of_beginning(ByteView line) {
  return mix_hash(2, line[0] == ' ' ? 0U : is_letter(line[0]) ? 1U : is_digit(line[0]) ? 2U : 3U);
}

// A word of letters at the front, or what kind of byte.
std::uint64_t beginning_of(ByteView line) {
  std::size_t length = 0;
  while (length < std::min(line.size(), kLongestBeginning) && is_letter(line[length])) ++length;
  return length > 1 ? hash_bytes(line.first(length), 1) : kind_of_beginning(line);
}

// Of lines of one length, or of ragged ones, whose first field may be of any word.
std::uint64_t key_of(ByteView line) { return mix_hash(beginning_of(line), line.size()); }
std::uint64_t ragged_key_of(ByteView line) { return mix_hash(kind_of_beginning(line), 0); }

}  // namespace

// Lines of a group, and how many of them have another byte than a space at each place.
struct AlignedLines::Tally {
  std::uint64_t key = 0;
  std::size_t length = 0;
  std::uint32_t lines = 0;
  std::uint32_t alike = 0;   // as long as the last line before that begins as they do
  std::uint32_t others = 0;  // that came to its slot: as many make way for another group
  std::uint32_t seen = 0;  // of ragged ones
  bool is_ragged = false;
  std::array<std::uint32_t, kLongestLine> filled{};

  void add(ByteView line, bool is_alike) noexcept {
    length = line.size();
    ++lines;
    alike += is_alike ? 1U : 0U;
    for (std::size_t i = 0; i < line.size(); ++i) filled[i] += line[i] != ' ' ? 1U : 0U;
  }
  // What is behind a line's end is filled: no place there is blank in all.
  void add_ragged(ByteView line) noexcept {
    if (++seen > kFirstRaggedLines && seen % 8 != 0) return;
    add(line, false);
    for (std::size_t i = line.size(); i < filled.size(); ++i) ++filled[i];
    length = filled.size();
    is_ragged = true;
  }
  void add(const Tally& more) noexcept {
    lines += more.lines;
    for (std::size_t i = 0; i < length; ++i) filled[i] += more.filled[i];
  }
  [[nodiscard]] bool may_be_aligned() const noexcept {
    return lines >= kFewestAlikeLines && (is_ragged || std::uint64_t{alike} * 8 >= std::uint64_t{lines} * kLeastAlikeOfEight);
  }
};

namespace {

// The fields of a group, by how many of its lines have something at each place.
template <class Tally>
class FieldFinder {
 public:
  explicit FieldFinder(const Tally& tally) : tally_(tally), few_(tally.lines / kOtherByteShare) {}

  [[nodiscard]] FilterVector<AlignedField> fields() const {
    FilterVector<AlignedField> found;
    for (std::size_t at = 0; at < tally_.length;) {
      const std::size_t end = field_end(at);
      if (!is_blank(at)) found.push_back({static_cast<std::uint8_t>(at), static_cast<std::uint8_t>(end), !is_full(at) || !is_full(end - 1)});
      at = end;
    }
    if (tally_.is_ragged) join_last(found);
    return found;
  }
  [[nodiscard]] FilterBytes blanks() const {
    FilterBytes found(tally_.is_ragged ? last_begins() : tally_.length);
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = is_blank(i) ? 0xFF : 0;
    return found;
  }

 private:
  // Behind the last place that is blank.
  [[nodiscard]] std::size_t last_begins() const {
    std::size_t begin = tally_.length;
    while (begin > 0 && !is_blank(begin - 1)) --begin;
    return begin;
  }
  void join_last(FilterVector<AlignedField>& fields) const {
    const auto begin = static_cast<std::uint8_t>(last_begins());
    while (!fields.empty() && fields.back().begin >= begin) fields.pop_back();
    if (!fields.empty()) fields.push_back({begin, begin, false});
  }
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
    if (!is_full(at - 1) || tally_.filled[at] > tally_.lines / 4) return false;
    while (at + 1 < tally_.length && tally_.filled[at + 1] >= tally_.filled[at] && !is_full(at)) ++at;
    return is_full(at);
  }

  const Tally& tally_;
  std::uint32_t few_;
};

template <class Tally>
std::size_t count_fields(const Tally& tally) {
  return FieldFinder(tally).fields().size();
}

// Non-empty lines that begin in the stretch of `at`. Returns where the next one begins.
template <class Use>
std::size_t for_each_line(ByteView raw, std::size_t at, const Use& use) {
  const std::size_t limit = std::min(raw.size(), (at / AlignedLines::kStretchBytes + 1) * AlignedLines::kStretchBytes);
  while (at < limit) {
    const void* feed = std::memchr(raw.data() + at, '\n', raw.size() - at);
    if (feed == nullptr) return raw.size();
    const auto end = static_cast<std::size_t>(static_cast<const std::uint8_t*>(feed) - raw.data());
    if (end > at) use(raw.subspan(at, end - at));
    at = end + 1;
  }
  return at;
}

}  // namespace

// Null where another group has its slot; where that gives way its next line will find one.
AlignedLines::Tally* AlignedLines::tally_of(FilterVector<Tally>& tallies, std::uint64_t key) noexcept {
  Tally& tally = tallies[key % kSlots];
  if (tally.key == key) return &tally;
  if (tally.others++ >= tally.lines) tally = {.key = key};
  return nullptr;
}

AlignedLines::AlignedLines(ByteView raw) : stretches_(raw.size() / kStretchBytes + 1) {
  FilterVector<Tally> tallies(kSlots), ragged(kSlots), groups;
  std::array<std::uint32_t, kSlots> lengths{};  // of the last lines, by how they begin
  for (std::size_t at = 0; at < raw.size();) {
    std::ranges::fill(tallies, Tally{});
    std::ranges::fill(ragged, Tally{});
    const std::size_t end = for_each_line(raw, at, [&](ByteView line) {
      const std::uint64_t beginning = beginning_of(line);
      const std::uint32_t length_before = std::exchange(lengths[beginning % kSlots], static_cast<std::uint32_t>(line.size()));
      if (line.size() < kShortestLine || line.size() > kLongestLine) return;
      if (Tally* tally = tally_of(ragged, ragged_key_of(line)); tally != nullptr) tally->add_ragged(line);
      if (Tally* tally = tally_of(tallies, mix_hash(beginning, line.size())); tally != nullptr) tally->add(line, length_before == line.size());
    });
    for (const auto* some : {&tallies, &ragged}) {
      for (const Tally& tally : *some)
        if (tally.may_be_aligned()) stretches_[at / kStretchBytes].push_back({tally.key, group_for(groups, tally)});
    }
    at = end;
  }
  for (const Tally& tally : groups) add_group(tally);
}

// Its number: that of those that begin alike elsewhere, unless their fields lie elsewhere: then together they would have fewer, or more.
std::uint32_t AlignedLines::group_for(FilterVector<Tally>& groups, const Tally& tally) {
  const std::size_t fields = count_fields(tally);
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    if (groups[i].key != tally.key) continue;
    Tally both = groups[i];
    both.add(tally);
    if (count_fields(both) != std::max(fields, count_fields(groups[i]))) continue;
    groups[i] = both;
    return i;
  }
  if (groups.size() < kMostGroups) groups.push_back(tally);
  return static_cast<std::uint32_t>(groups.size() - 1);  // beyond, of any: its lines will not look like that
}

void AlignedLines::add_group(const Tally& tally) {
  const FieldFinder finder(tally);
  AlignedGroup& group = groups_.emplace_back();
  group.fields = finder.fields();
  group.blanks = finder.blanks();
  group.context = mix_hash(tally.key, groups_.size());
  group.is_ragged = tally.is_ragged;
  // Of ragged lines in an eighth at least: fields of hardly ever another width are aligned by chance.
  const std::uint32_t most_filled = tally.is_ragged ? tally.lines / 8 * 7 : tally.lines;
  const auto has_padding = [&](const AlignedField& field) {
    if (!field.padded || std::min(tally.filled[field.begin], tally.filled[field.end - 1U]) > most_filled) return false;
    return (field.begin > 0 && group.blanks[field.begin - 1] != 0) || (field.end < group.blanks.size() && group.blanks[field.end] != 0);
  };
  if (std::ranges::count_if(group.fields, has_padding) < kFewestPadded) group.fields.clear();
  found_any_ = found_any_ || !group.fields.empty();
}

const AlignedGroup* AlignedLines::group_of(ByteView raw, std::size_t at, std::size_t length) const noexcept {
  if (!found_any_ || length < kShortestLine || length > kLongestLine) return nullptr;
  const ByteView line = raw.subspan(at, length);
  const AlignedGroup* group = find(at / kStretchBytes, key_of(line), line);
  return group != nullptr ? group : find(at / kStretchBytes, ragged_key_of(line), line);
}

// Null, too, where the line has something in a place that is blank.
const AlignedGroup* AlignedLines::find(std::size_t stretch, std::uint64_t key, ByteView line) const noexcept {
  const auto found = std::ranges::find(stretches_[stretch], key, &GroupOfKey::key);
  if (found == stretches_[stretch].end() || groups_[found->group].fields.empty()) return nullptr;
  const AlignedGroup& group = groups_[found->group];
  const std::size_t length = group.blanks.size();
  if (group.is_ragged ? line.size() <= length : line.size() != length) return nullptr;
  std::uint8_t misplaced = 0;
  for (std::size_t i = 0; i < length; ++i) misplaced |= static_cast<std::uint8_t>((line[i] ^ ' ') & group.blanks[i]);
  return misplaced == 0 ? &group : nullptr;
}

}  // namespace npk::codec
