#include "codec/filter/integers/page_choice_encode.h"

#include <algorithm>
#include <array>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/integers/page_elements_encode.h"
#include "codec/filter/integers/segment_writer_encode.h"
#include "codec/filter/numeric/encoder/form_search.h"

namespace npk::codec::integers {
namespace {

using numeric::ElementForm;
using numeric::Predictor;
using numeric::Segment;

constexpr std::size_t kSampledPages = numeric::kMaxCostedBytes / kPageValues;
constexpr std::size_t kSampledPlaces = 8;
constexpr std::size_t kLeastNoiseBytes = 65536;
constexpr std::size_t kTriedBytes = 256U << 10, kTriedRankedBytes = 1U << 20;
constexpr std::size_t kMostOfRanked = 8;  // a table for all but an eighth: one for the rest too would not be much better
constexpr std::size_t kSoundBytes = 128U << 10;
constexpr std::uint64_t kPlainBitsPerByte = 4;  // stretches that are left alone but take more are noise, and may be more of their neighbours

bool is_noise(ByteView raw, std::size_t at, std::size_t length) {
  const ByteView sample = raw.subspan(at + length / 2 / numeric::kSegmentUnit * numeric::kSegmentUnit).first(std::min(numeric::kSegmentUnit, length / 2));
  return sample.size() >= 256 && !is_text(sample) && numeric::match_cost(sample, 1) > sample.size() * 256 * kPlainBitsPerByte;
}

bool is_one_shape(const ElementForm& a, const ElementForm& b) noexcept {
  const auto differ = [](bool both, std::uint32_t x, std::uint32_t y) { return both && x != y; };
  return a.width == b.width && a.lead == b.lead && a.big_endian == b.big_endian && a.is_decimal == b.is_decimal && a.decimals == b.decimals &&
         !differ(a.has_distance() && b.has_distance(), a.distance, b.distance) && !differ(a.has_row() && b.has_row(), a.row, b.row);
}

// The shape, distance and row of a group.
ElementForm form_of(const Group& group) {
  ElementForm form;
  std::size_t longest = 0;
  for (const Segment& segment : group.segments) {
    if (segment.form.copies()) continue;
    const ElementForm& other = segment.form;
    if (longest == 0) form = other;
    if (other.has_distance() && !form.has_distance()) form.predictor = other.predictor, form.distance = other.distance;
    if (other.has_row() && !form.has_row()) form.predictor = other.predictor, form.row = other.row, form.distance = other.distance;
    longest = std::max(longest, segment.length);
  }
  form.layout = numeric::Layout::pages;
  form.period = 1;
  return form;
}

// 256ths of a bit that the group takes as its segments are.
std::uint64_t cost_of_segments(ByteView raw, const Group& group) {
  numeric::FormSearch search(numeric::Allowed::element_delta);
  std::uint64_t cost = 0, bytes = 0;
  std::size_t at = group.at, next = 0;
  const std::size_t step = std::max(group.length / kSampledPlaces / numeric::kSegmentUnit * numeric::kSegmentUnit, numeric::kSegmentUnit);
  for (const Segment& segment : group.segments) {
    for (; next < at - group.at + segment.length; next += step) {
      const numeric::Sample sample{raw, group.at + next, std::min(numeric::kSampleBytes, at + segment.length - group.at - next)};
      const auto found = search.cost_of(sample, segment.form);
      if (!found) continue;
      cost += *found;
      bytes += sample.length;
    }
    at += segment.length;
  }
  return bytes == 0 ? 2048 * std::uint64_t{group.length} : cost * 16 / bytes * group.length / 16;
}

void set_predictor(ElementForm& form, Predictor predictor) {
  form.predictor = predictor;
  form.zigzag = form.has_distance() && predictor != Predictor::exclusive;
  if (!form.has_distance()) form.distance = 1;
  if (!form.has_row()) form.row = 0;
}

struct Trial {
  ElementForm form;
  std::uint64_t cost = ~std::uint64_t{0};
};

// What the elements take as pages in a form, from a few pages.
std::uint64_t cost_of_pages(const ElementForm& form, ByteView elements, bool is_linear) {
  const std::size_t count = elements.size() / form.width, pages = (count + kPageValues - 1) / kPageValues;
  PageCost cost(form.width);
  std::uint64_t heads = 0;
  std::array<std::uint64_t, kPageValues> values;
  const std::size_t sampled = std::min(pages, kSampledPages);
  for (std::size_t i = 0; i < sampled; ++i) {
    const std::size_t first = (pages * (2 * i + 1) / (2 * sampled)) * kPageValues;
    const std::span page = std::span(values).first(std::min(kPageValues, count - first));
    page_residuals(form, elements, first, page);
    if (is_linear) heads += 16U * better_linear(form, elements, first, page).taps;
    cost.add(page);
  }
  return cost.count() == 0 ? ~std::uint64_t{0} : (cost.cost() + heads * 256) * 16 / cost.count() * count / 16;
}

Trial best_prediction(const ElementForm& shape, ByteView elements) {
  static constexpr std::array kPredictors = {Predictor::none,     Predictor::left, Predictor::twice, Predictor::up,
                                             Predictor::gradient, Predictor::mean, Predictor::median};
  Trial best;
  for (const Predictor predictor : kPredictors) {
    ElementForm form = shape;
    set_predictor(form, predictor);
    if (form.has_row() && shape.row == 0) continue;
    form.row = form.has_row() ? shape.row : 0;
    form.distance = form.has_distance() ? shape.distance : 1;
    const bool is_linear = may_be_linear(form) && predictor == Predictor::twice;
    ElementForm integers = form;
    integers.is_decimal = false;
    const std::uint64_t cost = cost_of_pages(integers, elements, is_linear);
    if (cost < best.cost) best = {form, cost};
  }
  return best;
}

// What sound may have been taken for: one channel for two, two samples for one number, or the high byte of one and the low one of the next for a number.
std::vector<ElementForm> sound_shapes(const ElementForm& shape) {
  std::vector<ElementForm> shapes;
  if (shape.is_decimal || (shape.width != 2 && shape.width != 4)) return shapes;
  ElementForm sound = shape;
  sound.width = 2;
  sound.lead = shape.lead % 2;
  set_predictor(sound, Predictor::twice);
  const auto add = [&](std::uint32_t distance, bool flipped) {
    if (flipped && shape.width != 2) return;
    sound.distance = distance;
    sound.lead = static_cast<std::uint8_t>(shape.lead % 2 ^ (flipped ? 1 : 0));
    sound.big_endian = shape.big_endian != flipped;
    if (sound.width != shape.width || sound.distance != shape.distance || flipped) shapes.push_back(sound);
  };
  for (const std::uint32_t distance : {1U, 2U}) {
    add(distance, false);
    add(distance, true);
  }
  return shapes;
}

std::uint64_t cost_of_part(const ElementForm& form, ByteView part) {
  FilterBytes decimals;
  const ByteView elements = elements_of(form, part.subspan(form.lead, (part.size() - form.lead) / form.width * form.width), decimals);
  return cost_of_pages(form, elements, may_be_linear(form) && form.predictor == Predictor::twice);
}

// The shape as which a part of the bytes takes less than in the form that seemed best.
std::optional<ElementForm> shape_of_sound(ByteView bytes, const ElementForm& shape) {
  const std::size_t length = std::min(bytes.size(), kSoundBytes);
  const ByteView part = bytes.subspan((bytes.size() - length) / 2 / numeric::kSegmentUnit * numeric::kSegmentUnit).first(length);
  std::optional<ElementForm> best;
  const std::vector<ElementForm> shapes = sound_shapes(shape);
  if (shapes.empty()) return best;
  std::uint64_t least = cost_of_part(shape, part);
  least -= least / 32;
  for (const ElementForm& sound : shapes) {
    const std::uint64_t cost = cost_of_part(sound, part);
    if (cost < least) least = cost, best = sound;
  }
  return best;
}

FilterBytes every(ByteView bytes, std::size_t period, std::size_t first) {
  FilterBytes plane;
  for (std::size_t at = first; at < bytes.size(); at += period) plane.push_back(bytes[at]);
  return plane;
}

std::uint64_t cost_of_table(unsigned bytes, std::span<const std::uint64_t> keys) {
  PageCost cost(bytes);
  FilterVector<std::uint64_t> gaps;
  const std::size_t step = std::max<std::size_t>(1, keys.size() / numeric::kMaxCostedBytes);
  for (std::size_t i = 1; i < keys.size(); i += step) gaps.push_back(keys[i] - keys[i - 1] - 1);
  cost.add(gaps);
  return cost.count() == 0 ? 0 : cost.cost() * 16 / cost.count() * keys.size() / 16;
}

Trial best_ranked(const ElementForm& shape, const Ranks& ranks) {
  ElementForm form = shape;
  form.is_ranked = true;
  form.is_decimal = false;
  form.decimals = 0;
  Trial best = best_prediction(form, ranks.elements);
  best.cost += cost_of_table(shape.width, ranks.keys);
  return best;
}

// Floats whose bits are noise, but not always new: which byte varies least says where they begin.
std::optional<PageChoice> rank_floats(ByteView bytes, const ElementForm& neighbours, std::uint64_t cost_to_beat) {
  std::optional<PageChoice> best;
  for (const std::uint8_t width : {std::uint8_t{4}, std::uint8_t{8}}) {
    ElementForm shape;
    if (neighbours.width == width && neighbours.has_row()) shape = neighbours;
    shape.width = width;
    shape.lead = 0;
    shape.layout = numeric::Layout::pages;
    const ByteView sample = bytes.subspan(bytes.size() / 2 / numeric::kSegmentUnit * numeric::kSegmentUnit).first(numeric::kSegmentUnit);
    shape.big_endian = numeric::plane_cost(every(sample, width, 0), 1) < numeric::plane_cost(every(sample, width, width - 1U), 1);
    PageChoice choice{shape, rank_elements(shape, bytes.first(bytes.size() / width * width))};
    if (!choice.ranks) continue;
    const Trial trial = best_ranked(shape, *choice.ranks);
    choice.form = trial.form;
    choice.cost = trial.cost;
    if (trial.cost < (best ? best->cost : cost_to_beat)) best = std::move(choice);
  }
  return best;
}

std::size_t compressed_size(PageWriter& pages, CompressedCost& cost) {
  std::size_t size = 0;
  for (const FilterBytes& part : pages.finish()) size += cost.of(part);
  return size;
}

// What `bytes`, those of the group from `skipped` on, take as pages by a choice made for all of the group; of a table as much as their share of it.
std::size_t trial_size(ByteView bytes, std::size_t skipped, const Group& group, const PageChoice& choice, CompressedCost& cost) {
  PageWriter pages;
  if (!choice.ranks || bytes.size() == group.length) {
    write_pages(pages, bytes, choice);
    return compressed_size(pages, cost);
  }
  PageWriter table;
  write_table(table, choice.form.width, *choice.ranks);
  const ByteView elements = ByteView(choice.ranks->elements).subspan(skipped, (bytes.size() - choice.form.lead) / choice.form.width * choice.form.width);
  PageChoice part{choice.form, Ranks{choice.ranks->order, {}, FilterBytes(elements.begin(), elements.end())}};
  write_pages(pages, bytes, part);
  return compressed_size(pages, cost) + compressed_size(table, cost) * bytes.size() / group.length;
}

// By a trial of the middle of the group, or where there is a table, of more of it.
bool is_smaller(ByteView raw, const Group& group, const PageChoice& choice) {
  const std::size_t length = std::min(group.length, choice.ranks ? kTriedRankedBytes : kTriedBytes);
  const std::size_t skipped = choice.form.width == 3 ? 0 : (group.length - length) / 2 / numeric::kSegmentUnit * numeric::kSegmentUnit;
  const ByteView bytes = raw.subspan(group.at + skipped, length);
  std::vector<Segment> segments;
  std::size_t at = 0;
  for (const Segment& segment : group.segments) {
    const std::size_t from = std::max(at, skipped), end = std::min(at + segment.length, skipped + length);
    if (from < end) segments.push_back({segment.form, end - from});
    at += segment.length;
  }
  CompressedCost cost;
  PageWriter plain;
  write_segments(plain, bytes, segments);
  return trial_size(bytes, skipped, group, choice, cost) < compressed_size(plain, cost);
}

}  // namespace

bool is_text(ByteView bytes) noexcept {
  std::size_t printable = 0;
  for (const std::uint8_t byte : bytes) printable += (byte >= 0x20 && byte < 0x7F) || (byte >= 9 && byte <= 13) ? 1U : 0U;
  return printable >= bytes.size() - bytes.size() / 8;
}

std::vector<Group> group_segments(ByteView raw, const std::vector<Segment>& segments) {
  std::vector<Group> groups;
  std::size_t at = 0;
  ElementForm shape;
  for (const Segment& segment : segments) {
    const bool copies = segment.form.copies();
    const bool joins = !groups.empty() && !shape.copies() &&
                       (copies ? shape.width != 3 && segment.length <= groups.back().length && is_noise(raw, at, segment.length)
                               : is_one_shape(shape, segment.form));
    if (!joins) groups.push_back({at, 0, {}}), shape = segment.form;
    groups.back().segments.push_back(segment);
    groups.back().length += segment.length;
    if (!copies) shape = form_of(groups.back());
    at += segment.length;
  }
  return groups;
}

std::optional<PageChoice> choose_pages(ByteView raw, const Group& group) {
  if (group.length < 2 * numeric::kSegmentUnit) return std::nullopt;
  const ByteView bytes = raw.subspan(group.at, group.length);
  const std::uint64_t alone = cost_of_segments(raw, group);
  if (std::ranges::all_of(group.segments, [](const Segment& segment) { return segment.form.copies(); })) {
    const bool is_worth = bytes.size() >= kLeastNoiseBytes && is_noise(raw, group.at, group.length);
    auto ranked = is_worth ? rank_floats(bytes, {}, alone) : std::nullopt;
    return ranked && is_smaller(raw, group, *ranked) ? std::move(ranked) : std::nullopt;
  }
  ElementForm shape = form_of(group);
  const auto elements_for = [&](const ElementForm& form) { return bytes.subspan(form.lead, (group.length - form.lead) / form.width * form.width); };
  PageChoice choice;
  FilterBytes decimals;
  Trial best = best_prediction(shape, elements_of(shape, elements_for(shape), decimals));
  if (const auto sound = shape_of_sound(bytes, best.form)) {
    shape = *sound;
    best = best_prediction(shape, elements_of(shape, elements_for(shape), decimals));
  }
  const ByteView elements = elements_for(shape);
  const bool may_be_floats = (shape.width < 4 || shape.lead != 0) && bytes.size() >= kLeastNoiseBytes;  // the shape may have been noise's
  choice.ranks = rank_elements(shape, elements);
  if (choice.ranks) {
    const Trial ranked = best_ranked(shape, *choice.ranks);
    if (ranked.cost < best.cost) best = ranked;
  }
  choice.form = best.form;
  choice.cost = best.cost;
  if (!best.form.is_ranked) choice.ranks.reset();
  if (may_be_floats) {
    if (auto floats = rank_floats(bytes, {}, choice.cost)) choice = std::move(*floats);
  }
  const bool is_close = choice.cost + choice.cost / 8 > alone;
  if (choice.cost > alone + alone / 16 || ((is_close || choice.ranks) && !is_smaller(raw, group, choice))) return std::nullopt;
  return choice;
}

std::optional<PageChoice> choose_ranks(ByteView raw, std::span<const Group> groups, std::span<const std::optional<PageChoice>> choices) {
  std::uint64_t cost = 0;
  ElementForm neighbours;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    cost += choices[i] ? choices[i]->cost : cost_of_segments(raw, groups[i]);
    const ElementForm form = form_of(groups[i]);
    if (form.has_row() && form.width >= 4) neighbours = form;
  }
  const std::size_t length = groups.back().at + groups.back().length - groups.front().at;
  if (length < kLeastNoiseBytes) return std::nullopt;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (choices[i] && choices[i]->ranks && groups[i].length > length - length / kMostOfRanked) return std::nullopt;
  }
  return rank_floats(raw.subspan(groups.front().at, length), neighbours, cost);
}

}  // namespace npk::codec::integers
