#include "codec/filter/templates/template_decoder.h"

#include <cstring>
#include <optional>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column.h"
#include "codec/filter/parts.h"
#include "codec/filter/templates/template_dictionary.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

// In two pieces: of an earlier value, and stored.
struct ValueBytes {
  ByteView front;
  ByteView back;
};

class Column {
 public:
  Result<void> open(const ColumnInfo& info, ByteView operations, ByteView values) {
    info_ = &info;
    predictors_ = info.predictors;
    operations_ = operations;
    text_ = values;
    if (info.text) return {};
    NPK_ASSIGN(field_, FieldReader::open(values));
    return {};
  }

  // The next value as bytes; those of the predictors are bytes of `out`. What is wrong, or null: for the inner loop.
  [[nodiscard]] const char* next(std::span<const Column> columns, ByteView out, ValueBytes& value) {
    if (info_->predictor_count == 0) return take_stored(value.back);
    if (operations_.empty()) [[unlikely]] return kNoOperation;
    const std::uint8_t operation = operations_[0];
    operations_ = operations_.subspan(1);
    if (operation > info_->predictor_count) return special(operation - info_->predictor_count, columns, out, value);
    if (operation == 0) {
      advance_all(columns);
      return take_stored(value.back);
    }
    const Place place = predict(operation - 1U, columns);
    advance_all(columns);
    value.front = {out.data() + place.offset, place.length};
    return nullptr;
  }

  [[nodiscard]] Result<void> expect_end() const {
    if (!operations_.empty() || (info_->text && !text_.empty())) return fail(Errc::corrupt, "a column of a filtered block has values that nothing takes");
    return info_->text ? Result<void>{} : field_->expect_end();
  }

  ColumnPast past;

 private:
  static constexpr const char* kNoOperation = "a column of a filtered block lacks operations";

  [[nodiscard]] const char* take_stored(ByteView& value) {
    if (!info_->text) return field_->take(value) ? nullptr : "a column of a filtered block ends early or contradicts itself";
    const auto end = std::ranges::find_if(text_, [](std::uint8_t byte) { return byte == '\n' || byte == '"'; });
    if (end == text_.end()) return "a text column of a filtered block ends too early";
    value = text_.first(static_cast<std::size_t>(end - text_.begin()) + 1);
    text_ = text_.subspan(value.size());
    return nullptr;
  }

  Place predict(unsigned which, std::span<const Column> columns) const { return predicted(predictors_[which], columns[predictors_[which].source].past); }

  void advance_all(std::span<const Column> columns) {
    for (unsigned i = 0; i < info_->predictor_count; ++i) advance(predictors_[i], columns[predictors_[i].source].past);
  }

  // A value further back in the column that the first predictor follows, from where that goes on; or the front of what it predicts.
  [[nodiscard]] const char* special(unsigned operation, std::span<const Column> columns, ByteView out, ValueBytes& value) {
    const ColumnPast& source = columns[predictors_[0].source].past;
    if (operations_.empty()) return kNoOperation;
    const std::uint32_t operand = operations_[0];
    operations_ = operations_.subspan(1);
    if (operation == kJump && predictors_[0].follows) {
      if (operand >= source.count || operand >= kColumnHistory) return "a column of a filtered block looks back too far";
      predictors_[0].next = source.count - 1 - operand;
    } else if (operation != kCut) {
      return "a column of a filtered block has an unknown operation";
    }
    const Place place = predict(0, columns);
    advance_all(columns);
    if (operation != kJump && operand > place.length) return "a column of a filtered block cuts more than there is";
    value.front = out.subspan(place.offset, place.length - (operation == kJump ? 0 : operand));
    return operation == kJump ? nullptr : take_stored(value.back);
  }

  const ColumnInfo* info_ = nullptr;
  std::array<ValuePredictor, kMaxPredictors> predictors_{};
  ByteView operations_;
  ByteView text_;
  std::optional<FieldReader> field_;
};

// One run of a decoder.
class Restoring {
 public:
  Restoring(TemplateDictionary dictionary, ByteView payload, MutableBytes out, bool whole)
      : dictionary_(std::move(dictionary)), out_(out), payload_end_(payload.data() + payload.size()), whole_(whole) {}

