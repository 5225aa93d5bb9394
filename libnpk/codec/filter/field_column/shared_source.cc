// FieldEncoding::shared: varint count, for each value a byte that says how many bytes it shares with the one before (none with the first), a
// terminator, then what follows those of each value and a terminator.
#include <array>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column/field_encoding.h"
#include "codec/filter/field_column/field_source.h"
#include "codec/filter/terminated_text.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

class SharedSource final : public FieldSource {
 public:
  SharedSource(ByteView shares, std::uint8_t terminator, ByteView text) noexcept : shares_(shares), text_(text, {terminator}) {}

  bool take(ByteView& value) override {
    ByteView own;
    if (shares_.empty() || !text_.take(own)) return false;
    const std::size_t share = shares_[0];
    if (share > length_ || own.size() > kMaxComposedBytes - share) return false;
    copy_short(value_.data() + share, own.data(), own.size());
    length_ = share + own.size();
    shares_ = shares_.subspan(1);
    value = ByteView(value_).first(length_);
    return true;
  }
  bool at_end() const override { return shares_.empty() && text_.empty(); }

 private:
  ByteView shares_;
  TerminatedText<1> text_;
  std::size_t length_ = 0;
  std::array<std::uint8_t, kMaxComposedBytes + kValueSlack> value_{};
};

static_assert(sizeof(SharedSource) <= kMostSourceBytes);

}  // namespace

FieldSourceResult open_shared(ByteView part) {
  NPK_ASSIGN(const std::uint64_t count, take_varint(part));
  if (count >= part.size()) return bad_column("values that share bytes in a filtered block are cut");
  const auto shares = part.first(static_cast<std::size_t>(count));
  return std::make_unique<SharedSource>(shares, part[shares.size()], part.subspan(shares.size() + 1));
}

}  // namespace npk::codec
