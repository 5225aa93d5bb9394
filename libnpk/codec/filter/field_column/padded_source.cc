// FieldEncoding::padded: a byte that says where the spaces are, a byte for the width, and a column of the values without them.
#include <array>
#include <cstring>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column.h"

namespace npk::codec {
namespace {

class PaddedSource final : public FieldSource {
 public:
  PaddedSource(bool in_front, std::uint8_t width, FieldReader values) : values_(std::move(values)), in_front_(in_front), width_(width) {}

  bool take(ByteView& value) override {
    ByteView own;
    if (!values_.take(own) || own.size() > width_) return false;
    std::memset(value_.data(), ' ', kMaxPaddedBytes);
    copy_short(value_.data() + (in_front_ ? width_ - own.size() : 0), own.data(), own.size());
    value = ByteView(value_).first(width_);
    return true;
  }
  bool at_end() const override { return values_.at_end(); }

 private:
  FieldReader values_;
  bool in_front_;
  std::uint8_t width_;
  std::array<std::uint8_t, kMaxPaddedBytes + kValueSlack> value_{};
};

static_assert(sizeof(PaddedSource) <= kMostSourceBytes);

}  // namespace

FieldSourceResult open_padded(ByteView part, unsigned depth) {
  if (depth > 0 || part[0] > 1 || part[1] == 0 || part[1] > kMaxPaddedBytes) return bad_column("a padded column in a filtered block has a wrong place or width");
  NPK_ASSIGN(FieldReader values, FieldReader::open(part.subspan(2), depth + 1));
  return std::make_unique<PaddedSource>(part[0] == 0, part[1], std::move(values));
}

}  // namespace npk::codec