  Result<void> open(std::span<const ByteView> parts, std::uint64_t raw_length) {
    columns_.resize(dictionary_.columns.size());
    std::size_t part = kTemplateParts;
    std::uint64_t memory = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const ColumnInfo& info = dictionary_.columns[i];
      const std::size_t taken = info.predictor_count > 0 ? 2 : 1;
      if (parts.size() - part < taken) return fail(Errc::corrupt, "a filtered block has too few columns");
      memory += info.text ? 0 : column_memory(parts[part + taken - 1].size());
      if (!columns_fit(memory, raw_length)) return fail(Errc::corrupt, "the columns of a filtered block are too large");
      NPK_TRY(columns_[i].open(info, taken == 2 ? parts[part] : ByteView(), parts[part + taken - 1]));
      part += taken;
    }
    if (part != parts.size()) return fail(Errc::corrupt, "a filtered block has too many columns");
    open_histories();
    return {};
  }

  // Templates of no text with empty values would take their time for nothing: there are at most as many values as bytes.
  Result<void> run(ByteView ids, ByteView tail, std::uint64_t values_left) {
    TemplatePredictor predictor;
    while (!ids.empty() && !full_) {
      NPK_ASSIGN(const std::uint64_t code, take_varint(ids));
      const std::uint64_t id = code == 0 ? predictor.guess() : code - 1;
      if (id >= dictionary_.templates.size()) return fail(Errc::corrupt, "a filtered block names a template that it does not have");
      predictor.learn(static_cast<std::uint32_t>(id));
      const LineTemplate& line = dictionary_.templates[static_cast<std::size_t>(id)];
      if (line.slots > values_left) return fail(Errc::corrupt, "a filtered block has more values than bytes");
      values_left -= line.slots;
      NPK_TRY(append_line(line));
    }
    if (!full_ && !append(tail)) NPK_TRY(too_long());
    return finish();
  }

 private:
  void open_histories() {
    std::size_t count = 0;
    for_each_followed([&](ColumnPast& past) {
      if (past.history == nullptr) past.history = &unset_, ++count;
    });
    histories_.resize(count);
    for (Column& column : columns_) {
      if (column.past.history != nullptr) column.past.history = &histories_[--count];
    }
  }
  void for_each_followed(auto&& use) {
    for (const ColumnInfo& info : dictionary_.columns) {
      for (const ValuePredictor& predictor : std::span(info.predictors).first(info.predictor_count)) {
        if (predictor.follows) use(columns_[predictor.source].past);
      }
    }
  }

  Result<void> append_line(const LineTemplate& line) {
    for (const TemplateSlot& slot : std::span(dictionary_.slots).subspan(line.first_slot, line.slots)) {
      if (!append_value(slot.literal)) return too_long();
      Column& column = columns_[slot.column];
      ValueBytes value;
      if (const char* const wrong = column.next(columns_, out_, value)) [[unlikely]] return fail(Errc::corrupt, wrong);
      const std::size_t offset = at_;
      if (!append_value(value.front) || !append_value(value.back)) return too_long();
      column.past.push({static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(at_ - offset)});
    }
    return append(line.ending) ? Result<void>{} : too_long();
  }

  // As append, of bytes of the payload, of a field's value, or of `out`.
  bool append_value(ByteView bytes) {
    if (bytes.empty()) return true;
    if (bytes.size() > kValueSlack || out_.size() - at_ < kValueSlack || !has_slack(bytes.data(), payload_end_)) return append(bytes);
    copy_slack(out_.data() + at_, bytes.data());
    at_ += bytes.size();
    return true;
  }

  // False if `out` had not the room for all.
  bool append(ByteView bytes) {
    if (bytes.size() > out_.size() - at_) [[unlikely]] {
      const std::size_t room = out_.size() - at_;
      if (room > 0) std::memmove(out_.data() + at_, bytes.data(), room);
      at_ += room;
      return false;
    }
    copy_short(out_.data() + at_, bytes.data(), bytes.size());
    at_ += bytes.size();
    return true;
  }

  // What was wanted is there, or the block is too long.
  Result<void> too_long() {
    if (whole_) return fail(Errc::corrupt, "a filtered block holds more than its length");
    full_ = true;
    return {};
  }

  [[nodiscard]] Result<void> finish() const {
    if (at_ != out_.size()) return fail(Errc::corrupt, "a filtered block holds less than its length");
    if (!whole_) return {};
    for (const Column& column : columns_) NPK_TRY(column.expect_end());
    return {};
  }

  TemplateDictionary dictionary_;
  std::vector<Column> columns_;
  std::vector<std::array<Place, kColumnHistory>> histories_;
  std::array<Place, kColumnHistory> unset_{};
  MutableBytes out_;
  const std::uint8_t* payload_end_;
  std::size_t at_ = 0;
  bool whole_;
  bool full_ = false;
};

}  // namespace

Result<bool> TemplateDecoder::restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) {
  if (filtered.size() < filtered_length) return false;
  NPK_ASSIGN(const std::vector<ByteView> parts, split_parts(filtered));
  if (parts.size() < kTemplateParts || parts.size() > kTemplateParts + 2 * kMaxTemplateColumns)
    return fail(Errc::corrupt, "a filtered block has too few or too many parts");
  NPK_ASSIGN(TemplateDictionary dictionary, TemplateDictionary::read(parts[kDictionaryPart]));
  Restoring restoring(std::move(dictionary), filtered, out, out.size() == raw_length);
  NPK_TRY(restoring.open(parts, raw_length));
  NPK_TRY(restoring.run(parts[kIdsPart], parts[kTailPart], raw_length));
  return true;
}

}  // namespace npk::codec
