// Pages: tables stored by column, each page with a directory of its columns (spec section 6).
#pragma once

#include <span>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/ids.h"
#include "npk/limits.h"

namespace npk::format {

struct PageHeader {
  PageKind kind{};
  std::uint8_t height = 0;        // 0: leaf
  std::uint32_t row_count = 0;
  std::uint64_t first_number = 0; // chunk pages: number of the first chunk
  std::uint64_t first_block = 0;  // chunk pages: number of the first block
  std::uint64_t first_byte = 0;   // chunk pages: stream position of the first chunk
};

// Collects columns in ascending order of id and writes the page. Integer columns get the smallest encoding.
class PageBuilder {
 public:
  explicit PageBuilder(const PageHeader& header) : header_(header) {}

  void add_integers(ColumnId id, std::span<const std::uint64_t> values);
  // As add_integers, but leaves the column out when all values are zero.
  void add_sparse_integers(ColumnId id, std::span<const std::uint64_t> values);
  void add_bytes(ColumnId id, ByteView bytes);  // left out when empty
  [[nodiscard]] Bytes build() const;

 private:
  struct Column {
    ColumnId id;
    ColumnEncoding encoding;
    std::uint32_t value_count;
    std::size_t offset;
    std::size_t length;
  };
  PageHeader header_;
  std::vector<Column> columns_;
  Bytes data_;
};

// A parsed page: header and directory checked, columns decoded on demand. Views the bytes, which must outlive it.
class PageView {
 public:
  // limits: max_page_raw_bytes, max_columns_per_page; the row count against the kind's limit.
  [[nodiscard]] static Result<PageView> parse(ByteView raw, const Limits& limits);

  [[nodiscard]] const PageHeader& header() const noexcept { return header_; }
  [[nodiscard]] bool has(ColumnId id) const noexcept { return find(id) != nullptr; }
  // Exactly `count` values; zeros if the column is absent. Errc::corrupt if the column has another number of values.
  [[nodiscard]] Result<std::vector<std::uint64_t>> integers(ColumnId id, std::uint64_t count) const;
  // All values the column has, at most max_count (Errc::limit beyond); none if absent.
  [[nodiscard]] Result<std::vector<std::uint64_t>> all_integers(ColumnId id, std::uint64_t max_count) const;
  // A bytes column of exactly `count` bytes; absent counts as empty.
  [[nodiscard]] Result<ByteView> bytes(ColumnId id, std::uint64_t count) const;

 private:
  struct Column {
    ColumnId id;
    ColumnEncoding encoding;
    std::uint32_t value_count;
    ByteView bytes;
  };
  [[nodiscard]] const Column* find(ColumnId id) const noexcept;
  [[nodiscard]] static Result<Column> parse_column(ByteReader& directory, ByteReader& data);

  PageHeader header_;
  std::vector<Column> columns_;
};

}  // namespace npk::format
