#include "codec/filter/templates/value_reference_encode.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "codec/ascii.h"
#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/templates/keyed_votes_encode.h"
#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kRivals = 5;
constexpr std::uint32_t kFewestValues = 8;
constexpr unsigned kMostSlotBits = 13, kFewerSlotBits = 5;  // than values have
// Keyed predictors give one in so many of a column's values, lone ones, and so many more than others do; in all so many bytes.
constexpr std::uint32_t kKeyedShare = 6, kLoneShare = 16, kMoreKeyedShare = 32, kFewestLoneBytes = 512;
constexpr std::uint32_t kLeastCutBytes = 8;  // of a column's values, on average: numbers that are cut are none
constexpr std::uint32_t kLeastFrontBytes = 5;  // likewise, where fronts are all that is used
constexpr std::size_t kShortestFront = 3, kLongestCut = 32, kLongestFrontCut = 255;

ByteView bytes_of(ByteView raw, Place place) { return raw.subspan(place.offset, place.length); }

bool same(ByteView raw, Place a, Place b) {
  return a.length == b.length && same_bytes(raw.data() + a.offset, raw.data() + b.offset, a.length);
}

// Where a value was seen last.
struct Sighting {
  std::uint32_t tag = 0;
  std::uint32_t index = 0;
  std::uint16_t column = 0;
  bool set = false;
};

class Sightings {
 public:
  Sightings() : table_(1U << 16) {}
  // Returns what was there and puts `now` in its place.
  Sighting exchange(std::uint64_t hash, std::uint16_t column, std::uint32_t index) {
    Sighting& slot = table_[hash >> 48U];
    const Sighting before = slot.tag == static_cast<std::uint32_t>(hash) ? slot : Sighting{};
    slot = {static_cast<std::uint32_t>(hash), index, column, true};
    return before;
  }

 private:
  FilterVector<Sighting> table_;
};

// Of one column: how often a source would have given its values.
struct Rival {
  std::uint16_t source = 0;
  std::uint32_t next = 0;  // In the source, if it is followed.
  std::uint32_t latest_hits = 0, following_hits = 0;
  std::uint64_t latest_bytes = 0, following_bytes = 0;
  std::uint32_t votes = 0;
};

struct Votes {
  FilterVector<Rival> rivals;
  std::uint32_t count = 0;
  std::uint64_t bytes = 0;
  std::uint32_t digits = 0;
  Place last;
  std::uint64_t front_bytes = 0;  // that begin the value before as well
  std::uint32_t lengths = 0;      // other than the value before has

  // Words or paths in order. Numbers and time stamps have better ways.
  [[nodiscard]] bool has_fronts() const {
    return count >= kFewestValues && bytes >= std::uint64_t{kLeastFrontBytes} * count && 2 * front_bytes > bytes && 2 * lengths > count;
  }

  Rival& of(std::uint16_t source) {
    const auto found = std::ranges::find(rivals, source, &Rival::source);
    if (found != rivals.end()) return *found;
    if (rivals.size() < kRivals) return rivals.emplace_back(Rival{.source = source});
    Rival& weakest = *std::ranges::min_element(rivals, {}, &Rival::votes);
    weakest = Rival{.source = source, .votes = weakest.votes / 2};
    return weakest;
  }
};

// The hashes of a column's last values.
struct RecentHashes {
  std::uint32_t count = 0;
  std::array<std::uint32_t, kColumnHistory> hashes{};

  void push(std::uint32_t hash) { hashes[count++ % kColumnHistory] = hash; }
  [[nodiscard]] bool holds(std::uint32_t index) const { return index < count && count - index <= kColumnHistory; }
  [[nodiscard]] bool is(std::uint32_t index, std::uint32_t hash) const { return holds(index) && hashes[index % kColumnHistory] == hash; }
};

void try_rival(Rival& rival, const RecentHashes& source, std::uint32_t hash, std::uint32_t length, const Sighting& seen) {
  if (source.is(source.count - 1, hash)) ++rival.latest_hits, rival.latest_bytes += length;
  const bool voted = seen.set && seen.column == rival.source;
  if (source.is(rival.next, hash))
    ++rival.following_hits, rival.following_bytes += length;
  else if (voted)
    rival.next = seen.index;
  rival.next = std::min(rival.next + 1, source.count);
  rival.votes += voted ? 1 : 0;
}

bool is_number(ByteView value) {
  return std::ranges::all_of(value, [](std::uint8_t byte) { return byte >= '0' && byte <= '9'; });
}

struct Choice {
  ValuePredictor predictor;
  std::uint32_t hits;
  std::uint64_t bytes;
};

// Worth a trial: what it costs depends on how often and how far away a compressor finds the same.
bool may_be_keyed(const KeyedVotes::Best& keyed, const Votes& votes, std::uint32_t most) {
  return keyed.lone_bytes >= kFewestLoneBytes && keyed.hits >= votes.count / kKeyedShare && keyed.lone_hits >= votes.count / kLoneShare &&
         keyed.hits > most + votes.count / kMoreKeyedShare;
}

