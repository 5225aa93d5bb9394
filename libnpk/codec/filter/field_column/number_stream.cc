#include "codec/filter/field_column/number_stream.h"

#include <algorithm>

#include "codec/filter/field_column/field_source.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

Result<std::uint64_t> take_signed(ByteView& part) {
  NPK_ASSIGN(const std::uint64_t coded, take_varint(part));
  return (coded >> 1) ^ (0 - (coded & 1));
}

void take_interleaved(const std::uint8_t* from, unsigned width, std::span<std::uint64_t> numbers) noexcept {
  for (std::uint64_t& number : numbers) {
    number = 0;
    for (unsigned i = 0; i < width; ++i) number |= std::uint64_t{*from++} << (8 * i);
  }
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

std::size_t NumberStream::take_some(std::span<std::uint64_t> numbers) noexcept {
  const std::size_t count = std::min(numbers.size(), count_ - position_);
  const std::uint8_t* const from = words_ + position_ * word_stride_;
  if (layout_.interleaved) {
    take_interleaved(from, layout_.width, numbers.first(count));
  } else {
    for (std::size_t i = 0; i < count; ++i) numbers[i] = from[i];
    for (unsigned byte = 1; byte < layout_.width; ++byte) {
      for (std::size_t i = 0; i < count; ++i) numbers[i] |= std::uint64_t{from[byte * count_ + i]} << (8 * byte);
    }
  }
  position_ += count;
  for (std::uint64_t& number : numbers.first(count)) {
    if (layout_.zigzag) number = (number >> 1) ^ (0 - (number & 1));
    number += offset_;
  }
  if (layout_.step == NumberStep::value) return count;
  for (std::uint64_t& number : numbers.first(count)) {
    step_ = layout_.step == NumberStep::difference ? number : step_ + number;
    number = value_ += step_;
  }
  return count;
}

}  // namespace npk::codec
