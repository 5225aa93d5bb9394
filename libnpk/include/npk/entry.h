// One entry of an opened package.
#pragma once

#include <cstdint>
#include <memory>

#include "npk/format/catalog.h"

namespace npk {

using format::EntryKind;
using format::EntryRow;

// A handle: keeps the catalog page it lies in alive, so views from row() stay valid as long as a copy of the handle
// does. Cheap to copy; const members are thread-safe.
class Entry {
 public:
  Entry(std::shared_ptr<const format::CatalogPage> page, std::size_t row, std::uint64_t number) noexcept
      : page_(std::move(page)), row_(row), number_(number) {}

  [[nodiscard]] EntryRow row() const noexcept { return page_->row(row_); }
  [[nodiscard]] std::string_view path() const noexcept { return page_->path(row_); }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }  // rank in path order

 private:
  std::shared_ptr<const format::CatalogPage> page_;
  std::size_t row_;
  std::uint64_t number_;
};

}  // namespace npk
