#include <algorithm>

#include "codec/filter/integers/page_choice_encode.h"
#include "codec/filter/integers/page_elements_encode.h"
#include "codec/filter/integers/page_writer_encode.h"
#include "codec/filter/numeric/encoder/choose_numeric.h"
#include "codec/filter/numeric/encoder/residuals.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using integers::Group;
using integers::kPageValues;
using integers::PageChoice;
using integers::PageWriter;
using numeric::ElementForm;
using numeric::Segment;

constexpr std::size_t kLeastRawBytes = 1024;
constexpr std::size_t kPlanRoom = 4096;

void write_segments(PageWriter& pages, ByteView raw, const Group& group) {
  numeric::SegmentEncoder encoder;
  Bytes out;
  for (const Segment& segment : group.segments) {
    out.resize(segment.length);
    encoder.apply(segment.form, raw.first(segment.length), out);
    pages.append_elements(out);
    raw = raw.subspan(segment.length);
  }
}

void write_table(PageWriter& pages, const integers::Ranks& ranks) {
  pages.append_number(ranks.keys.size());
  pages.append_number(static_cast<std::uint64_t>(ranks.order));
  pages.begin_column();
  std::array<std::uint64_t, kPageValues> gaps;
  std::uint64_t next = 0;
  for (std::size_t from = 0; from < ranks.keys.size(); from += kPageValues) {
    const std::size_t count = std::min(kPageValues, ranks.keys.size() - from);
    for (std::size_t i = 0; i < count; ++i) {
      gaps[i] = ranks.keys[from + i] - next;
      next = ranks.keys[from + i] + 1;
    }
    pages.write(std::span(gaps).first(count), {});
  }
}

// raw: the bytes of the group.
void write_pages(PageWriter& pages, ByteView raw, const PageChoice& choice) {
  const std::size_t count = (raw.size() - choice.form.lead) / choice.form.width;
  const ByteView bytes = raw.subspan(choice.form.lead, count * choice.form.width);
  pages.append_elements(raw.first(choice.form.lead));
  pages.append_elements(raw.subspan(choice.form.lead + bytes.size()));
  if (choice.ranks) write_table(pages, *choice.ranks);
  pages.begin_column();
  const Bytes elements = choice.ranks ? choice.ranks->elements : integers::elements_of(choice.form, bytes);
  ElementForm form = choice.form;
  form.is_decimal = false;
  const Bytes residuals = integers::residuals_of(form, elements);
  const bool is_linear = integers::may_be_linear(form);
  std::vector<std::int32_t> numbers;
  if (is_linear) numbers = integers::signed_numbers_of(form, elements);
  std::array<std::uint64_t, kPageValues> values;
  for (std::size_t from = 0; from < count; from += kPageValues) {
    const std::span page = std::span(values).first(std::min(kPageValues, count - from));
    integers::numbers_of(form, residuals, from, page);
    integers::LinearPrediction linear;
    if (is_linear) linear = integers::better_linear(form, elements, numbers, from, page);
    pages.write(page, linear);
  }
}

// Segments are numbered by form in one byte or two: no more forms than a plan has.
bool has_room(const std::vector<ElementForm>& forms, const ElementForm& form) {
  return forms.size() < numeric::kMaxForms || std::ranges::find(forms, form) != forms.end();
}

void remember(std::vector<ElementForm>& forms, const ElementForm& form) {
  if (std::ranges::find(forms, form) == forms.end()) forms.push_back(form);
}

}  // namespace

std::optional<std::size_t> encode_integers(ByteView raw, MutableBytes out) {
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  std::vector<Segment> chosen = numeric::choose_segments(raw, numeric::Allowed::integers, kPlanRoom);
  if (chosen.empty()) chosen.push_back({{}, raw.size()});
  bool is_better = chosen.size() > 1 || !chosen.front().form.copies();
  PageWriter pages;
  std::vector<Segment> segments;
  std::vector<ElementForm> forms;
  for (const Group& group : integers::group_segments(raw, chosen)) {
    const ByteView bytes = raw.subspan(group.at, group.length);
    const std::optional<PageChoice> choice = integers::choose_pages(raw, group);
    if (choice && has_room(forms, choice->form)) {
      write_pages(pages, bytes, *choice);
      is_better = true;
      segments.push_back({choice->form, group.length});
    } else {
      write_segments(pages, bytes, group);
      segments.insert(segments.end(), group.segments.begin(), group.segments.end());
    }
    for (const Segment& segment : group.segments) remember(forms, segment.form);
    if (choice) remember(forms, choice->form);
  }
  if (!is_better) return std::nullopt;
  const Bytes plan = numeric::write_plan(segments);
  if (plan.front() == 0 || plan.front() > numeric::kMaxForms || plan.size() > out.size()) return std::nullopt;
  std::ranges::copy(plan, out.begin());
  const auto length = join_parts(pages.finish(), out.subspan(plan.size()));
  if (!length) return std::nullopt;
  return plan.size() + *length;
}

// Tables of values, and the parts as they grow.
std::uint64_t integers_encoder_memory(std::uint64_t raw_length) { return 24 * raw_length + (4U << 20); }

}  // namespace npk::codec
