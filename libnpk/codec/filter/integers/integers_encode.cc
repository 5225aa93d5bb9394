#include <algorithm>

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

struct Payload {
  PageWriter pages;
  std::vector<Segment> segments;
  std::vector<ElementForm> forms;

  // Whether the group becomes pages: if a plan has room for its form.
  bool add(ByteView raw, const Group& group, const std::optional<PageChoice>& choice) {
    const ByteView bytes = raw.subspan(group.at, group.length);
    const bool as_pages = choice && (forms.size() < numeric::kMaxForms || std::ranges::find(forms, choice->form) != forms.end() || group.segments.empty());
    const std::vector<Segment> added = as_pages ? std::vector{Segment{choice->form, group.length}} : group.segments;
    as_pages ? integers::write_pages(pages, bytes, *choice) : integers::write_segments(pages, bytes, group.segments);
    for (const Segment& segment : added) {
      if (std::ranges::find(forms, segment.form) == forms.end()) forms.push_back(segment.form);
      segments.push_back(segment);
    }
    return as_pages;
  }
};

}  // namespace

std::optional<std::size_t> encode_integers(ByteView raw, MutableBytes out) {
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  std::vector<Segment> chosen = numeric::choose_segments(raw, numeric::Allowed::integers, kPlanRoom);
  if (chosen.empty()) chosen.push_back({{}, raw.size()});
  bool is_better = chosen.size() > 1 || !chosen.front().form.copies();
  Payload payload;
  std::vector<Group> groups = integers::group_segments(raw, chosen);
  std::vector<std::optional<PageChoice>> choices;
  for (const Group& group : groups) choices.push_back(integers::choose_pages(raw, group));
  const auto first = std::ranges::find_if_not(groups, [&](const Group& group) { return integers::is_text(raw.subspan(group.at, group.length)); });
  const auto front = static_cast<std::size_t>(first - groups.begin());
  std::optional<PageChoice> ranked;
  if (groups.size() - front > 1) ranked = integers::choose_ranks(raw, std::span(groups).subspan(front), std::span(choices).subspan(front));
  if (ranked) {
    groups[front] = {groups[front].at, raw.size() - groups[front].at, {}};
    choices[front] = std::move(ranked);
    groups.resize(front + 1);
    choices.resize(front + 1);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) is_better |= payload.add(raw, groups[i], choices[i]);
  if (!is_better) return std::nullopt;
  const Bytes plan = numeric::write_plan(payload.segments);
  if (plan.front() == 0 || plan.front() > numeric::kMaxForms || plan.size() > out.size()) return std::nullopt;
  std::ranges::copy(plan, out.begin());
  const auto length = join_parts(payload.pages.finish(), out.subspan(plan.size()));
  if (!length) return std::nullopt;
  return plan.size() + *length;
}

// Tables of values, and the parts as they grow.
std::uint64_t integers_encoder_memory(std::uint64_t raw_length) { return 24 * raw_length + (4U << 20); }

}  // namespace npk::codec
