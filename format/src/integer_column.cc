#include "npk/format/integer_column.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "integer_column_dictionary.h"
#include "integer_column_parts.h"

namespace npk::format {
namespace {

using Values = std::span<const std::uint64_t>;

Exceptions non_zeros(Values values) {
  Exceptions list;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != 0) list.add(i, values[i]);
  return list;
}

// The encoding of fewest bytes so far. Candidates come in ascending order of id: an equal does not displace.
struct Best {
  ColumnEncoding encoding;
  std::size_t size;

  bool offer(ColumnEncoding other, std::size_t other_size) noexcept {
    if (other_size >= size) return false;
    *this = {other, other_size};
    return true;
  }
};

// Of columns that are not constant.
ColumnEncoding encode_varied(Values values, const Range& range, Bytes& out) {
  const DifferenceRange differences = difference_range_of(values);
  Best best{ColumnEncoding::frame_of_reference, frame_size(range, values.size())};
  best.offer(ColumnEncoding::delta, differences_size(values.front(), differences, values.size()));
  Exceptions sparse;
  if (range.lowest == 0) sparse = non_zeros(values);  // without a zero it would be a frame, and more
  if (range.lowest == 0) best.offer(ColumnEncoding::zero_run, sparse.size());
  const std::optional<DictionaryPlan> dictionary = DictionaryPlan::make_if_smaller(values, best.size);
  if (dictionary) best.offer(ColumnEncoding::dictionary, dictionary->size());
  switch (best.encoding) {
    case ColumnEncoding::delta: write_differences(values, differences, out); break;
    case ColumnEncoding::zero_run: sparse.write(out); break;
    case ColumnEncoding::dictionary: dictionary->write(out); break;
    default: write_frame(values, range, out); break;
  }
  return best.encoding;
}

Result<void> read_constant(ByteReader& in, std::span<std::uint64_t> out) {
  if (out.empty()) return {};
  NPK_ASSIGN(const std::uint64_t value, read_number(in));
  std::ranges::fill(out, value);
  return {};
}

Result<void> read_zero_run(ByteReader& in, std::span<std::uint64_t> out) {
  NPK_ASSIGN(const Exceptions::List list, Exceptions::read(in, out.size()));
  if (std::ranges::find(list.values, 0U) != list.values.end())
    return fail_corrupt("a zero is stored as a non-zero value");
  std::ranges::fill(out, 0U);
  for (std::size_t i = 0; i < list.positions.size(); ++i) out[list.positions[i]] = list.values[i];
  return {};
}

Result<void> read_encoding(ColumnEncoding encoding, ByteReader& in, std::span<std::uint64_t> out) {
  switch (encoding) {
    case ColumnEncoding::constant: return read_constant(in, out);
    case ColumnEncoding::frame_of_reference: return read_frame(in, out);
    case ColumnEncoding::delta: return read_differences(in, out);
    case ColumnEncoding::zero_run: return read_zero_run(in, out);
    case ColumnEncoding::dictionary: return read_dictionary(in, out);
    default: break;
  }
  return fail(Errc::unsupported, "not an encoding of integers: " + std::to_string(std::to_underlying(encoding)));
}

bool is_integer_encoding(ColumnEncoding encoding) noexcept {
  return encoding >= ColumnEncoding::constant && encoding <= ColumnEncoding::dictionary;
}

}  // namespace

ColumnEncoding encode_integers(Values values, Bytes& out) {
  if (values.empty()) return ColumnEncoding::constant;
  const Range range = range_of(values);
  if (range.width() != 0) return encode_varied(values, range, out);
  write_number(range.lowest, out);
  return ColumnEncoding::constant;
}

Result<void> encode_integers_as(ColumnEncoding encoding, Values values, Bytes& out) {
  if (!is_integer_encoding(encoding)) return fail(Errc::misuse, "not an encoding of integers");
  if (values.empty() && encoding != ColumnEncoding::constant)
    return fail(Errc::misuse, "a column without values is encoded as constant");
  const Range range = range_of(values);
  switch (encoding) {
    case ColumnEncoding::constant:
      if (range.width() != 0) return fail(Errc::misuse, "the values of a constant column differ");
      if (!values.empty()) write_number(range.lowest, out);
      break;
    case ColumnEncoding::delta: write_differences(values, difference_range_of(values), out); break;
    case ColumnEncoding::zero_run: non_zeros(values).write(out); break;
    case ColumnEncoding::dictionary: DictionaryPlan::make(values).write(out); break;
    default: write_frame(values, range, out); break;
  }
  return {};
}

Result<void> decode_integers(ColumnEncoding encoding, ByteView bytes, std::span<std::uint64_t> out) {
  if (out.empty() && is_integer_encoding(encoding) && encoding != ColumnEncoding::constant)
    return fail_corrupt("a column without values is not encoded as constant");
  ByteReader in(bytes);
  NPK_TRY(read_encoding(encoding, in, out));
  return in.expect_end();
}

}  // namespace npk::format
