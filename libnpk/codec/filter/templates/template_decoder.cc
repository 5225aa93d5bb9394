#include "codec/filter/templates/template_decoder.h"

#include <cstring>
#include <optional>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column.h"
#include "codec/filter/parts.h"
#include "codec/filter/templates/template_dictionary.h"
#include "codec/filter/terminated_text.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

// What is wrong with a column, or null: for the inner loop.
using Wrong = const char*;

class Column {
 public:
  Result<void> open(const ColumnInfo& info, ByteView operations, ByteView values) {
    predictor_count_ = info.predictor_count;
    predictors_ = info.predictors;
    for (unsigned i = 0; i < predictor_count_; ++i) {
      following_ = predictors_[i].follows() ? i + 1 : following_;
      is_keyed = is_keyed || predictors_[i].keyed();
    }
    is_text_ = info.text;
    operation_ = operations.data();
    operations_end_ = operations.data() + operations.size();
    if (is_text_) {
      text_ = {values, {'\n', '"'}};
      return {};
    }
    NPK_ASSIGN(field_, FieldReader::open(values));
    return {};
  }

  // The next value, or the front of it, whose rest is stored if `cut`: bytes of `out` if it is of a predictor.
  [[nodiscard, gnu::always_inline]] Wrong next(std::span<const Column> columns, std::span<const KeyedValue> keyed, ByteView out, ByteView& value, bool& cut) {
    if (predictor_count_ == 0) return take_stored(value);
    if (operation_ == operations_end_) [[unlikely]] return kNoOperation;
    const std::uint8_t operation = *operation_++;
    if (operation == 0) {
      advance_followers(columns);
      return take_stored(value);
    }
    if (operation > predictor_count_) [[unlikely]] return special(operation - predictor_count_, columns, keyed, out, value, cut);
    const Place place = predict(operation - 1U, columns, keyed);
    advance_followers(columns);
    value = {out.data() + place.offset, place.length};
    return nullptr;
  }

  [[nodiscard, gnu::always_inline]] Wrong take_stored(ByteView& value) {
    if (!is_text_) [[likely]] return field_->take(value) ? nullptr : "a column of a filtered block ends early or contradicts itself";
    if (!text_.take(value)) return "a text column of a filtered block ends too early";
    value = {value.data(), value.size() + 1};
    return nullptr;
  }

  [[nodiscard]] Result<void> expect_end() const {
    if (operation_ != operations_end_ || (is_text_ && !text_.empty())) return fail_corrupt("a column of a filtered block has values that nothing takes");
    return is_text_ ? Result<void>{} : field_->expect_end();
  }

  // Before next, if is_keyed: by what values that are to be predicted.
  void find_keys(std::span<const Column> columns, ByteView out) {
    for (ValuePredictor& predictor : std::span(predictors_).first(predictor_count_)) {
      const Place key = columns[predictor.source].past.last;
      if (predictor.keyed()) predictor.next = keyed_slot(predictor, out.subspan(key.offset, key.length));
    }
  }
  // Behind it.
  void remember(Place place, std::span<KeyedValue> keyed) const {
    for (const ValuePredictor& predictor : std::span(predictors_).first(predictor_count_)) {
      if (predictor.keyed()) keyed[predictor.next] = KeyedValue(place);
    }
  }

  ColumnPast past;
  bool is_keyed = false;
  bool is_source = false;  // of a predictor: else nothing reads its past

 private:
  static constexpr Wrong kNoOperation = "a column of a filtered block lacks operations";

  Place predict(unsigned which, std::span<const Column> columns, std::span<const KeyedValue> keyed) const {
    const ValuePredictor& predictor = predictors_[which];
    return predictor.keyed() ? keyed[predictor.next].place() : predicted(predictor, columns[predictor.source].past);
  }

  void advance_followers(std::span<const Column> columns) {
    for (unsigned i = 0; i < following_; ++i) advance(predictors_[i], columns[predictors_[i].source].past);
  }

  // A value further back in the column that the first predictor follows, from where that goes on; or the front of what it predicts.
  [[nodiscard, gnu::noinline]] Wrong special(unsigned operation, std::span<const Column> columns, std::span<const KeyedValue> keyed, ByteView out,
                                             ByteView& value, bool& cut) {
    const ColumnPast& source = columns[predictors_[0].source].past;
    if (operation_ == operations_end_) return kNoOperation;
    const std::uint32_t operand = *operation_++;
    if (operation == kJump && predictors_[0].follows()) {
      if (operand >= source.count || operand >= kColumnHistory) return "a column of a filtered block looks back too far";
      predictors_[0].next = source.count - 1 - operand;
    } else if (operation != kCut) {
      return "a column of a filtered block has an unknown operation";
    }
    const Place place = predict(0, columns, keyed);
    advance_followers(columns);
    cut = operation != kJump;
    if (cut && operand > place.length) return "a column of a filtered block cuts more than there is";
    value = out.subspan(place.offset, place.length - (cut ? operand : 0));
    return nullptr;
  }

