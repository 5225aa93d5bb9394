#include "codec/filter/numeric/encoder/choose_numeric.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/filter/numeric/encoder/form_search.h"
#include "codec/filter/varint.h"

namespace npk::codec::numeric {
namespace {

constexpr std::size_t kRecentForms = 3;
constexpr std::size_t kMostPatience = 16;

thread_local SharedSearch* shared_search = nullptr;

class Chooser {
 public:
  Chooser(ByteView raw, Allowed allowed) : raw_(raw), search_(allowed) {}

  std::vector<Stretch> run() {
    for (std::size_t at = 0; at < raw_.size();) {
      const bool text = is_text(at);
      std::size_t end = std::min(raw_.size(), at + kSegmentUnit);
      while (end < raw_.size() && end - at < kWindowBytes && is_text(end) == text) end = std::min(raw_.size(), end + kSegmentUnit);
      window_end_ = end;
      add(end - at, text ? Choice{} : choose(at));
      at = end;
    }
    return std::move(stretches_);
  }

 private:
  struct Choice {
    ElementForm form;
    std::uint64_t saved;
  };

  // Headers and the like: what they gain from other headers far away, a sample does not show.
  [[nodiscard]] bool is_text(std::size_t unit) const {
    const ByteView bytes = raw_.subspan(unit, std::min(kSegmentUnit, raw_.size() - unit));
    std::size_t printable = 0;
    for (const std::uint8_t byte : bytes) printable += (byte >= 0x20 && byte < 0x7F) || (byte >= 9 && byte <= 13) ? 1U : 0U;
    return printable >= bytes.size() - bytes.size() / 8;
  }

  [[nodiscard]] Sample sample_at(std::size_t window) const {
    const std::size_t length = window_end_ - window;
    const std::size_t at = length > 2 * kSampleBytes ? window + (length - kSampleBytes) / 2 / kSegmentUnit * kSegmentUnit : window;
    return {raw_, at, std::min(kSampleBytes, window_end_ - at)};
  }

  Choice choose(std::size_t window) {
    const Sample sample = sample_at(window);
    const auto plain = search_.cost_of(sample, {});
    if (!plain) return {};
    Trial best{{}, *plain};
    for (const ElementForm& form : recent_) {
      const auto cost = search_.cost_of(sample, form, best.cost);
      // A change of form breaks planes in two: only for a gain.
      if (cost && *cost + (&form == recent_.data() ? 0 : *cost / 64) < best.cost) best = {form, *cost};
    }
    if (worth_searching(*plain, best)) search(sample, *plain, best);
    if (!best.form.copies()) remember(best.form);
    // Too little to be sure of.
    if (best.cost > *plain - *plain / 64) return {};
    return {best.form, (*plain - best.cost) / 2048 * (window_end_ - window) / std::max<std::size_t>(1, sample.length)};
  }

  // A search takes as long as ten windows; it is made where the data has changed, and now and then.
  bool worth_searching(std::uint64_t plain, const Trial& best) {
    const std::uint64_t share = best.cost * 64 / std::max<std::uint64_t>(1, plain);
    const std::uint64_t difference = plain > last_plain_ ? plain - last_plain_ : last_plain_ - plain;
    if (difference > last_plain_ / 4) patience_ = 1, waited_ = patience_;
    if (share > last_share_ + 4) waited_ += 2;
    last_plain_ = plain;
    return ++waited_ > patience_;
  }

  void search(const Sample& sample, std::uint64_t plain, Trial& best) {
    const Trial found = search_.find(sample, plain);
    const bool better = found.cost + found.cost / 64 < best.cost;
    if (better) best = found;
    patience_ = better ? 1 : std::min(kMostPatience, 2 * patience_);
    waited_ = 0;
    last_share_ = best.cost * 64 / std::max<std::uint64_t>(1, plain);
  }

  void remember(const ElementForm& form) {
    std::erase(recent_, form);
    recent_.insert(recent_.begin(), form);
    if (recent_.size() > kRecentForms) recent_.pop_back();
  }

  void add(std::size_t length, const Choice& choice) {
    if (!stretches_.empty() && stretches_.back().form == choice.form) {
      stretches_.back().length += length;
      stretches_.back().saved += choice.saved;
      return;
    }
    stretches_.push_back({choice.form, length, choice.saved});
  }

