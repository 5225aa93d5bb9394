// What a FieldReader keeps for a part that needs more than a view.
#pragma once

#include <array>
#include <memory>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

inline constexpr std::size_t kMostSourceBytes = 384;  // what the bound on a FieldReader's memory counts on

// Values made ahead, so that making one does not wait for another.
struct ValueBatch {
  static constexpr std::size_t kValues = 16;
  std::array<ByteView, kValues> values;
  std::size_t taken = 0, count = 0;
  bool failed = false;  // what follows these contradicts itself
};
// Of parts from this size on, whose memory then is within a FieldReader's bound with a batch and what its values are made in.
inline constexpr std::size_t kLeastBatchedBytes = 2U << 10;

class FieldSource {
 public:
  FieldSource() = default;
  virtual ~FieldSource() = default;
  FieldSource(const FieldSource&) = delete;
  FieldSource& operator=(const FieldSource&) = delete;

  // False if there is no next value or the part contradicts itself. The value is valid until the next call, and is in the part or has
  // kValueSlack behind it.
  [[nodiscard]] virtual bool take(ByteView& value) = 0;
  // Whether all values have been taken.
  [[nodiscard]] virtual bool at_end() const = 0;
  // Whether fill may be called, in place of take.
  [[nodiscard]] virtual bool fills_batches() const { return false; }
  // Replaces an empty batch that has not failed by the next values, which take would have given, valid until the next call: at least one, unless
  // there is none or it failed.
  virtual void fill(ValueBatch& batch) { batch.count = 0; }
};

// `part` is what follows the byte that names the encoding. Errc::corrupt if it cannot be one.
using FieldSourceResult = Result<std::unique_ptr<FieldSource>>;
[[nodiscard]] FieldSourceResult open_dictionary(ByteView part, unsigned depth);
[[nodiscard]] FieldSourceResult open_numbers(ByteView part);
[[nodiscard]] FieldSourceResult open_shared(ByteView part);
[[nodiscard]] FieldSourceResult open_shaped(ByteView part, unsigned depth);
[[nodiscard]] FieldSourceResult open_hex_bytes(ByteView part);
[[nodiscard]] FieldSourceResult open_floats(ByteView part);
[[nodiscard]] FieldSourceResult open_patched(ByteView part, unsigned depth);
[[nodiscard]] FieldSourceResult open_words(ByteView part);
[[nodiscard]] FieldSourceResult open_padded(ByteView part, unsigned depth);

[[nodiscard]] inline std::unexpected<Error> bad_column(const char* what) { return fail(Errc::corrupt, what); }

}  // namespace npk::codec
