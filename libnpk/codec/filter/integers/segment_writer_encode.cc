#include "codec/filter/integers/segment_writer_encode.h"

#include "codec/filter/integers/page_elements_encode.h"
#include "codec/filter/numeric/encoder/residuals.h"

namespace npk::codec::integers {
namespace {

using numeric::ElementForm;
using numeric::Segment;

}  // namespace

void write_table(PageWriter& pages, unsigned bytes, const Ranks& ranks) {
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
    pages.write(bytes, std::span(gaps).first(count), {});
  }
}

void write_segments(PageWriter& pages, ByteView raw, const std::vector<Segment>& segments) {
  numeric::SegmentEncoder encoder;
  FilterBytes out;
  for (const Segment& segment : segments) {
    out.resize(segment.length);
    encoder.apply(segment.form, raw.first(segment.length), out);
    pages.append_elements(out);
    raw = raw.subspan(segment.length);
  }
}

void write_pages(PageWriter& pages, ByteView raw, const PageChoice& choice) {
  const std::size_t count = (raw.size() - choice.form.lead) / choice.form.width;
  const ByteView bytes = raw.subspan(choice.form.lead, count * choice.form.width);
  pages.append_elements(raw.first(choice.form.lead));
  pages.append_elements(raw.subspan(choice.form.lead + bytes.size()));
  if (choice.ranks) write_table(pages, choice.form.width, *choice.ranks);
  pages.begin_column();
  FilterBytes decimals;
  const ByteView elements = choice.ranks ? ByteView(choice.ranks->elements) : elements_of(choice.form, bytes, decimals);
  ElementForm form = choice.form;
  form.is_decimal = false;
  const bool is_linear = may_be_linear(form);
  std::array<std::uint64_t, kPageValues> values;
  AdaptivePrediction adaptive;
  for (std::size_t from = 0; from < count; from += kPageValues) {
    const std::span page = std::span(values).first(std::min(kPageValues, count - from));
    page_residuals(form, elements, from, page);
    LinearPrediction linear;
    if (is_linear) linear = better_linear(form, elements, from, page);
    if (choice.may_adapt && linear.taps != 0) linear.is_adaptive = adapt(adaptive, form, from, page);
    pages.write(form.width, page, linear);
  }
}

}  // namespace npk::codec::integers
