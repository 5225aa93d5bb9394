// What a FieldReader keeps for a part that needs more than a view.
#pragma once

#include <memory>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

inline constexpr std::size_t kMostSourceBytes = 384;  // what the bound on a FieldReader's memory counts on

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
};

// `part` is what follows the byte that names the encoding. Errc::corrupt if it cannot be one.
using FieldSourceResult = Result<std::unique_ptr<FieldSource>>;
[[nodiscard]] FieldSourceResult open_dictionary(ByteView part);
[[nodiscard]] FieldSourceResult open_numbers(ByteView part);
[[nodiscard]] FieldSourceResult open_shared(ByteView part);
[[nodiscard]] FieldSourceResult open_shaped(ByteView part, unsigned depth);
[[nodiscard]] FieldSourceResult open_hex_bytes(ByteView part);
[[nodiscard]] FieldSourceResult open_patched(ByteView part, unsigned depth);

[[nodiscard]] inline std::unexpected<Error> bad_column(const char* what) { return fail(Errc::corrupt, what); }

}  // namespace npk::codec
