#include "codec/filter/field_column/number_stream.h"

#include "codec/filter/field_column/field_source.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

Result<std::uint64_t> take_signed(ByteView& part) {
  NPK_ASSIGN(const std::uint64_t coded, take_varint(part));
  return (coded >> 1) ^ (0 - (coded & 1));
}

}  // namespace

Result<NumberStream> NumberStream::open(ByteView part) {
  NumberStream stream;
  NPK_ASSIGN(const std::uint64_t count, take_varint(part));
  if (part.empty() || part[0] >= 0x80 || (part[0] & 3) == 3) return bad_column("numbers of a filtered block have an unknown layout");
  const unsigned layout = part[0];
  stream.layout_ = {static_cast<NumberStep>(layout & 3), (layout & 4) != 0, (layout & 8) != 0, (layout >> 4) + 1};
  part = part.subspan(1);
  NPK_ASSIGN(stream.offset_, take_signed(part));
  if (stream.layout_.step != NumberStep::value) {
    NPK_ASSIGN(stream.value_, take_signed(part));
  }
  if (stream.layout_.step == NumberStep::second_difference) {
    NPK_ASSIGN(stream.step_, take_signed(part));
  }
  if (count > part.size() || count * stream.layout_.width != part.size()) return bad_column("numbers of a filtered block are cut or too many");
  stream.words_ = part.data();
  stream.count_ = static_cast<std::size_t>(count);
  stream.byte_stride_ = stream.layout_.interleaved ? 1 : stream.count_;
  stream.word_stride_ = stream.layout_.interleaved ? stream.layout_.width : 1;
  return stream;
}

}  // namespace npk::codec
