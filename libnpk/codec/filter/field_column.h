// The values of one field (of JSON objects, CSV columns, attributes, variables of a log line), in order, as one part of a filtered payload
// (spec/filters/field-column.md). Encoder: field_column_encode.h.
#pragma once

#include <memory>

#include "codec/filter/field_column/field_encoding.h"
#include "codec/filter/field_column/field_source.h"
#include "codec/filter/terminated_text.h"
#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

// Reads values front to back. Keeps views of the part it was opened with. Memory besides: nothing for a part of under kMinimumTypedBytes,
// else at most 10 KiB and half of the part's size, and at most four times the part's size, whatever the part says.
class FieldReader {
 public:
  // Errc::corrupt if `part` cannot be a column.
  [[nodiscard]] static Result<FieldReader> open(ByteView part) { return open(part, 0); }
  // The same for a column within `depth` others.
  [[nodiscard]] static Result<FieldReader> open(ByteView part, unsigned depth);

  // The next value; valid until the next call. Errc::corrupt if there is none, or if the part contradicts itself.
  [[nodiscard]] Result<ByteView> next() {
    ByteView value;
    if (!take(value)) [[unlikely]] return bad_column("a column of a filtered block ends early or contradicts itself");
    return value;
  }
  // next() for inner loops: false is its error. kValueSlack bytes may be read from a value on (copy_short.h).
  [[nodiscard]] bool take(ByteView& value) {
    if (encoding_ == FieldEncoding::text) return text_.take(value);
    if (batch_ != nullptr) return take_batched(value);
    if (source_ != nullptr) return source_->take(value);
    return take_plain(value);
  }
  // Errc::corrupt unless every value has been taken.
  [[nodiscard]] Result<void> expect_end() const;
  [[nodiscard]] bool at_end() const {
    if (source_ != nullptr) return source_->at_end() && (batch_ == nullptr || (batch_->taken == batch_->count && !batch_->failed));
    if (encoding_ == FieldEncoding::text) return text_.empty();
    return encoding_ == FieldEncoding::constant ? left_ == 0 : rest_.empty();
  }

 private:
  FieldReader(FieldEncoding encoding, ByteView rest) noexcept : rest_(rest), encoding_(encoding) {}
  [[nodiscard]] Result<void> open_source(unsigned depth);
  [[nodiscard]] bool take_batched(ByteView& value) {
    if (batch_->taken == batch_->count) {
      if (batch_->failed) return false;
      batch_->taken = 0;
      source_->fill(*batch_);
      if (batch_->count == 0) return false;
    }
    value = batch_->values[batch_->taken++];
    return true;
  }
  // Of FieldEncoding::lengths or constant.
  [[nodiscard]] bool take_plain(ByteView& value);

  ByteView rest_;
  std::uint64_t left_ = 0;  // of a constant: values not yet taken
  std::unique_ptr<FieldSource> source_;
  std::unique_ptr<ValueBatch> batch_;  // of large parts whose source fills it
  TerminatedText<1> text_;
  FieldEncoding encoding_;
};

}  // namespace npk::codec
