#include <algorithm>
#include <optional>

#include "codec/filter/field_column_encode.h"
#include "codec/filter/markup/numbers_encode.h"
#include "codec/filter/markup/plan_encode.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder_functions.h"
#include "codec/word_filter.h"

namespace npk::codec {
namespace markup {
namespace {

constexpr std::size_t kWorthWords = 128U << 10;  // of less text the dictionary takes what codes save

// `text` begins with kPlainText.
FilterBytes coded_text(FilterBytes text) {
  if (text.size() == 1) return {};
  if (text.size() < kWorthWords) return text;
  FilterBytes coded(text.size());
  coded[0] = kWordText;
  const auto length = WordFilter::encode_within_filter(ByteView(text).subspan(1), MutableBytes(coded).subspan(1));
  if (!length) return text;
  coded.resize(1 + *length);
  return coded;
}

class Writer {
 public:
  Writer(ByteView raw, Scan& scan, const Plan& plan) : raw_(raw), scan_(scan), plan_(plan), columns_(plan.columns) {}
  // False if there are more templates than may be. Lets tags and their values go.
  bool run();
  FilterVector<FilterBytes> parts();

 private:
  [[nodiscard]] bool is_spelled_before(const Template& first, const Template& second) const;
  void order_templates();
  void write_template(const Template& written);
  void write_tag(std::size_t tag);
  void write_text(const Template& used, ByteView text);
  void write_values(const Template& used, std::size_t first_value);
  void append(ByteView bytes, FilterBytes& to) { to.insert(to.end(), bytes.begin(), bytes.end()); }

