#include "codec/filter/templates/value_reference_encode.h"

#include <algorithm>
#include <tuple>

#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kRivals = 5;
constexpr std::uint32_t kFewestValues = 8;
constexpr std::size_t kShortestFront = 3, kLongestCut = 32;

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

FilterVector<Choice> choices_of(const Votes& votes, std::uint16_t column) {
  FilterVector<Choice> choices;
  for (const Rival& rival : votes.rivals) {
    if (rival.source != column && rival.following_hits > rival.latest_hits)
      choices.push_back({{.source = rival.source, .follows = true}, rival.following_hits, rival.following_bytes});
    else
      choices.push_back({{.source = rival.source, .follows = false}, rival.latest_hits, rival.latest_bytes});
  }
  const bool numeric = votes.digits > votes.count - votes.count / 8;
  std::erase_if(choices, [&](const Choice& choice) {
    const bool own = choice.predictor.source == column;
    const std::uint64_t fewest = own || numeric ? votes.count / 2 : votes.count / 16;
    return choice.hits < std::max<std::uint64_t>(kFewestValues, fewest) || choice.bytes < votes.count / 4;
  });
  // A jump goes to what the first one follows.
  std::ranges::sort(choices, std::ranges::greater(),
                    [](const Choice& choice) { return std::tuple(choice.predictor.follows, choice.bytes, choice.predictor.source); });
  if (choices.size() > kMaxPredictors) choices.resize(kMaxPredictors);
  return choices;
}

}  // namespace

struct ReferencePlanner::State {
  explicit State(std::size_t columns) : votes(columns), recent(columns) {}

  FilterVector<Votes> votes;
  FilterVector<RecentHashes> recent;
  Sightings sightings;
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
  ++mine.count;
  mine.bytes += value.place.length;
  mine.digits += is_number(bytes) ? 1U : 0U;
}

FilterVector<ColumnPlan> ReferencePlanner::plans() const {
  FilterVector<ColumnPlan> plans(state_->votes.size());
  for (std::size_t i = 0; i < plans.size(); ++i) {
    for (const Choice& choice : choices_of(state_->votes[i], static_cast<std::uint16_t>(i))) plans[i].predictors.push_back(choice.predictor);
  }
  return plans;
}

ReferenceWriter::ReferenceWriter(ByteView raw, FilterVector<ColumnPlan> plans)
    : raw_(raw), plans_(std::move(plans)), written_(plans_.size()), pasts_(plans_.size()) {
  for (const ColumnPlan& plan : plans_) {
    for (const ValuePredictor& predictor : plan.predictors) {
      if (predictor.follows) followed_.push_back(predictor.source);
    }
  }
  std::ranges::sort(followed_);
  followed_.erase(std::ranges::unique(followed_).begin(), followed_.end());
  histories_.resize(followed_.size());
  for (std::size_t i = 0; i < followed_.size(); ++i) pasts_[followed_[i]].history = &histories_[i];
}

void ReferenceWriter::add(const ColumnValue& value) {
  ColumnPlan& plan = plans_[value.column];
  WrittenColumn& column = written_[value.column];
  if (plan.predictors.empty())
    column.stored.push_back(value.place);
  else
    refer(plan, column, value.place);
  pasts_[value.column].push(value.place);
}

void ReferenceWriter::refer(ColumnPlan& plan, WrittenColumn& column, Place place) {
  std::uint8_t operation = 0;
  for (std::size_t i = 0; i < plan.predictors.size() && operation == 0; ++i) {
    const ValuePredictor& predictor = plan.predictors[i];
    if (pasts_[predictor.source].count > 0 && same(raw_, predicted(predictor, pasts_[predictor.source]), place)) operation = static_cast<std::uint8_t>(i + 1);
  }
  const bool jumps = operation == 0 && place.length > 2 && plan.predictors[0].follows;
  const std::uint32_t back = jumps ? find_back(pasts_[plan.predictors[0].source], place) : 0;
  if (back > 0) {
    column.operations.push_back(static_cast<std::uint8_t>(plan.predictors.size() + kJump));
    column.operations.push_back(static_cast<std::uint8_t>(back - 1));
    plan.predictors[0].next = pasts_[plan.predictors[0].source].count - back;
  } else if (operation != 0 || !cut(plan, column, place)) {
    column.operations.push_back(operation);
    if (operation == 0) column.stored.push_back(place);
  }
  for (ValuePredictor& predictor : plan.predictors) advance(predictor, pasts_[predictor.source]);
}

// Writes a value that shares most of its front with the first prediction.
bool ReferenceWriter::cut(const ColumnPlan& plan, WrittenColumn& column, Place place) const {
  const ColumnPast& source = pasts_[plan.predictors[0].source];
  const Place other = predicted(plan.predictors[0], source);
  const ByteView mine = bytes_of(raw_, place), theirs = bytes_of(raw_, other);
  const std::size_t shared = shared_length(mine, theirs);
  if (source.count == 0 || shared < kShortestFront || 2 * shared < mine.size() || theirs.size() - shared > kLongestCut) return false;
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