  std::uint8_t predictor_count_ = 0;
  bool is_text_ = false;
  unsigned following_ = 0;  // of the predictors: those behind don't follow
  const std::uint8_t* operation_ = nullptr;
  const std::uint8_t* operations_end_ = nullptr;
  std::optional<FieldReader> field_;
  std::array<ValuePredictor, kMaxPredictors> predictors_{};
  TerminatedText<2> text_;
};

// One run of a decoder.
class Restoring {
 public:
  // literals_end: of the part of the payload that the dictionary was read from.
  Restoring(TemplateDictionary dictionary, ByteView payload, const std::uint8_t* literals_end, MutableBytes out, bool whole)
      : dictionary_(std::move(dictionary)),
        out_(out),
        at_(out.data()),
        out_end_(out.data() + out.size()),
        quick_end_(out.size() < kQuickRoom ? nullptr : out_end_ - kQuickRoom),
        payload_end_(payload.data() + payload.size()),
        literals_have_slack_(static_cast<std::size_t>(payload_end_ - literals_end) >= kQuickRoom),
        whole_(whole) {}

  Result<void> open(std::span<const ByteView> parts, std::uint64_t raw_length) {
    columns_.resize(dictionary_.columns.size());
    std::size_t part = kTemplateParts;
    std::uint64_t memory = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const ColumnInfo& info = dictionary_.columns[i];
      const std::size_t taken = info.predictor_count > 0 ? 2 : 1;
      if (parts.size() - part < taken) return fail_corrupt("a filtered block has too few columns");
      memory += info.text ? 0 : column_memory(parts[part + taken - 1].size());
      if (!columns_fit(memory, raw_length)) return fail_corrupt("the columns of a filtered block are too large");
      NPK_TRY(columns_[i].open(info, taken == 2 ? parts[part] : ByteView(), parts[part + taken - 1]));
      part += taken;
    }
    if (part != parts.size()) return fail_corrupt("a filtered block has too many columns");
    open_histories();
    return {};
  }

  // Templates of no text with empty values would take their time for nothing: there are at most as many values as bytes.
  Result<void> run(ByteView ids, ByteView tail, std::uint64_t values_left) {
    TemplatePredictor predictor;
    while (!ids.empty() && !full_) {
      std::uint64_t code = ids[0];
      if (code < 0x80) {
        ids = ids.subspan(1);
      } else {
        NPK_ASSIGN(code, take_varint(ids));
      }
      const std::uint64_t id = code == 0 ? predictor.guess() : code - 1;
      if (id >= dictionary_.templates.size()) return fail_corrupt("a filtered block names a template that it does not have");
      predictor.learn(static_cast<std::uint32_t>(id));
      const LineTemplate& line = dictionary_.templates[static_cast<std::size_t>(id)];
      if (line.slots > values_left) return fail_corrupt("a filtered block has more values than bytes");
      values_left -= line.slots;
      NPK_TRY(append_line(line));
    }
    if (full_) return finish();
    at_ = append(at_, tail);
    if (at_ == nullptr) NPK_TRY(too_long());
    return finish();
  }

 private:
  void open_histories() {
    for (const ColumnInfo& info : dictionary_.columns) {
      for (const ValuePredictor& predictor : std::span(info.predictors).first(info.predictor_count)) columns_[predictor.source].is_source = true;
    }
    std::size_t count = 0;
    for_each_followed([&](ColumnPast& past) {
      if (past.history == nullptr) past.history = &unset_, ++count;
    });
    histories_.resize(count);
    keyed_.resize(dictionary_.keyed_slots);
    for (Column& column : columns_) {
      if (column.past.history != nullptr) column.past.history = &histories_[--count];
    }
  }
  void for_each_followed(auto&& use) {
    for (const ColumnInfo& info : dictionary_.columns) {
      for (const ValuePredictor& predictor : std::span(info.predictors).first(info.predictor_count)) {
        if (predictor.follows()) use(columns_[predictor.source].past);
      }
    }
  }

  Result<void> append_line(const LineTemplate& line) {
    std::uint8_t* at = at_;  // its own variable: `at_` would be stored and loaded around every copied byte
    const std::span<Column> columns = columns_;
    const ByteView out = out_;
    for (const TemplateSlot& slot : std::span(dictionary_.slots).subspan(line.first_slot, line.slots)) {
      if (!append_literal(at, slot.literal)) return too_long();
      Column& column = columns[slot.column];
      ByteView value;
      bool cut = false;
      if (column.is_keyed) [[unlikely]] column.find_keys(columns, out);
      if (const Wrong wrong = column.next(columns, keyed_, out, value, cut)) [[unlikely]] return fail(Errc::corrupt, wrong);
      std::uint8_t* const begin = at;
      if (!append_value(at, value)) return too_long();
      if (cut) [[unlikely]] {
        if (const Wrong wrong = column.take_stored(value)) return fail(Errc::corrupt, wrong);
        if (!append_value(at, value)) return too_long();
      }
      const Place place{static_cast<std::uint32_t>(begin - out.data()), static_cast<std::uint32_t>(at - begin)};
      if (column.is_source) column.past.push(place);
      if (column.is_keyed) [[unlikely]] column.remember(place, keyed_);
    }
    if (!append_literal(at, line.ending)) return too_long();
    at_ = at;
    return {};
  }

  // As append, of bytes of the payload, of a field's value, or of `out`.
  [[gnu::always_inline]] bool append_value(std::uint8_t*& at, ByteView bytes) const {
    // Only in the payload values lack slack, if they are in its end.
    return append_quickly(at, bytes, has_quick_room(bytes.data(), payload_end_));
  }
  [[gnu::always_inline]] bool append_literal(std::uint8_t*& at, ByteView bytes) const { return append_quickly(at, bytes, literals_have_slack_); }

  [[gnu::always_inline]] bool append_quickly(std::uint8_t*& at, ByteView bytes, bool slack) const {
    const std::size_t length = bytes.size();
    if (length > kQuickBytes || at > quick_end_ || !slack) [[unlikely]] {
      at = append(at, bytes);
      return at != nullptr;
    }
    copy_quickly(at, bytes.data(), length);
    at += length;
    return true;
  }

  // Where the next byte belongs; null if `out` had not the room for all.
  [[gnu::noinline]] std::uint8_t* append(std::uint8_t* at, ByteView bytes) const {
    const auto room = static_cast<std::size_t>(out_end_ - at);
    const std::size_t length = std::min(bytes.size(), room);
    if (length > 0) std::memmove(at, bytes.data(), length);
    return length < bytes.size() ? nullptr : at + length;
  }

  // What was wanted is there, or the block is too long.
  Result<void> too_long() {
    at_ = out_end_;
    if (whole_) return fail_corrupt("a filtered block holds more than its length");
    full_ = true;
    return {};
  }

  [[nodiscard]] Result<void> finish() const {
    if (at_ != out_end_) return fail_corrupt("a filtered block holds less than its length");
    if (!whole_) return {};
    for (const Column& column : columns_) NPK_TRY(column.expect_end());
    return {};
  }

  TemplateDictionary dictionary_;
  std::vector<Column> columns_;
  std::vector<std::array<Place, kColumnHistory>> histories_;
  std::array<Place, kColumnHistory> unset_{};
  std::vector<KeyedValue> keyed_;
  MutableBytes out_;
  std::uint8_t* at_;  // where the next byte of `out_` belongs
  std::uint8_t* out_end_;
  std::uint8_t* quick_end_;  // up to here quick copies fit
  const std::uint8_t* payload_end_;
  bool literals_have_slack_;
  bool whole_;
  bool full_ = false;
};

}  // namespace

Result<bool> TemplateDecoder::restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) {
  if (filtered.size() < filtered_length) return false;
  NPK_ASSIGN(const std::vector<ByteView> parts, split_parts(filtered));
  if (parts.size() < kTemplateParts || parts.size() > kTemplateParts + 2 * kMaxTemplateColumns)
    return fail_corrupt("a filtered block has too few or too many parts");
  NPK_ASSIGN(TemplateDictionary dictionary, TemplateDictionary::read(parts[kDictionaryPart]));
  const std::uint8_t* const literals_end = parts[kDictionaryPart].data() + parts[kDictionaryPart].size();
  Restoring restoring(std::move(dictionary), filtered, literals_end, out, out.size() == raw_length);
  NPK_TRY(restoring.open(parts, raw_length));
  NPK_TRY(restoring.run(parts[kIdsPart], parts[kTailPart], raw_length));
  return true;
}

}  // namespace npk::codec
