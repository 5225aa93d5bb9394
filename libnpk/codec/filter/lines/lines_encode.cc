#include <algorithm>
#include <bit>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/lines/index_table_encode.h"
#include "codec/filter/lines/line_shapes_encode.h"
#include "codec/filter/lines/line_units_encode.h"
#include "codec/filter/lines/lone_numbers_encode.h"
#include "codec/filter/lines/sorted_lines_encode.h"
#include "codec/filter/lines/wrapped_numbers_encode.h"
#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/templates/template_encode.h"
#include "codec/filter/templates/value_hash_encode.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

constexpr std::uint32_t kFewestUses = 6;
constexpr std::uint32_t kRepeated = 4;
constexpr std::uint16_t kTextColumn = 0;
// Kept free for text and for lists, of columns and slots as well.
constexpr std::size_t kKeptTemplates = 64;
// In a place of fields or of lists of numbers, templates that are rarer than this part of its units cost more than they save.
constexpr std::uint32_t kRarestShare = 64;

enum class Form : std::uint8_t { text, whole, listed, coarse, fine };

class LineEncoder {
 public:
  LineEncoder(ByteView raw, bool& with_lists) : raw_(raw), lines_(split_lines(raw, with_lists)), shapes_(count_shapes(raw, lines_)) {
    block_.column_is_text.push_back(true);
  }

  std::optional<std::size_t> run(MutableBytes out) {
    if (lines_.length < raw_.size() / 2) return std::nullopt;
    for (std::uint32_t i = 0; i < lines_.units.size(); ++i) {
      add(i);
      lines_.tokens.release_before(lines_.units[i].first_token);
      lines_.units.release_before(i);
      shapes_.of_units.release_before(i);
    }
    if (text_bytes_ > raw_.size() / 8 * 7) return std::nullopt;
    block_.tail = raw_.subspan(lines_.length);
    lines_ = {};
    shapes_ = {};
    join_wrapped_numbers(block_, raw_);
    return write_templates(block_, raw_, out);
  }

 private:
  // Whether enough units have it, of those in the same place: prose (three words or more that vary, each behind a space) needs a larger part.
  [[nodiscard]] static bool is_common(const LineShape& shape, const LineUnit& unit, std::uint32_t in_place) {
    if (shape.count < kFewestUses) return false;
    if ((unit.field || unit.listed) && shape.count < in_place / kRarestShare) return false;
    return shape.spaced_words < 3 || shape.count >= in_place / 8;
  }

  [[nodiscard]] Form choose(const LineUnit& unit, const UnitShapes& shapes) const {
    const std::uint32_t in_place = shapes_.fields[shapes.field].count;
    const LineShape& coarse = shapes_.coarse[shapes.coarse];
    const std::uint32_t fine = shapes_.fine[shapes.fine].count;
    const auto repeats = [&] { return unit.may_repeat && shapes_.exact[shapes.exact] >= kRepeated; };
    const unsigned slots = coarse.slots;
    const bool grouped = slots > 0 && coarse.word_slots >= 2 && fine >= kFewestUses && coarse.finer * 8 <= coarse.count;
    if (unit.field) {
      if (coarse.count >= kFewestUses && slots <= 1) return Form::coarse;
      if (repeats()) return Form::whole;
    } else if (slots >= 3 && repeats()) {
      return Form::whole;
    }
    if (unit.listed) return is_common(coarse, unit, in_place) ? Form::coarse : Form::listed;
    if (grouped) return Form::fine;
    if (is_common(coarse, unit, in_place)) return Form::coarse;
    if (!unit.field && fine >= kFewestUses) return Form::fine;
    return unit.field && in_place >= kFewestUses ? Form::whole : Form::text;
  }

  void add(std::uint32_t number) {
    const LineUnit& unit = lines_.units[number];
    const UnitShapes& shapes = shapes_.of_units[number];
    const Form form = choose(unit, shapes);
    const bool done = (form == Form::coarse && add_shaped(unit, shapes_.coarse[shapes.coarse], 4ULL * shapes.coarse)) ||
                      (form == Form::fine && add_shaped(unit, shapes_.fine[shapes.fine], 4ULL * shapes.fine + 1)) ||
                      (form == Form::whole && add_whole(unit, shapes.field));
    if (done) return;
    if (unit.listed)
      add_listed(unit, shapes.field);
    else
      add_text(unit);
  }

