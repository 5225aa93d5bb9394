// FieldEncoding::patched: varint length of the positions, varint length of the exceptions, the positions (a varint for each exception: how many values
// of the column come between it and the exception before), the exceptions as a column without patches, and a column of the other values.
#include "codec/filter/field_column.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

class PatchedSource final : public FieldSource {
 public:
  PatchedSource(ByteView gaps, FieldReader exceptions, FieldReader others) : gaps_(gaps), exceptions_(std::move(exceptions)), others_(std::move(others)) {}

  // False if a gap is no varint.
  bool read_gap() {
    if (gaps_.empty()) {
      left_ = UINT64_MAX;
      return true;
    }
    const auto gap = take_varint(gaps_);
    if (gap) left_ = *gap;
    return gap && left_ != UINT64_MAX;
  }

  bool take(ByteView& value) override {
    if (left_ > 0) {
      left_ -= left_ == UINT64_MAX ? 0 : 1;
      return others_.take(value);
    }
    return exceptions_.take(value) && read_gap();
  }
  bool at_end() const override { return left_ == UINT64_MAX && others_.at_end() && exceptions_.at_end(); }

 private:
  ByteView gaps_;
  std::uint64_t left_ = 0;  // values until the next exception; UINT64_MAX if there is none
  FieldReader exceptions_;
  FieldReader others_;
};

Result<ByteView> take_front(ByteView& part, std::uint64_t length) {
  if (length > part.size()) return bad_column("a column's exceptions in a filtered block are cut");
  const ByteView front = part.first(static_cast<std::size_t>(length));
  part = part.subspan(front.size());
  return front;
}

}  // namespace

FieldSourceResult open_patched(ByteView part, unsigned depth) {
  NPK_ASSIGN(const std::uint64_t gaps_length, take_varint(part));
  NPK_ASSIGN(const std::uint64_t exceptions_length, take_varint(part));
  NPK_ASSIGN(const ByteView gaps, take_front(part, gaps_length));
  NPK_ASSIGN(const ByteView exceptions_part, take_front(part, exceptions_length));
  NPK_ASSIGN(FieldReader exceptions, FieldReader::open(exceptions_part, kMaxFieldDepth + 1));
  NPK_ASSIGN(FieldReader others, FieldReader::open(part, depth + 1));
  auto source = std::make_unique<PatchedSource>(gaps, std::move(exceptions), std::move(others));
  if (!source->read_gap()) return bad_column("a column's exceptions in a filtered block have no positions");
  return source;
}

}  // namespace npk::codec
