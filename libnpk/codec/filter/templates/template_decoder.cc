#include "codec/filter/templates/template_decoder.h"

#include <cstring>
#include <optional>

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

  // The next value as bytes; those of the predictors are bytes of `out`.
  Result<ValueBytes> next(std::span<const Column> columns, ByteView out) {
    if (info_->predictor_count == 0) return stored({});
    NPK_ASSIGN(const std::uint8_t operation, take_operation());
    if (operation == 0) {
      advance_all(columns);
      return stored({});
    }
    if (operation > info_->predictor_count) return special(operation - info_->predictor_count, columns, out);
    const Place place = predict(operation - 1U, columns);
    advance_all(columns);
    return ValueBytes{out.subspan(place.offset, place.length), {}};
  }

  [[nodiscard]] Result<void> expect_end() const {
    if (!operations_.empty() || (info_->text && !text_.empty())) return fail(Errc::corrupt, "a column of a filtered block has values that nothing takes");
    return info_->text ? Result<void>{} : field_->expect_end();
  }

  ColumnPast past;

 private:
  Result<std::uint8_t> take_operation() {
    if (operations_.empty()) return fail(Errc::corrupt, "a column of a filtered block lacks operations");
    const std::uint8_t operation = operations_[0];
    operations_ = operations_.subspan(1);
    return operation;
  }

  Result<ValueBytes> stored(ByteView front) {
    ByteView back;
    if (!info_->text) {
      if (!field_->take(back)) return fail(Errc::corrupt, "a column of a filtered block ends early or contradicts itself");
      return ValueBytes{front, back};
    }
    const auto end = std::ranges::find_if(text_, [](std::uint8_t byte) { return byte == '\n' || byte == '"'; });
    if (end == text_.end()) return fail(Errc::corrupt, "a text column of a filtered block ends too early");
    back = text_.first(static_cast<std::size_t>(end - text_.begin()) + 1);
    text_ = text_.subspan(back.size());
    return ValueBytes{front, back};
  }

  Place predict(unsigned which, std::span<const Column> columns) const { return predicted(predictors_[which], columns[predictors_[which].source].past); }

  void advance_all(std::span<const Column> columns) {
    for (unsigned i = 0; i < info_->predictor_count; ++i) advance(predictors_[i], columns[predictors_[i].source].past);
  }

  // A value further back in the column that the first predictor follows, from where that goes on; or the front of what it predicts.
  Result<ValueBytes> special(unsigned operation, std::span<const Column> columns, ByteView out) {
    const ColumnPast& source = columns[predictors_[0].source].past;
    NPK_ASSIGN(const std::uint32_t operand, take_operation());
    if (operation == kJump && predictors_[0].follows) {
      if (operand >= source.count || operand >= kColumnHistory) return fail(Errc::corrupt, "a column of a filtered block looks back too far");
      predictors_[0].next = source.count - 1 - operand;
    } else if (operation != kCut) {
      return fail(Errc::corrupt, "a column of a filtered block has an unknown operation");
    }
    const Place place = predict(0, columns);
    advance_all(columns);
    if (operation == kJump) return ValueBytes{out.subspan(place.offset, place.length), {}};
    if (operand > place.length) return fail(Errc::corrupt, "a column of a filtered block cuts more than there is");
    return stored(out.subspan(place.offset, place.length - operand));
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
  Restoring(TemplateDictionary dictionary, MutableBytes out, bool whole) : dictionary_(std::move(dictionary)), out_(out), whole_(whole) {}

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
    NPK_TRY(append(tail));
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
      NPK_TRY(append(slot.literal));
      Column& column = columns_[slot.column];
      NPK_ASSIGN(const ValueBytes value, column.next(columns_, out_));
      const std::size_t offset = at_;
      NPK_TRY(append(value.front));
      NPK_TRY(append(value.back));
      if (full_) return {};
      column.past.push({static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(at_ - offset)});
    }
    return append(line.ending);
  }

  Result<void> append(ByteView bytes) {
    std::size_t length = bytes.size();
    if (length > out_.size() - at_) {
      if (whole_) return fail(Errc::corrupt, "a filtered block holds more than its length");
      length = out_.size() - at_;
      full_ = true;
    }
    if (length > 0) std::memmove(out_.data() + at_, bytes.data(), length);
    at_ += length;
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
  Restoring restoring(std::move(dictionary), out, out.size() == raw_length);
  NPK_TRY(restoring.open(parts, raw_length));
  NPK_TRY(restoring.run(parts[kIdsPart], parts[kTailPart], raw_length));
  return true;
}

}  // namespace npk::codec