  std::uint16_t column_of(std::uint64_t key) {
    const std::uint32_t column = columns_.index_of(mix_hash(1, key)) + 1;
    if (column == block_.column_is_text.size()) block_.column_is_text.push_back(false);
    return static_cast<std::uint16_t>(std::min<std::size_t>(column, 0xFFFF));
  }

  // The template's number; a new one has no pieces yet.
  std::uint32_t template_of(std::uint64_t key) {
    const std::uint32_t number = templates_.index_of(mix_hash(2, key));
    if (number == block_.templates.size()) block_.templates.emplace_back();
    return number;
  }

  // Whether a template of as many slots as there are literals is known or may be added: beyond the format's limits what is rare is text.
  [[nodiscard]] bool has_room(std::uint64_t key) const {
    const bool full = block_.templates.size() + kKeptTemplates > kMaxTemplates || slots_ + literals_.size() + kKeptTemplates > kMaxTemplateSlots ||
                      block_.column_is_text.size() + literals_.size() + kKeptTemplates > kMaxTemplateColumns;
    return !full || templates_.contains(mix_hash(2, key));
  }

  bool add_shaped(const LineUnit& unit, const LineShape& shape, std::uint64_t key) {
    std::uint64_t varying = shape.varying;
    if (std::bit_width(varying) > unit.tokens) return false;
    values_.clear();
    literals_.clear();
    std::uint32_t at = unit.offset;
    for (; varying != 0; varying &= varying - 1) {
      const Place token = lines_.place_of(lines_.tokens[unit.first_token + static_cast<unsigned>(std::countr_zero(varying))]);
      literals_.push_back({at, token.offset - at});
      values_.push_back({token.offset, token.length});
      at = token.offset + token.length;
    }
    const Place ending{at, unit.offset + unit.length - at};
    if (!has_room(key)) return false;
    const std::uint32_t number = template_of(key);
    TemplateBlock::Template& line = block_.templates[number];
    if (line.ending.length == 0) {
      slots_ += literals_.size();
      line.literals = literals_;
      line.ending = ending;
      // A column belongs to what stands before it in the line, so that lines that begin alike share theirs: of time stamps, say.
      std::uint64_t before = unit.context;
      for (const Place literal : literals_) {
        before = hash_bytes(raw_.subspan(literal.offset, literal.length), before);
        line.columns.push_back(column_of(before));
      }
    }
    return add_checked(number, line, ending);
  }

  bool add_whole(const LineUnit& unit, std::uint32_t field) {
    const std::uint32_t head = unit.head_length, tail = unit.ending_length;
    const Place ending{unit.offset + unit.length - tail, tail};
    literals_.assign(1, {unit.offset, head});
    const std::uint64_t key = 4ULL * (256ULL * field + raw_[ending.offset]) + 2;
    if (!has_room(key)) return false;
    const std::uint32_t number = template_of(key);
    TemplateBlock::Template& line = block_.templates[number];
    slots_ += line.ending.length == 0 ? 1U : 0U;
    values_.assign(1, {unit.offset + head, unit.length - head - tail});
    if (line.ending.length == 0) line = {.literals = literals_, .columns = {column_of(field)}, .ending = ending};
    return add_checked(number, line, ending);
  }

  // What is before the number, and the number.
  void add_listed(const LineUnit& unit, std::uint32_t field) {
    const std::uint32_t end = unit.offset + unit.length - 1;
    std::uint32_t begin = end;
    while (begin > unit.offset && raw_[begin - 1] >= '0' && raw_[begin - 1] <= '9') --begin;
    const std::uint32_t number = template_of(4ULL * (256ULL * field + raw_[end]) + 2);
    TemplateBlock::Template& line = block_.templates[number];
    if (line.literals.empty()) {
      line = {.literals = {{0, 0}, {0, 0}}, .columns = {column_of(field), column_of(~std::uint64_t{field})}, .ending = {end, 1}};
    }
    block_.sequence.push_back(number);
    block_.values.push_back({unit.offset, begin - unit.offset});
    block_.values.push_back({begin, end - begin});
  }