FilterVector<Choice> choices_of(const Votes& votes, const KeyedVotes::Best& keyed, std::uint16_t column) {
  FilterVector<Choice> choices;
  for (const Rival& rival : votes.rivals) {
    if (rival.source != column && rival.following_hits > rival.latest_hits)
      choices.push_back({{.source = rival.source, .kind = PredictorKind::follows}, rival.following_hits, rival.following_bytes});
    else
      choices.push_back({{.source = rival.source, .kind = PredictorKind::latest}, rival.latest_hits, rival.latest_bytes});
  }
  const bool numeric = votes.digits > votes.count - votes.count / 8;
  std::erase_if(choices, [&](const Choice& choice) {
    const bool own = choice.predictor.source == column;
    const std::uint64_t fewest = own || numeric ? votes.count / 2 : votes.count / 16;
    return choice.hits < std::max<std::uint64_t>(kFewestValues, fewest) || choice.bytes < votes.count / 4;
  });
  std::uint32_t most = 0;
  for (const Choice& choice : choices) most = std::max(most, choice.hits);
  if (may_be_keyed(keyed, votes, most)) choices.push_back({{.source = keyed.source, .kind = PredictorKind::keyed}, keyed.hits, keyed.bytes});
  // A jump goes to what the first one follows.
  std::ranges::sort(choices, std::ranges::greater(),
                    [](const Choice& choice) { return std::tuple(choice.predictor.follows(), choice.bytes, choice.predictor.source); });
  if (choices.size() > kMaxPredictors) choices.resize(kMaxPredictors);
  return choices;
}

struct KeyedColumn {
  std::uint16_t column;
  std::uint32_t values;
  std::uint64_t bytes;  // that its predictor would have given
};

// As many as they have values, to those that give most first; those for which few are left lose their keys. A column has one keyed predictor at most.
void give_slots(FilterVector<KeyedColumn>& columns, FilterVector<ColumnPlan>& plans) {
  std::ranges::stable_sort(columns, std::ranges::greater(), &KeyedColumn::bytes);
  std::uint32_t left = kKeyedSlots;
  for (const KeyedColumn& column : columns) {
    ColumnPlan& plan = plans[column.column];
    const auto wanted = static_cast<unsigned>(std::bit_width(column.values));
    const unsigned given = std::min({wanted, kMostSlotBits, static_cast<unsigned>(std::bit_width(left)) - 1});
    if (left == 0 || given + kFewerSlotBits < wanted) {
      plan = plan.plain();
      continue;
    }
    for (ValuePredictor& predictor : plan.predictors) {
      predictor.first_slot = kKeyedSlots - left;
      predictor.slot_bits = static_cast<std::uint8_t>(given);
    }
    left -= 1U << given;
  }
}

}  // namespace

struct ReferencePlanner::State {
  explicit State(std::size_t columns) : votes(columns), recent(columns), keyed(columns) {}

  FilterVector<Votes> votes;
  FilterVector<RecentHashes> recent;
  Sightings sightings;
  KeyedVotes keyed;
};

ReferencePlanner::ReferencePlanner(ByteView raw, std::size_t columns) : raw_(raw), state_(std::make_unique<State>(columns)) {}
ReferencePlanner::~ReferencePlanner() = default;

void ReferencePlanner::add(const ColumnValue& value) {
  Votes& mine = state_->votes[value.column];
  const ByteView bytes = bytes_of(raw_, value.place);
  const std::uint64_t hash = hash_bytes(bytes);
  const auto short_hash = static_cast<std::uint32_t>(hash);
  const Sighting seen = state_->sightings.exchange(hash, value.column, mine.count);
  if (seen.set) (void)mine.of(seen.column);
  for (Rival& rival : mine.rivals) try_rival(rival, state_->recent[rival.source], short_hash, value.place.length, seen);
  state_->recent[value.column].push(short_hash);
  state_->keyed.add(value.column, short_hash, value.place.length);
  if (!bytes.empty() && !is_digit(bytes[0])) mine.front_bytes += shared_length(bytes_of(raw_, mine.last), bytes);
  mine.lengths += mine.last.length != value.place.length ? 1 : 0;
  mine.last = value.place;
  ++mine.count;
  mine.bytes += value.place.length;
  mine.digits += is_number(bytes) ? 1U : 0U;
}

FilterVector<ColumnPlan> ReferencePlanner::plans() const {
  FilterVector<ColumnPlan> plans(state_->votes.size());
  FilterVector<KeyedColumn> keyed;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const auto column = static_cast<std::uint16_t>(i);
    for (const Choice& choice : choices_of(state_->votes[i], state_->keyed.best(column), column)) {
      if (choice.predictor.keyed()) keyed.push_back({column, state_->votes[i].count, choice.bytes});
      plans[i].predictors.push_back(choice.predictor);
    }
    if (!plans[i].predictors.empty() || !state_->votes[i].has_fronts()) continue;
    plans[i].predictors = {{.source = column, .kind = PredictorKind::latest}};
    plans[i].fronts = true;
  }
  for (const KeyedColumn& column : keyed) {
    const Votes& votes = state_->votes[column.column];
    plans[column.column].cuts = votes.bytes >= std::uint64_t{kLeastCutBytes} * votes.count;
  }
  give_slots(keyed, plans);
  return plans;
}

