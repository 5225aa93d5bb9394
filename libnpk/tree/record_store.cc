#include "tree/record_store.h"

#include <algorithm>
#include <cstring>

namespace npk::tree {

std::string_view TextArena::store(std::string_view text) {
  if (pieces_.empty() || text.size() > pieces_.size() * kPieceBytes - end_) {
    end_ = pieces_.size() * kPieceBytes;
    pieces_.push_back(std::make_unique_for_overwrite<char[]>(kPieceBytes));
  }
  // A full piece is left only when the next text comes, so `end_` may be at its very end: not a position within it.
  char* const to = pieces_.back().get() + (end_ - (pieces_.size() - 1) * kPieceBytes);
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  end_ += text.size();
  return {to, text.size()};
}

TextArena::Reference TextArena::add(std::string_view text) {
  if (text.empty()) return 0;
  const std::string_view stored = store(text);
  return (end_ - stored.size()) << 16 | stored.size();
}

std::span<const Xattr> RecordStore::xattrs_of(std::uint32_t record) const noexcept {
  if (!has(record, RecordFlag::has_xattrs)) return {};
  const auto run = std::ranges::lower_bound(xattr_runs, record, {}, &XattrRun::record);
  return std::span(xattrs).subspan(run->first, run->count);
}

}  // namespace npk::tree
