#include "codec/filter/json/json_plan_encode.h"

#include <algorithm>
#include <optional>

#include "codec/filter/json/json_format.h"
#include "codec/filter/json/json_intern_encode.h"

namespace npk::codec::json {
namespace {

constexpr std::uint64_t kRare = 8, kMaxRare = 1U << 25;
constexpr std::uint16_t kNoSkeleton = 0xFFFF;
constexpr std::uint32_t kAnyKey = 0xFFFFFE;

// The values that may share a column.
struct Field {
  std::uint8_t kind = 0;  // the slot, or kKey
  std::uint8_t place = 0;
  std::uint32_t key = 0;
  std::uint32_t parent = 0;
  bool operator==(const Field&) const = default;
};

class FieldTable {
 public:
  std::uint32_t add(const Field& field, std::uint32_t count) {
    const std::uint64_t hash = mix(mix(std::uint64_t{field.key} << 32U | field.parent) + (std::uint64_t{field.kind} << 8U | field.place));
    const auto next = static_cast<std::uint32_t>(fields_.size());
    const std::uint32_t number = numbers_.find_or_add(mix(hash), next, [&](std::uint32_t i) { return fields_[i] == field; });
    if (number == next) {
      fields_.push_back(field);
      counts_.push_back(0);
    }
    counts_[number] += count;
    return number;
  }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] const Field& field(std::uint32_t number) const { return fields_[number]; }
  [[nodiscard]] std::uint32_t count(std::uint32_t number) const { return counts_[number]; }

 private:
  FilterVector<Field> fields_;
  FilterVector<std::uint32_t> counts_;
  Numbering numbers_;
};

// Fields with few values are put together: by key, and where that is not enough, by kind.
class ColumnChoice {
 public:
  ColumnChoice(const FieldTable& fields, Grouping grouping) {
    constexpr std::uint32_t kFewWithParent = 512, kFew = 48;
    const bool one = grouping == Grouping::by_kind;
    for (std::uint32_t times = 1; !assign(fields, one ? kNever : kFewWithParent * times, one ? kNever : kFew * times); times *= 2) {}
  }
  [[nodiscard]] std::uint32_t operator[](std::uint32_t field) const { return columns_[field]; }

 private:
  static constexpr std::uint32_t kNever = 0xFFFFFFFF;

  // False if there are more columns than there may be.
  bool assign(const FieldTable& fields, std::uint32_t few_with_parent, std::uint32_t few) {
    FieldTable by_key;
    FilterVector<std::uint32_t> groups(fields.size());
    const auto is_own = [&](std::uint32_t i) { return fields.field(i).kind == kBare && fields.count(i) >= few_with_parent; };
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
      Field group = fields.field(i);
      group.parent = kAnyKey;
      if (!is_own(i)) groups[i] = by_key.add(group, fields.count(i));
    }
    FieldTable chosen;
    columns_.resize(fields.size());
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
      Field field = fields.field(i);
      if (!is_own(i)) field = by_key.count(groups[i]) < few ? Field{field.kind, 0, kAnyKey, kAnyKey} : by_key.field(groups[i]);
      columns_[i] = chosen.add(field, 1);
    }
    return chosen.size() <= kMaxColumns;
  }

  FilterVector<std::uint32_t> columns_;
};

class Planner {
 public:
  Planner(Scan& scanned, Grouping grouping, std::uint32_t rare) : scanned_(scanned), grouping_(grouping), rare_(rare) {}
  Plan run();

 private:
  struct Fields {
    std::uint32_t value = 0;
    std::uint32_t key = 0;
  };

  void count_keys();
  void count_fields();
  void split_skeletons();
  [[nodiscard]] bool splits(const Shape& shape) const { return shape.key != kNoKey && key_counts_[shape.key] < rare_; }
  [[nodiscard]] std::uint8_t slot_of(const Shape& shape) const {
    const std::uint8_t last = scanned_.skeletons[shape.skeleton].back();
    return has_slot(last) ? last : std::uint8_t{0};
  }
  std::uint16_t column_of(std::uint32_t field);
  std::uint16_t token_of(std::uint16_t skeleton, std::uint32_t key, std::uint16_t column);

  Scan& scanned_;
  Grouping grouping_;
  std::uint32_t rare_;  // keys that occur less often are values
  FilterVector<std::uint32_t> key_counts_;
  FieldTable fields_;
  FilterVector<Fields> shape_fields_;
  FilterVector<std::uint16_t> heads_, tails_;  // by skeleton: what stands before its key, with a slot for it, and behind
  FilterVector<std::uint32_t> column_numbers_;
  Numbering token_numbers_, skeleton_numbers_;
  std::optional<ColumnChoice> columns_;
  Plan plan_;
};

void Planner::count_keys() {
  key_counts_.assign(scanned_.keys.size(), 0);
  for (const Shape& shape : scanned_.shapes) key_counts_[shape.key] += shape.count;
}