ReferenceWriter::ReferenceWriter(ByteView raw, FilterVector<ColumnPlan> plans)
    : raw_(raw),
      plans_(std::move(plans)),
      plain_plans_(plans_.size()),
      is_tried_(plans_.size()),
      written_{FilterVector<WrittenColumn>(plans_.size()), FilterVector<WrittenColumn>(plans_.size())},
      pasts_(plans_.size()) {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    is_tried_[i] = plans_[i].is_tried();
    if (is_tried_[i]) plain_plans_[i] = plans_[i].plain();
  }
  for (const ColumnPlan& plan : plans_) {
    for (const ValuePredictor& predictor : plan.predictors) {
      if (predictor.keyed()) keyed_.resize(kKeyedSlots);
      if (predictor.follows()) followed_.push_back(predictor.source);
    }
  }
  std::ranges::sort(followed_);
  followed_.erase(std::ranges::unique(followed_).begin(), followed_.end());
  histories_.resize(followed_.size());
  for (std::size_t i = 0; i < followed_.size(); ++i) pasts_[followed_[i]].history = &histories_[i];
}

void ReferenceWriter::add(const ColumnValue& value) {
  const std::uint16_t column = value.column;
  write(plans_[column], written_.of_plans[column], value);
  if (is_tried_[column]) write(plain_plans_[column], written_.plain[column], value);
  pasts_[column].push(value.place);
}

void ReferenceWriter::write(ColumnPlan& plan, WrittenColumn& column, const ColumnValue& value) {
  if (plan.predictors.empty())
    column.stored.push_back(value.place);
  else
    refer(plan, column, value);
}

Place ReferenceWriter::prediction(const ValuePredictor& predictor) const {
  return predictor.keyed() ? keyed_[predictor.next].place() : predicted(predictor, pasts_[predictor.source]);
}

void ReferenceWriter::refer(ColumnPlan& plan, WrittenColumn& column, const ColumnValue& value) {
  const Place place = value.place;
  for (ValuePredictor& predictor : plan.predictors) {
    if (predictor.keyed()) predictor.next = keyed_slot(predictor, bytes_of(raw_, pasts_[predictor.source].last));
  }
  std::uint8_t operation = 0;
  for (std::size_t i = 0; i < plan.predictors.size() && operation == 0; ++i) {
    const ValuePredictor& predictor = plan.predictors[i];
    if (pasts_[predictor.source].count > 0 && same(raw_, prediction(predictor), place)) operation = static_cast<std::uint8_t>(i + 1);
  }
  const bool jumps = operation == 0 && place.length > 2 && plan.predictors[0].follows();
  const std::uint32_t back = jumps ? find_back(pasts_[plan.predictors[0].source], place) : 0;
  if (back > 0) {
    column.operations.push_back(static_cast<std::uint8_t>(plan.predictors.size() + kJump));
    column.operations.push_back(static_cast<std::uint8_t>(back - 1));
    plan.predictors[0].next = pasts_[plan.predictors[0].source].count - back;
  } else if (operation != 0 || !cut(plan, column, place)) {
    column.operations.push_back(operation);
    if (operation == 0) column.stored.push_back(place);
  }
  for (ValuePredictor& predictor : plan.predictors) {
    if (predictor.keyed()) keyed_[predictor.next] = KeyedValue(place);
    advance(predictor, pasts_[predictor.source]);
  }
}

// Writes a value that shares most of its front with the first prediction.
bool ReferenceWriter::cut(const ColumnPlan& plan, WrittenColumn& column, Place place) const {
  const ColumnPast& source = pasts_[plan.predictors[0].source];
  if (source.count == 0 || (plan.predictors[0].keyed() && !plan.cuts)) return false;
  const ByteView mine = bytes_of(raw_, place), theirs = bytes_of(raw_, prediction(plan.predictors[0]));
  const std::size_t shared = shared_length(mine, theirs);
  const bool is_long = shared >= kShortestFront && 2 * shared >= mine.size();
  if (theirs.size() - shared > (plan.fronts ? kLongestFrontCut : kLongestCut) || !(is_long || plan.fronts)) return false;
  column.operations.push_back(static_cast<std::uint8_t>(plan.predictors.size() + kCut));
  column.operations.push_back(static_cast<std::uint8_t>(theirs.size() - shared));
  column.stored.push_back({place.offset + static_cast<std::uint32_t>(shared), place.length - static_cast<std::uint32_t>(shared)});
  return true;
}

// How many values back the same one is; 0 if it is not.
std::uint32_t ReferenceWriter::find_back(const ColumnPast& past, Place place) const {
  for (std::uint32_t back = 1; back <= std::min(past.count, kColumnHistory); ++back) {
    if (same(raw_, (*past.history)[(past.count - back) % kColumnHistory], place)) return back;
  }
  return 0;
}

}  // namespace npk::codec
