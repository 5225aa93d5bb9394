// FieldEncoding::hex_bytes: a byte of flags (bit 0: upper case; bit 1: all first bytes, then all second ones, …), varint length of the pattern, the
// pattern (a byte for each of a value's: 0 for a digit), then half as many bytes for each value as the pattern has digits.
#include <array>
#include <cstring>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column/field_encoding.h"
#include "codec/filter/field_column/field_source.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr auto pairs_of(const char* alphabet) {
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = alphabet[i / 16];
    pairs[2 * i + 1] = alphabet[i % 16];
  }
  return pairs;
}
constexpr auto kLower = pairs_of("0123456789abcdef");
constexpr auto kUpper = pairs_of("0123456789ABCDEF");

class HexSource final : public FieldSource {
 public:
  HexSource(ByteView pattern, std::size_t value_bytes, ByteView bytes, unsigned flags)
      : pattern_(pattern),
        text_(pattern.begin(), pattern.end()),
        bytes_(bytes.data()),
        count_(bytes.size() / value_bytes),
        value_bytes_(value_bytes),
        pairs_(((flags & 1) != 0 ? kUpper : kLower).data()),
        planes_((flags & 2) != 0) {
    text_.resize(pattern.size() + kValueSlack);
  }

  bool take(ByteView& value) override {
    if (position_ == count_) return false;
    const std::uint8_t* from = bytes_ + position_ * (planes_ ? 1 : value_bytes_);
    const std::size_t stride = planes_ ? count_ : 1;
    ++position_;
    std::uint8_t* const text = text_.data();
    // The pattern has as many pairs of digits as a value has bytes.
    std::size_t at = 0;
    for (std::size_t i = 0; i < value_bytes_; ++i, from += stride) {
      const char* pair = pairs_ + 2 * std::size_t{*from};
      while (pattern_[at] != 0) ++at;
      text[at++] = static_cast<std::uint8_t>(pair[0]);
      while (pattern_[at] != 0) ++at;
      text[at++] = static_cast<std::uint8_t>(pair[1]);
    }
    value = ByteView(text_).first(pattern_.size());
    return true;
  }
  bool at_end() const override { return position_ == count_; }

 private:
  ByteView pattern_;
  Bytes text_;
  const std::uint8_t* bytes_;
  std::size_t count_;
  std::size_t position_ = 0;
  std::size_t value_bytes_;
  const char* pairs_;
  bool planes_;
};

static_assert(sizeof(HexSource) <= kMostSourceBytes);

}  // namespace

FieldSourceResult open_hex_bytes(ByteView part) {
  if (part.empty() || part[0] > 3) return bad_column("hexadecimal values of a filtered block have unknown flags");
  const unsigned flags = part[0];
  part = part.subspan(1);
  NPK_ASSIGN(const std::uint64_t length, take_varint(part));
  if (length > kMaxComposedBytes || length > part.size()) return bad_column("hexadecimal values of a filtered block are too long");
  const ByteView pattern = part.first(static_cast<std::size_t>(length));
  const ByteView bytes = part.subspan(pattern.size());
  std::size_t digits = 0;
  for (const std::uint8_t byte : pattern) digits += byte == 0 ? 1U : 0U;
  if (digits == 0 || digits % 2 != 0 || bytes.size() % (digits / 2) != 0) return bad_column("hexadecimal values of a filtered block are cut");
  return std::make_unique<HexSource>(pattern, digits / 2, bytes, flags);
}

}  // namespace npk::codec
