#include "npk/format/page.h"

#include <algorithm>
#include <string>

#include "npk/format/integer_column.h"

namespace npk::format {
namespace {

constexpr std::size_t kPageHeaderBytes = 32;
constexpr std::size_t kDirectoryEntryBytes = 16;
constexpr std::uint8_t kColumnMustUnderstand = 1;

std::string column_name(ColumnId id) { return "column " + std::to_string(static_cast<unsigned>(id)); }

bool is_known_column(ColumnId id) noexcept {
  const auto value = static_cast<unsigned>(id);
  return (value >= 1 && value <= 27) || (value >= 32 && value <= 36) || (value >= 48 && value <= 57) ||
         (value >= 64 && value <= 66) || (value >= 80 && value <= 84);
}

std::uint64_t row_limit(PageKind kind, const Limits& limits) noexcept {
  if (kind == PageKind::manifest) return limits.max_manifest_rows;
  if (kind == PageKind::chunk_leaf) return limits.max_chunks_per_page;
  return limits.max_catalog_rows_per_page;
}

bool is_leaf_kind(PageKind kind) noexcept { return kind != PageKind::catalog_node && kind != PageKind::chunk_node && kind != PageKind::hint_node; }
bool is_chunk_kind(PageKind kind) noexcept { return kind == PageKind::chunk_leaf || kind == PageKind::chunk_node; }

Result<void> check_header(const PageHeader& header, std::uint16_t column_count, const Limits& limits) {
  if (header.kind < PageKind::catalog_leaf || header.kind > PageKind::hint_node) return fail_corrupt("a page is of no known kind");
  if (is_leaf_kind(header.kind) != (header.height == 0)) return fail_corrupt("a page's height does not fit its kind");
  if (header.height > limits.max_tree_height) return fail(Errc::limit, "a page tree is higher than the limit");
  if (column_count > limits.max_columns_per_page) return fail(Errc::limit, "a page has more columns than the limit");
  if (header.row_count > row_limit(header.kind, limits))
    return fail(Errc::limit, "a page claims " + std::to_string(header.row_count) + " rows, more than the limit");
  if (!is_chunk_kind(header.kind) && (header.first_number | header.first_block | header.first_byte) != 0)
    return fail_corrupt("a page that describes no chunks has chunk numbers");
  return {};
}

}  // namespace

void PageBuilder::add_integers(ColumnId id, std::span<const std::uint64_t> values) {
  const std::size_t offset = data_.size();
  const ColumnEncoding encoding = encode_integers(values, data_);
  columns_.push_back({id, encoding, static_cast<std::uint32_t>(values.size()), offset, data_.size() - offset});
}

void PageBuilder::add_sparse_integers(ColumnId id, std::span<const std::uint64_t> values) {
  if (std::ranges::any_of(values, [](std::uint64_t value) { return value != 0; })) add_integers(id, values);
}

void PageBuilder::add_bytes(ColumnId id, ByteView bytes) {
  if (bytes.empty()) return;
  columns_.push_back({id, ColumnEncoding::bytes, static_cast<std::uint32_t>(bytes.size()), data_.size(), bytes.size()});
  data_.insert(data_.end(), bytes.begin(), bytes.end());
}

Bytes PageBuilder::build() const {
  Bytes out;
  out.reserve(kPageHeaderBytes + kDirectoryEntryBytes * columns_.size() + data_.size());
  ByteWriter writer(out);
  writer.write(static_cast<std::uint8_t>(header_.kind));
  writer.write(header_.height);
  writer.write(static_cast<std::uint16_t>(columns_.size()));
  writer.write(header_.row_count);
  writer.write(header_.first_number);
  writer.write(header_.first_block);
  writer.write(header_.first_byte);
  for (const Column& column : columns_) {
    writer.write(static_cast<std::uint16_t>(column.id));
    writer.write(static_cast<std::uint8_t>(column.encoding));
    writer.write(std::uint8_t{0});
    writer.write(column.value_count);
    writer.write(static_cast<std::uint64_t>(column.length));
  }
  writer.write_bytes(data_);
  return out;
}

Result<PageView::Column> PageView::parse_column(ByteReader& directory, ByteReader& data) {
  NPK_ASSIGN(const auto id, directory.read<std::uint16_t>());
  NPK_ASSIGN(const auto encoding, directory.read<std::uint8_t>());
  NPK_ASSIGN(const auto flags, directory.read<std::uint8_t>());
  NPK_ASSIGN(const auto value_count, directory.read<std::uint32_t>());
  NPK_ASSIGN(const auto length, directory.read<std::uint64_t>());
  NPK_ASSIGN(const ByteView bytes, data.read_bytes(length));
  const Column column{static_cast<ColumnId>(id), static_cast<ColumnEncoding>(encoding), value_count, bytes};
  if ((flags & ~kColumnMustUnderstand) != 0) return fail(Errc::corrupt, column_name(column.id) + " has reserved flags set");
  if ((flags & kColumnMustUnderstand) != 0 && !is_known_column(column.id))
    return fail(Errc::unsupported, column_name(column.id) + " must be understood and this npk does not: use a newer npk");
  return column;
}

Result<PageView> PageView::parse(ByteView raw, const Limits& limits) {
  if (raw.size() > limits.max_page_raw_bytes) return fail(Errc::limit, "a page is larger than the limit");
  PageView page;
  ByteReader reader(raw);
  NPK_ASSIGN(const auto kind, reader.read<std::uint8_t>());
  page.header_.kind = static_cast<PageKind>(kind);
  NPK_ASSIGN(page.header_.height, reader.read<std::uint8_t>());
  NPK_ASSIGN(const auto column_count, reader.read<std::uint16_t>());
  NPK_ASSIGN(page.header_.row_count, reader.read<std::uint32_t>());
  NPK_ASSIGN(page.header_.first_number, reader.read<std::uint64_t>());
  NPK_ASSIGN(page.header_.first_block, reader.read<std::uint64_t>());
  NPK_ASSIGN(page.header_.first_byte, reader.read<std::uint64_t>());
  NPK_TRY(check_header(page.header_, column_count, limits));
  NPK_ASSIGN(const ByteView directory_bytes, reader.read_bytes(column_count * kDirectoryEntryBytes));
  ByteReader directory(directory_bytes);
  for (std::uint16_t i = 0; i < column_count; ++i) {
    NPK_ASSIGN(const Column column, parse_column(directory, reader));
    if (!page.columns_.empty() && page.columns_.back().id >= column.id)
      return fail_corrupt("a page's columns are not in ascending order");
    page.columns_.push_back(column);
  }
  NPK_TRY(reader.expect_end());
  return page;
}

const PageView::Column* PageView::find(ColumnId id) const noexcept {
  const auto at = std::ranges::find(columns_, id, &Column::id);
  return at == columns_.end() ? nullptr : &*at;
}

Result<std::vector<std::uint64_t>> PageView::integers(ColumnId id, std::uint64_t count) const {
  const Column* column = find(id);
  if (column != nullptr && column->value_count != count)
    return fail(Errc::corrupt, column_name(id) + " has " + std::to_string(column->value_count) + " values where " + std::to_string(count) + " belong");
  std::vector<std::uint64_t> values(static_cast<std::size_t>(count));
  if (column != nullptr) NPK_TRY(decode_integers(column->encoding, column->bytes, values));
  return values;
}

Result<std::vector<std::uint64_t>> PageView::all_integers(ColumnId id, std::uint64_t max_count) const {
  const Column* column = find(id);
  if (column == nullptr) return std::vector<std::uint64_t>();
  if (column->value_count > max_count) return fail(Errc::limit, column_name(id) + " claims more values than the limit");
  return integers(id, column->value_count);
}

Result<ByteView> PageView::bytes(ColumnId id, std::uint64_t count) const {
  const Column* column = find(id);
  const ByteView bytes = column == nullptr ? ByteView() : column->bytes;
  if (column != nullptr && (column->encoding != ColumnEncoding::bytes || column->value_count != bytes.size()))
    return fail(Errc::corrupt, column_name(id) + " is not a column of bytes");
  if (bytes.size() != count)
    return fail(Errc::corrupt, column_name(id) + " has " + std::to_string(bytes.size()) + " bytes where " + std::to_string(count) + " belong");
  return bytes;
}

}  // namespace npk::format