  ByteView raw_;
  Scan& scan_;
  const Plan& plan_;
  FilterVector<std::uint32_t> order_;  // used templates, the most frequent first
  FilterVector<std::uint32_t> codes_;  // of each template
  FilterBytes templates_, sequence_, text_;
  NumberWriter numbers_;
  FilterVector<FilterVector<Place>> columns_;
};

// End tags first, by distance, then others by their skeletons' text; of one text by what comes before the tag, and by values folded in.
bool Writer::is_spelled_before(const Template& first, const Template& second) const {
  if (first.skeleton != second.skeleton) {
    if (first.skeleton == kNone || second.skeleton == kNone) return first.skeleton == kNone;
    return std::ranges::lexicographical_compare(scan_.skeleton_texts[first.skeleton], scan_.skeleton_texts[second.skeleton]);
  }
  if (first.text_slot != second.text_slot) return first.text_slot < second.text_slot;
  return first.end_distance < second.end_distance;
}

// Codes that look alike are of tags that are alike, as far as they take as many bytes.
void Writer::order_templates() {
  FilterVector<std::uint32_t> counts(plan_.templates.size());
  for (const std::uint32_t number : plan_.sequence) ++counts[number];
  for (std::uint32_t number = 0; number < counts.size(); ++number) {
    if (counts[number] > 0) order_.push_back(number);
  }
  if (order_.size() > kMaxTemplates) return;
  std::ranges::stable_sort(order_, std::greater(), [&](std::uint32_t number) { return counts[number]; });
  const auto single = order_.begin() + static_cast<std::ptrdiff_t>(std::min(order_.size(), CodeSpace(order_.size(), kTemplateLeads).single));
  const auto less = [this](std::uint32_t a, std::uint32_t b) { return is_spelled_before(plan_.templates[a], plan_.templates[b]); };
  std::stable_sort(order_.begin(), single, less);
  std::stable_sort(single, order_.end(), less);
  codes_.resize(counts.size());
  for (std::uint32_t i = 0; i < order_.size(); ++i) codes_[order_[i]] = i;
}

void Writer::write_template(const Template& written) {
  append_varint(written.text_slot, templates_);
  if (written.skeleton == kNone) return append_varint(kEnd + written.end_distance, templates_);
  const Skeleton& skeleton = scan_.skeletons[written.skeleton];
  append_varint(skeleton.kind == kStart ? kStart : kPlain, templates_);
  FilterBytes piece;
  FilterVector<FilterBytes> pieces;
  FilterVector<std::uint32_t> slots;
  std::size_t value = 0;
  for (const std::uint8_t byte : scan_.skeleton_texts[written.skeleton]) {
    if (byte != 0) {
      piece.push_back(byte);
      continue;
    }
    const std::uint32_t spelling = plan_.spellings[written.first_spelling + value];
    const std::uint32_t field = skeleton.fields[value++];
    if (spelling != kNone) {
      append(scan_.spellings[spelling], piece);
      continue;
    }
    pieces.push_back(std::move(piece));
    slots.push_back(plan_.value_slots[field]);
    piece.clear();
  }
  append_varint(slots.size(), templates_);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    append_varint(pieces[i].size(), templates_);
    append(pieces[i], templates_);
    append_varint(slots[i], templates_);
  }
  append_varint(piece.size(), templates_);
  append(piece, templates_);
}

void Writer::write_text(const Template& used, ByteView text) {
  switch (used.text_slot) {
    case kNoText:
    case kKnownSpace: return;
    case kTextStream:
      append(text, text_);
      return text_.push_back('<');
    case kTextNumbers: return numbers_.add(text);
    default: return columns_[used.text_slot - kTextColumn].push_back({static_cast<std::uint32_t>(text.data() - raw_.data()), static_cast<std::uint32_t>(text.size())});
  }
}

void Writer::write_values(const Template& used, std::size_t first_value) {
  if (used.skeleton == kNone) return;
  const Skeleton& skeleton = scan_.skeletons[used.skeleton];
  for (std::size_t i = 0; i < skeleton.fields.size(); ++i) {
    if (plan_.spellings[used.first_spelling + i] != kNone) continue;
    const Value& value = scan_.values[first_value + i];
    const ByteView bytes = raw_.subspan(value.begin, value.length);
    const std::uint32_t slot = plan_.value_slots[skeleton.fields[i]];
    if (slot == kValueNumbers)
      numbers_.add(bytes);
    else
      columns_[slot - kValueColumn].push_back({value.begin, value.length});
  }
}

void Writer::write_tag(std::size_t tag) {
  const std::uint32_t number = plan_.sequence[tag];
  CodeSpace(order_.size(), kTemplateLeads).append(codes_[number], sequence_);
  const std::size_t begin = tag == 0 ? 0 : scan_.tags[tag - 1].end;
  write_text(plan_.templates[number], raw_.subspan(begin, scan_.tags[tag].begin - begin));
  write_values(plan_.templates[number], scan_.tags[tag].first_value);
}

bool Writer::run() {
  order_templates();
  sequence_.reserve(scan_.tags.size() + scan_.tags.size() / 4);
  text_.reserve(raw_.size() / 4);
  text_.push_back(kPlainText);
  if (order_.size() > kMaxTemplates) return false;
  append_varint(order_.size(), templates_);
  for (const std::uint32_t number : order_) write_template(plan_.templates[number]);
  if (templates_.size() > kMaxDictionaryBytes) return false;
  for (std::size_t tag = 0; tag < scan_.tags.size(); ++tag) {
    write_tag(tag);
    scan_.values.release_before(scan_.tags[tag].first_value);
    scan_.tags.release_before(tag);
  }
  return true;
}

FilterVector<FilterBytes> Writer::parts() {
  FilterVector<FilterBytes> parts(kFirstColumn);
  NumberParts numbers = numbers_.finish();
  parts[kTemplates] = std::move(templates_);
  parts[kCodes] = std::move(sequence_);
  parts[kText] = coded_text(std::move(text_));
  parts[kShapes] = std::move(numbers.shapes);
  parts[kShapeCodes] = std::move(numbers.codes);
  parts[kDigits] = std::move(numbers.digits);
  parts[kRareShapes] = std::move(numbers.rare);
  for (auto& values : columns_) {
    parts.push_back(values.empty() ? FilterBytes() : encode_field_column({raw_, values}));
    let_go(values);
  }
  return parts;
}

}  // namespace
}  // namespace markup

std::optional<std::size_t> encode_markup(ByteView raw, MutableBytes out) {
  return encode_within(structural_encoder_memory(raw.size()), kTableBytes + kTrialContextBytes, [&]() -> std::optional<std::size_t> {
    auto scan = markup::scan_markup(raw);
    if (!scan) return std::nullopt;
    const markup::Plan plan = markup::plan_markup(raw, *scan);
    markup::Writer writer(raw, *scan, plan);
    if (!writer.run()) return std::nullopt;
    return join_parts(writer.parts(), out);
  });
}

}  // namespace npk::codec
