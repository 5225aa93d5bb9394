#include "codec/filter/markup/plan_encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <utility>

namespace npk::codec::markup {
namespace {

constexpr std::uint32_t kWorthAColumn = 24;   // values
constexpr std::uint32_t kWorthFolding = 8;    // uses of a value in its field
constexpr std::uint32_t kFoldingShare = 50;   // a value folded makes up one part in so many of its field
constexpr std::uint32_t kWorthATemplate = 6;  // uses of a template with folded values
constexpr std::uint32_t kWorthPlaces = 256;   // leaves
constexpr std::uint32_t kPlaces = 32;         // among a parent's children; the last is that of all behind it, too
constexpr std::size_t kTableSampleTags = 1U << 16;

struct Space {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;
};

// The elements that are open, each with its place among its parent's children.
class OpenElements {
 public:
  [[nodiscard]] std::size_t depth() const noexcept { return stack_.size(); }

  // How many elements an end tag closes; 0 if it ends none, or too many.
  [[nodiscard]] std::uint32_t distance_of(const Skeleton& skeleton) const {
    if (skeleton.kind != kEnd) return 0;
    for (std::size_t distance = 1; distance <= std::min(stack_.size(), kMaxEndDistance); ++distance) {
      if (stack_[stack_.size() - distance].name == skeleton.name) return static_cast<std::uint32_t>(distance);
    }
    return 0;
  }

  // The place of the outermost of them, below kPlaces.
  std::uint32_t close(std::uint32_t distance) {
    if (distance == 0) return 0;
    const std::uint32_t place = stack_[stack_.size() - distance].place;
    stack_.resize(stack_.size() - distance);
    return std::min(place, kPlaces - 1);
  }

  void open(const Skeleton& skeleton) {
    if (skeleton.kind != kStart || stack_.size() == kMaxDepth) return;
    const std::uint32_t place = stack_.empty() ? 0 : stack_.back().children++;
    stack_.push_back({skeleton.name, place, 0});
  }

 private:
  struct Element {
    std::uint32_t name = 0, place = 0, children = 0;
  };

  FilterVector<Element> stack_;
};

class Planner {
 public:
  Planner(ByteView raw, Scan& scan) : raw_(raw), scan_(scan) {}
  Plan run();

 private:
  void find_tables();
  void find_leaf_texts();
  void for_each_leaf(std::size_t first_tag, std::size_t end_tag, const auto& use);
  void choose_columns();
  void find_void_elements();
  void build(std::size_t tag);
  std::uint32_t template_of(std::uint32_t text_slot, const Tag& tag, std::uint32_t end_distance);
  std::uint32_t template_for(std::uint32_t text_slot, std::uint32_t skeleton, std::uint32_t end_distance, std::uint32_t first_value);
  std::uint32_t intern(std::span<const std::uint32_t> key);
  std::uint32_t text_slot(std::size_t tag, std::size_t depth, std::uint32_t place);
  [[nodiscard]] ByteView text_before(std::size_t tag) const {
    const std::size_t begin = tag == 0 ? 0 : scan_.tags[tag - 1].end;
    return raw_.subspan(begin, scan_.tags[tag].begin - begin);
  }
  // Whether the text before this tag is all that an element holds.
  [[nodiscard]] bool ends_leaf(std::size_t tag) const {
    return tag > 0 && skeleton_of(tag).kind == kEnd && skeleton_of(tag - 1).kind == kStart && skeleton_of(tag).name == skeleton_of(tag - 1).name;
  }
  [[nodiscard]] std::uint32_t leaf_of(std::uint32_t name, std::uint32_t place) const { return first_leaves_[name] + (is_placed_[name] ? place : 0); }
  [[nodiscard]] const Skeleton& skeleton_of(std::size_t tag) const { return scan_.skeletons[scan_.tags[tag].skeleton]; }
  [[nodiscard]] bool is_known_space(ByteView text, std::size_t depth) const {
    const Space& known = spaces_[depth];
    return known.length == text.size() && std::memcmp(raw_.data() + known.begin, text.data(), text.size()) == 0;
  }