void Planner::count_fields() {
  for (const Shape& shape : scanned_.shapes) {
    Fields of_shape;
    const std::uint8_t slot = slot_of(shape);
    const bool split = splits(shape);
    const std::uint8_t place = grouping_ == Grouping::by_place || shape.place < kFirstRowPlace ? shape.place : std::uint8_t{0};
    if (slot != 0) of_shape.value = fields_.add({slot, place, split ? kAnyKey : shape.field, shape.parent}, shape.count);
    if (split) of_shape.key = fields_.add({kKey, 0, kAnyKey, kAnyKey}, shape.count);
    shape_fields_.push_back(of_shape);
  }
}

void Planner::split_skeletons() {
  const std::size_t count = scanned_.skeletons.size();
  heads_.assign(count, 0);
  tails_.assign(count, 0);
  const auto number = [&](const FilterBytes& skeleton) {
    const auto next = static_cast<std::uint32_t>(scanned_.skeletons.size());
    const auto same = [&](std::uint32_t i) { return scanned_.skeletons[i] == skeleton; };
    const std::uint32_t found = skeleton_numbers_.find_or_add(hash_bytes(skeleton), next, same);
    if (found == next) scanned_.skeletons.push_back(skeleton);
    return static_cast<std::uint16_t>(found);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const FilterBytes skeleton = scanned_.skeletons[i];
    (void)skeleton_numbers_.find_or_add(hash_bytes(skeleton), static_cast<std::uint32_t>(i), [](std::uint32_t) { return false; });
  }
  for (std::size_t i = 0; i < count; ++i) {
    const FilterBytes skeleton = scanned_.skeletons[i];
    const auto key = std::ranges::find(skeleton, kKey);
    if (key == skeleton.end()) continue;
    FilterBytes head(skeleton.begin(), key);
    head.push_back(kQuoted);
    heads_[i] = number(head);
    tails_[i] = key + 1 == skeleton.end() ? kNoSkeleton : number(FilterBytes(key + 1, skeleton.end()));
  }
}

std::uint16_t Planner::column_of(std::uint32_t field) {
  std::uint32_t& number = column_numbers_[(*columns_)[field]];
  if (number == 0) number = static_cast<std::uint32_t>(++plan_.columns);
  return static_cast<std::uint16_t>(number - 1);
}

std::uint16_t Planner::token_of(std::uint16_t skeleton, std::uint32_t key, std::uint16_t column) {
  const std::uint64_t hash = mix(std::uint64_t{key} << 32U | std::uint64_t{skeleton} << 16U | column);
  const auto next = static_cast<std::uint32_t>(plan_.tokens.size());
  const auto same = [&](std::uint32_t i) {
    const Token& other = plan_.tokens[i];
    return other.skeleton == skeleton && other.key == key && other.column == column;
  };
  const std::uint32_t number = token_numbers_.find_or_add(mix(hash), next, same);
  if (number == next) plan_.tokens.push_back({skeleton, column, key});
  return static_cast<std::uint16_t>(number);
}

Plan Planner::run() {
  plan_.grouping = grouping_;
  count_keys();
  count_fields();
  split_skeletons();
  columns_.emplace(fields_, grouping_);
  column_numbers_.assign(fields_.size(), 0);
  for (std::size_t i = 0; i < scanned_.shapes.size(); ++i) {
    const Shape& shape = scanned_.shapes[i];
    Choice choice;
    const bool split = splits(shape);
    if (split) choice.head = token_of(heads_[shape.skeleton], kNoKey, column_of(shape_fields_[i].key));
    const std::uint16_t column = slot_of(shape) == 0 ? kNoColumn : column_of(shape_fields_[i].value);
    if (!split) choice.whole = token_of(shape.skeleton, shape.key, column);
    if (split && tails_[shape.skeleton] != kNoSkeleton) choice.whole = token_of(tails_[shape.skeleton], kNoKey, column);
    plan_.choices.push_back(choice);
  }
  return std::move(plan_);
}

}  // namespace

void Budget::add(const Scan& scanned, const Token& token) {
  const FilterBytes& skeleton = scanned.skeletons[token.skeleton];
  ++tokens;
  text += skeleton.size() + scanned.keys[token.key].length + 2;
  pieces += 1 + static_cast<std::size_t>(std::ranges::count_if(skeleton, is_style));
}

bool Budget::is_within(std::size_t quarters) const {
  return 4 * tokens <= quarters * kMaxTokens && 4 * text <= quarters * kMaxTokenText && 4 * pieces <= quarters * kMaxTokenPieces;
}

std::optional<Plan> plan(Scan& scanned, Grouping grouping) {
  for (std::uint64_t rare = kRare; rare <= kMaxRare; rare *= 8) {
    Plan planned = Planner(scanned, grouping, static_cast<std::uint32_t>(rare)).run();
    Budget budget;
    for (const Token& token : planned.tokens) budget.add(scanned, token);
    if (budget.is_within(kPlannedQuarters)) return planned;
  }
  return std::nullopt;
}

}  // namespace npk::codec::json
