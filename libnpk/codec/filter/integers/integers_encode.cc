#include <algorithm>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/integers/page_choice_encode.h"
#include "codec/filter/integers/segment_writer_encode.h"
#include "codec/filter/numeric/encoder/choose_numeric.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using integers::Group;
using integers::PageChoice;
using integers::PageWriter;
using numeric::ElementForm;
using numeric::Segment;

constexpr std::size_t kLeastRawBytes = 1024;
constexpr std::size_t kPlanRoom = 4096;

struct Choices {
  std::vector<Group> groups;
  std::vector<std::optional<PageChoice>> pages;  // of each group
};

// Everything from `front` on as one group.
void join_groups(std::vector<Group>& groups, std::size_t front) {
  for (std::size_t i = front + 1; i < groups.size(); ++i) {
    groups[front].length += groups[i].length;
    groups[front].segments.insert(groups[front].segments.end(), groups[i].segments.begin(), groups[i].segments.end());
  }
  groups.resize(front + 1);
}

Choices choose(ByteView raw) {
  std::vector<Segment> segments = numeric::choose_segments(raw, numeric::Allowed::integers, kPlanRoom);
  if (segments.empty()) segments.push_back({{}, raw.size()});
  Choices choices{integers::group_segments(raw, segments), {}};
  for (const Group& group : choices.groups) choices.pages.push_back(integers::choose_pages(raw, group));
  const auto first = std::ranges::find_if_not(choices.groups, [&](const Group& group) { return integers::is_text(raw.subspan(group.at, group.length)); });
  const auto front = static_cast<std::size_t>(first - choices.groups.begin());
  if (choices.groups.size() - front < 2) return choices;
  auto ranked = integers::choose_ranks(raw, std::span(choices.groups).subspan(front), std::span(choices.pages).subspan(front));
  if (!ranked) return choices;
  join_groups(choices.groups, front);
  choices.pages.resize(front + 1);
  choices.pages.back() = std::move(ranked);
  return choices;
}

struct Payload {
  PageWriter pages;
  std::vector<Segment> segments;
  std::vector<ElementForm> forms;

  // As pages if there is a choice, and room for its form in a plan.
  void add(ByteView raw, const Group& group, std::optional<PageChoice>& choice) {
    const ByteView bytes = raw.subspan(group.at, group.length);
    if (choice && forms.size() >= numeric::kMaxForms && std::ranges::find(forms, choice->form) == forms.end()) choice.reset();
    const std::size_t before = pages.size();
    choice ? integers::write_pages(pages, bytes, *choice) : integers::write_segments(pages, bytes, group.segments);
    for (const Segment& segment : choice ? std::vector{Segment{choice->form, group.length}} : group.segments) {
      if (std::ranges::find(forms, segment.form) == forms.end()) forms.push_back(segment.form);
      segments.push_back(segment);
    }
    // Compressed it may be small all the same, but not every block can hold it.
    if (choice && pages.size() - before > group.length) choice.reset();
  }
};

// Of choices made, those are left that make no group longer.
std::optional<std::size_t> write(ByteView raw, Choices& choices, MutableBytes out) {
  Payload payload;
  for (std::size_t i = 0; i < choices.groups.size(); ++i) payload.add(raw, choices.groups[i], choices.pages[i]);
  if (std::ranges::all_of(payload.segments, [](const Segment& segment) { return segment.form.copies(); })) return std::nullopt;
  const Bytes plan = numeric::write_plan(payload.segments);
  if (plan.front() == 0 || plan.front() > numeric::kMaxForms || plan.size() > out.size()) return std::nullopt;
  std::ranges::copy(plan, out.begin());
  const auto length = join_parts(payload.pages.finish(), out.subspan(plan.size()));
  if (!length) return std::nullopt;
  return plan.size() + *length;
}

std::optional<std::size_t> encode(ByteView raw, MutableBytes out, bool may_adapt) {
  Choices choices = choose(raw);
  for (std::optional<PageChoice>& pages : choices.pages) {
    if (pages) pages->may_adapt = may_adapt;
  }
  if (const auto length = write(raw, choices, out)) return length;
  return write(raw, choices, out);
}

std::optional<std::size_t> encode_block(ByteView raw, MutableBytes out, bool may_adapt) {
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  return encode_within(integers_encoder_memory(raw.size()), kTableBytes + kTrialContextBytes, [&] { return encode(raw, out, may_adapt); });
}

}  // namespace

std::optional<std::size_t> encode_integers(ByteView raw, MutableBytes out) { return encode_block(raw, out, false); }
std::optional<std::size_t> encode_integers_smaller(ByteView raw, MutableBytes out) { return encode_block(raw, out, true); }

}  // namespace npk::codec