  ByteView raw_;
  FormSearch search_;
  std::size_t window_end_ = 0;
  std::vector<ElementForm> recent_;
  std::vector<Stretch> stretches_;
  std::uint64_t last_plain_ = 0;
  std::uint64_t last_share_ = 64;
  std::size_t patience_ = 1;
  std::size_t waited_ = 1;
};

std::vector<Segment> segments_of(const std::vector<Stretch>& stretches) {
  std::vector<Segment> segments;
  for (const Stretch& stretch : stretches) {
    if (!segments.empty() && segments.back().form == stretch.form) {
      segments.back().length += stretch.length;
    } else {
      segments.push_back({stretch.form, stretch.length});
    }
  }
  return segments;
}

void append_form(const ElementForm& form, Bytes& out) {
  out.push_back(static_cast<std::uint8_t>(form.width | form.lead << 4U | (form.big_endian ? 0x80 : 0)));
  const unsigned flags = (form.zigzag ? 8U : 0U) | (form.is_decimal ? 0x40U : 0U) | (form.is_ranked ? 0x80U : 0U);
  out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(form.predictor) | static_cast<unsigned>(form.layout) << 4U | flags));
  if (form.is_decimal) out.push_back(form.decimals);
  if (form.has_distance()) append_varint(form.distance, out);
  if (form.has_row()) append_varint(form.row, out);
  if (form.layout == Layout::byte_planes) append_varint(form.period, out);
}

std::vector<Stretch> find_stretches(ByteView raw, Allowed allowed) {
  if (SharedSearch* const shared = SharedSearch::of(raw); shared != nullptr && allowed == Allowed::element_delta) return shared->stretches();
  return Chooser(raw, allowed).run();
}

}  // namespace

SharedSearch::SharedSearch(ByteView raw) noexcept : raw_(raw), before_(std::exchange(shared_search, this)) {}
SharedSearch::~SharedSearch() { shared_search = before_; }
SharedSearch* SharedSearch::of(ByteView raw) noexcept {
  const bool is_same = shared_search != nullptr && shared_search->raw_.data() == raw.data() && shared_search->raw_.size() == raw.size();
  return is_same ? shared_search : nullptr;
}
const std::vector<Stretch>& SharedSearch::stretches() {
  if (stretches_.empty()) stretches_ = Chooser(raw_, Allowed::element_delta).run();
  return stretches_;
}

Bytes write_plan(const std::vector<Segment>& segments) {
  std::vector<ElementForm> forms;
  for (const Segment& segment : segments) {
    if (std::ranges::find(forms, segment.form) == forms.end()) forms.push_back(segment.form);
  }
  if (forms.empty()) forms.emplace_back();
  Bytes plan{static_cast<std::uint8_t>(forms.size())};
  for (const ElementForm& form : forms) append_form(form, plan);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto form = static_cast<std::uint64_t>(std::ranges::find(forms, segments[i].form) - forms.begin());
    const std::uint64_t units = i + 1 < segments.size() ? segments[i].length / kSegmentUnit : 0;
    append_varint(units * forms.size() + form, plan);
  }
  return plan;
}

std::vector<Segment> choose_segments(ByteView raw, Allowed allowed, std::size_t plan_room) {
  std::vector<Stretch> stretches = find_stretches(raw, allowed == Allowed::integers ? Allowed::element_delta : allowed);
  std::uint64_t saved = 0;
  for (const Stretch& stretch : stretches) saved += stretch.saved;
  std::vector<Segment> segments = segments_of(stretches);
  // The stretch that saves least is left alone, until the plan has room.
  for (Bytes plan = write_plan(segments); plan.size() > plan_room || plan.front() > kMaxForms || segments.size() > kMaxSegments; plan = write_plan(segments)) {
    Stretch* least = nullptr;
    for (Stretch& stretch : stretches) {
      if (!stretch.form.copies() && (least == nullptr || stretch.saved < least->saved)) least = &stretch;
    }
    if (least == nullptr) return {};
    saved -= least->saved;
    *least = {{}, least->length, 0};
    segments = segments_of(stretches);
  }
  return saved > raw.size() / 50 ? segments : std::vector<Segment>{};
}

}  // namespace npk::codec::numeric