  ByteView raw_;
  Scan& scan_;
  Plan plan_;
  Interner keys_{1U << 12};
  // Templates without values, by text slot and skeleton or distance: number + 1.
  static constexpr std::uint32_t kQuickSlots = 8;
  FilterVector<std::uint32_t> quick_;
  OpenElements open_;
  std::array<Space, kSpaceDepths> spaces_{};
  FilterVector<bool> is_void_;
  FilterVector<std::uint32_t> first_leaves_;     // by name: of leaf texts, one, or one for each place
  FilterVector<bool> is_placed_;                 // by name: whether texts go by places
  FilterVector<Field> leaf_texts_;
  FilterVector<std::uint32_t> leaf_text_slots_;  // a TextSlot, or kTextColumn + column
};

bool is_blank(ByteView text) noexcept { return std::ranges::all_of(text, is_space); }

// Mostly digits and marks: numbers, dates, versions.
bool is_data(const Field& field) noexcept {
  return field.values >= 32 && (field.sampled_digits + field.sampled_marks) * 4ULL >= field.sampled_bytes * 3ULL &&
         field.sampled_digits * 2ULL >= field.sampled_bytes;
}

// use(tag, place) of each leaf that ends within these tags.
void Planner::for_each_leaf(std::size_t first_tag, std::size_t end_tag, const auto& use) {
  OpenElements open;
  for (std::size_t tag = first_tag; tag < end_tag; ++tag) {
    const Skeleton& skeleton = skeleton_of(tag);
    const std::uint32_t place = open.close(open.distance_of(skeleton));
    if (ends_leaf(tag)) use(tag, place);
    open.open(skeleton);
  }
}

// Leaves of a name that are as long as the one before at the same place of a parent, rather than as the last one: cells of a table, or values by turns.
void Planner::find_tables() {
  struct Lengths {
    std::uint32_t values = 0, changes = 0, changes_in_place = 0;
    std::uint8_t last = 0;
    std::array<std::uint8_t, kPlaces> in_place{};
  };
  FilterVector<Lengths> lengths(scan_.names.count());
  const std::size_t middle = scan_.tags.size() / 2;
  const std::size_t first = middle - std::min(middle, kTableSampleTags / 2);
  for_each_leaf(first, std::min(scan_.tags.size(), first + kTableSampleTags), [&](std::size_t tag, std::uint32_t place) {
    Lengths& mine = lengths[skeleton_of(tag).name];
    const auto length = static_cast<std::uint8_t>(std::min<std::size_t>(text_before(tag).size(), 255));
    mine.changes += std::exchange(mine.last, length) != length ? 1U : 0U;
    mine.changes_in_place += std::exchange(mine.in_place[place], length) != length || place + 1 == kPlaces ? 1U : 0U;
    ++mine.values;
  });
  std::uint32_t leaves = 0;
  for (const Lengths& mine : lengths) {
    first_leaves_.push_back(leaves);
    is_placed_.push_back(mine.values >= kWorthPlaces && mine.changes_in_place * 4ULL < mine.changes * 3ULL);
    leaves += is_placed_.back() ? kPlaces : 1;
  }
  leaf_texts_.resize(leaves);
}

void Planner::find_leaf_texts() {
  const auto note = [&](std::size_t tag, std::uint32_t place) {
    const ByteView text = text_before(tag);
    Field& field = leaf_texts_[leaf_of(skeleton_of(tag).name, place)];
    field.bytes += text.size();
    ++field.values;
    if (field.samples < 256) field.sample(text);
  };
  if (std::ranges::find(is_placed_, true) != is_placed_.end()) return for_each_leaf(0, scan_.tags.size(), note);
  for (std::size_t tag = 1; tag < scan_.tags.size(); ++tag) {
    if (ends_leaf(tag)) note(tag, 0);
  }
}

void Planner::choose_columns() {
  plan_.value_slots.assign(scan_.fields.size(), kValueColumn + kMixedColumn);
  leaf_text_slots_.assign(leaf_texts_.size(), kTextStream);
  struct Candidate {
    std::uint64_t bytes;
    std::uint32_t* slot;
    std::uint32_t first;  // the slot of column 0
  };
  FilterVector<Candidate> candidates;
  for (std::size_t i = 0; i < scan_.fields.size(); ++i) {
    if (scan_.fields[i].lists_numbers())
      plan_.value_slots[i] = kValueNumbers;
    else if (scan_.fields[i].values >= kWorthAColumn)
      candidates.push_back({scan_.fields[i].bytes, &plan_.value_slots[i], kValueColumn});
  }
  for (std::size_t i = 0; i < leaf_texts_.size(); ++i) {
    if (leaf_texts_[i].lists_numbers())
      leaf_text_slots_[i] = kTextNumbers;
    else if (is_data(leaf_texts_[i]))
      candidates.push_back({leaf_texts_[i].bytes, &leaf_text_slots_[i], kTextColumn});
  }
  std::ranges::stable_sort(candidates, std::greater(), &Candidate::bytes);
  for (const Candidate& candidate : candidates) {
    if (plan_.columns == kMaxColumns) break;
    *candidate.slot = candidate.first + static_cast<std::uint32_t>(plan_.columns++);
  }
}

// Elements that are opened twice as often as closed do not nest.
void Planner::find_void_elements() {
  FilterVector<std::uint32_t> starts(scan_.names.count()), ends(scan_.names.count());
  for (const Skeleton& skeleton : scan_.skeletons) {
    if (skeleton.kind == kStart) starts[skeleton.name] += skeleton.count;
    if (skeleton.kind == kEnd) ends[skeleton.name] += skeleton.count;
  }
  is_void_.resize(starts.size());
  for (std::size_t i = 0; i < starts.size(); ++i) is_void_[i] = ends[i] < starts[i] / 2 || ends[i] == 0;
}

std::uint32_t Planner::intern(std::span<const std::uint32_t> key) {
  const std::uint32_t number = keys_.add(ByteView(reinterpret_cast<const std::uint8_t*>(key.data()), key.size_bytes()));
  if (number < plan_.templates.size()) return number;
  Template& added = plan_.templates.emplace_back();
  added.text_slot = key[0];
  added.skeleton = key[1];
  added.end_distance = key[2];
  added.first_spelling = static_cast<std::uint32_t>(plan_.spellings.size());
  plan_.spellings.insert(plan_.spellings.end(), key.begin() + 3, key.end());
  added.base = number;
  return number;
}

std::uint32_t Planner::template_for(std::uint32_t text_slot, std::uint32_t skeleton, std::uint32_t end_distance, std::uint32_t first_value) {
  std::array<std::uint32_t, 3 + kMaxSlots> key{text_slot, skeleton, end_distance};
  std::size_t length = 3;
  bool folded = false;
  if (skeleton != kNone) {
    for (const std::uint32_t field : scan_.skeletons[skeleton].fields) {
      const std::uint32_t spelling = scan_.values[first_value++].spelling;
      const bool folds = spelling != kNone && scan_.spelling_counts[spelling] >= kWorthFolding &&
                         std::uint64_t{scan_.spelling_counts[spelling]} * kFoldingShare >= scan_.fields[field].values;
      folded = folded || folds;
      key[length++] = folds ? spelling : kNone;
    }
  }
  const std::size_t known = plan_.templates.size();
  const std::uint32_t number = intern(std::span(key).first(length));
  if (number == known && folded) {
    std::fill(key.begin() + 3, key.begin() + static_cast<std::ptrdiff_t>(length), kNone);
    const std::uint32_t base = intern(std::span(key).first(length));
    plan_.templates[number].base = base;
  }
  ++plan_.templates[number].count;
  return number;
}

std::uint32_t Planner::template_of(std::uint32_t text_slot, const Tag& tag, std::uint32_t end_distance) {
  const std::uint32_t skeleton = end_distance > 0 ? kNone : tag.skeleton;
  if (text_slot >= kQuickSlots || (skeleton != kNone && !scan_.skeletons[skeleton].fields.empty()))
    return template_for(text_slot, skeleton, end_distance, tag.first_value);
  std::uint32_t& quick = quick_[(skeleton == kNone ? end_distance : kMaxEndDistance + 1 + skeleton) * kQuickSlots + text_slot];
  if (quick == 0) {
    quick = template_for(text_slot, skeleton, end_distance, tag.first_value) + 1;
  } else {
    ++plan_.templates[quick - 1].count;
  }
  return quick - 1;
}

std::uint32_t Planner::text_slot(std::size_t tag, std::size_t depth, std::uint32_t place) {
  const ByteView text = text_before(tag);
  if (text.empty()) return kNoText;
  if (is_space(text[0]) && is_blank(text)) {
    depth = std::min(depth, kSpaceDepths - 1);
    if (is_known_space(text, depth)) return kKnownSpace;
    if (text.size() <= kMaxSpace) spaces_[depth] = {scan_.tags[tag].begin - static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(text.size())};
    return kTextColumn + kSpaceColumn;
  }
  if (std::memchr(text.data(), '<', text.size()) != nullptr) return kTextColumn + kRawTextColumn;
  return ends_leaf(tag) ? leaf_text_slots_[leaf_of(skeleton_of(tag).name, place)] : static_cast<std::uint32_t>(kTextStream);
}

void Planner::build(std::size_t tag) {
  const Tag& at = scan_.tags[tag];
  const Skeleton& skeleton = scan_.skeletons[at.skeleton];
  const std::uint32_t distance = open_.distance_of(skeleton);
  const std::uint32_t place = open_.close(distance);
  const std::uint32_t slot = text_slot(tag, open_.depth(), place);
  plan_.sequence.push_back(template_of(slot, at, distance));
  open_.open(skeleton);
}

Plan Planner::run() {
  find_void_elements();
  for (Skeleton& skeleton : scan_.skeletons) {
    if (skeleton.kind == kStart && is_void_[skeleton.name]) skeleton.kind = kPlain;
  }
  find_tables();
  find_leaf_texts();
  choose_columns();
  quick_.assign((kMaxEndDistance + 1 + scan_.skeletons.size()) * kQuickSlots, 0);
  plan_.sequence.reserve(scan_.tags.size());
  for (std::size_t tag = 0; tag < scan_.tags.size(); ++tag) build(tag);
  for (std::uint32_t& number : plan_.sequence) {
    Template& used = plan_.templates[number];
    if (used.base == number || used.count >= kWorthATemplate) continue;
    number = used.base;
    ++plan_.templates[number].count;
  }
  return std::move(plan_);
}

}  // namespace

Plan plan_markup(ByteView raw, Scan& scan) { return Planner(raw, scan).run(); }

}  // namespace npk::codec::markup
