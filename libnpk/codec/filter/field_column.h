// The values of one field (of JSON objects, CSV columns, attributes, variables of a log line), in order, as one part of a filtered payload
// (spec section 5.2). Encoder: field_column_encode.h.
#pragma once

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

// Reads values front to back. Keeps views of the part it was opened with. Memory: under 64 KiB besides, whatever the part says.
class FieldReader {
 public:
  // Errc::corrupt if `part` cannot be a column.
  [[nodiscard]] static Result<FieldReader> open(ByteView part);

  // The next value; valid until the next call. Errc::corrupt if there is none, or if the part contradicts itself.
  [[nodiscard]] Result<ByteView> next();
  // Errc::corrupt unless every value has been taken.
  [[nodiscard]] Result<void> expect_end() const;

 private:
  explicit FieldReader(ByteView rest) noexcept : rest_(rest) {}

  ByteView rest_;
};

}  // namespace npk::codec