  // A text ends with its first quotation mark or line feed: units of aligned lines may have several.
  void add_text(const LineUnit& unit) {
    const std::uint32_t number = template_of(3);
    TemplateBlock::Template& line = block_.templates[number];
    if (line.literals.empty()) line = {.literals = {{0, 0}}, .columns = {kTextColumn}, .ending = {0, 0}};
    for (ByteView rest = raw_.subspan(unit.offset, unit.length); !rest.empty();) {
      const auto quote = std::ranges::find(rest, '"');
      const auto length = static_cast<std::size_t>(quote - rest.begin()) + (quote != rest.end() ? 1U : 0U);
      block_.sequence.push_back(number);
      block_.values.push_back({static_cast<std::uint32_t>(rest.data() - raw_.data()), static_cast<std::uint32_t>(length)});
      rest = rest.subspan(length);
    }
    text_bytes_ += unit.length;
  }

  [[nodiscard]] bool same(Place a, Place b) const { return a.length == b.length && same_bytes(raw_.data() + a.offset, raw_.data() + b.offset, a.length); }

  // False if hashes deceived: the literals are not the template's.
  bool add_checked(std::uint32_t number, const TemplateBlock::Template& line, Place ending) {
    if (!same(line.ending, ending) || line.literals.size() != literals_.size()) return false;
    for (std::size_t i = 0; i < literals_.size(); ++i) {
      if (!same(line.literals[i], literals_[i])) return false;
    }
    block_.sequence.push_back(number);
    for (const Place value : values_) block_.values.push_back(value);
    return true;
  }

  ByteView raw_;
  LineUnits lines_;
  LineShapes shapes_;
  TemplateBlock block_;
  IndexTable templates_, columns_;
  FilterVector<Place> values_, literals_;
  std::size_t slots_ = 0;
  std::size_t text_bytes_ = 0;
};

std::optional<std::size_t> within_memory(ByteView raw, const auto& encode) {
  return encode_within(structural_encoder_memory(raw.size()), kTableBytes + kTrialContextBytes, encode);
}

std::optional<std::size_t> encode_block(TemplateBlock block, ByteView raw, MutableBytes out) { return write_templates(block, raw, out); }

std::optional<std::size_t> encode_units(ByteView raw, MutableBytes out) {
  bool with_lists = true;
  const auto encode = [&] { return within_memory(raw, [&] { return LineEncoder(raw, with_lists).run(out); }); };
  const auto length = encode();
  if (length || !with_lists) return length;
  // A unit for each number may take too much.
  with_lists = false;
  return encode();
}

std::optional<std::size_t> encode_sorted(ByteView raw, MutableBytes out) {
  return within_memory(raw, [&] { return encode_block(take_sorted_lines(raw), raw, out); });
}

// Of lines that begin alike, for the same may be so of a log: which way its middle compresses better.
bool is_better_sorted(ByteView raw) {
  constexpr std::size_t kTrialBytes = 512U << 10;
  const ByteView sample = raw.size() <= kTrialBytes ? raw : raw.subspan((raw.size() - kTrialBytes) / 2, kTrialBytes);
  Bytes out(sample.size());
  CompressedCost cost;
  const auto cost_by = [&](const auto& encode) {
    const auto length = encode(sample, out);
    return cost.of(length ? ByteView(out).first(*length) : sample);
  };
  return cost_by(encode_sorted) < cost_by(encode_units);
}

}  // namespace

std::optional<std::size_t> encode_lines(ByteView raw, MutableBytes out) {
  if (raw.empty() || raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  if (has_lone_numbers(raw)) {
    if (const auto length = within_memory(raw, [&] { return encode_block(take_lone_numbers(raw), raw, out); })) return length;
  }
  const bool has_fronts = has_shared_fronts(raw);
  if (has_fronts && is_better_sorted(raw)) return encode_sorted(raw, out);
  const auto length = encode_units(raw, out);
  return length || !has_fronts ? length : encode_sorted(raw, out);
}

}  // namespace npk::codec
