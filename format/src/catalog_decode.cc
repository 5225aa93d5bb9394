#include <algorithm>
#include <string>

#include "npk/checked.h"
#include "npk/format/catalog.h"
#include "npk/format/integer_column.h"
#include "npk/format/page.h"
#include "npk/format/path.h"

namespace npk::format {
namespace {

using Integers = std::vector<std::uint64_t>;

constexpr std::uint64_t kModeMask = 0xFFF;
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

// A run or an attribute takes some 64 bytes of memory while its page is decoded, and nothing in the page where columns
// are constant. Runs may: one chunk over and over. Attributes can't: their names differ.
constexpr std::uint64_t kFreeRuns = 1U << 20;
constexpr std::uint64_t kLeastBytesPerRun = 4;         // of the largest page: spec section 16
constexpr std::uint64_t kLeastBytesPerAttribute = 16;  // likewise

// Turns lengths into ends; fails beyond `limit`.
Result<std::uint64_t> to_ends(Integers& values, std::uint64_t limit, const char* what) {
  std::uint64_t end = 0;
  for (std::uint64_t& value : values) {
    const auto sum = checked_add(end, value);
    if (!sum || *sum > limit) return fail(Errc::limit, what);
    value = end = *sum;
  }
  return end;
}

// Decodes the front-coded paths of a page into one arena.
struct DecodedPaths {
  std::vector<char> arena;
  Integers ends;

  [[nodiscard]] std::string_view path(std::size_t row) const noexcept {
    const std::size_t start = row == 0 ? 0 : static_cast<std::size_t>(ends[row - 1]);
    return {arena.data() + start, static_cast<std::size_t>(ends[row]) - start};
  }
};

Result<void> append_path(DecodedPaths& out, std::string_view previous, std::uint64_t shared, std::string_view suffix, const Limits& limits) {
  if (shared > previous.size()) return fail_corrupt("a path shares more bytes than the path before it has");
  if (out.arena.size() + shared + suffix.size() > limits.max_page_raw_bytes) return fail(Errc::limit, "the paths of a page are larger than the limit");
  const std::size_t previous_start = out.arena.size() - previous.size();
  const std::size_t start = out.arena.size();
  out.arena.resize(start + static_cast<std::size_t>(shared));
  std::copy_n(out.arena.begin() + static_cast<std::ptrdiff_t>(previous_start), shared, out.arena.begin() + static_cast<std::ptrdiff_t>(start));
  out.arena.insert(out.arena.end(), suffix.begin(), suffix.end());
  out.ends.push_back(out.arena.size());
  return check_path({out.arena.data() + start, out.arena.size() - start}, limits.max_path_bytes);
}

// What the paths take together if they are what their lengths say; at most `limit`.
std::uint64_t arena_bytes(const Integers& shared, std::uint64_t suffix_bytes, std::uint64_t limit) noexcept {
  std::uint64_t total = suffix_bytes;
  for (const std::uint64_t count : shared) total = std::min(limit, checked_add(total, count).value_or(limit));
  return total;
}

Result<DecodedPaths> decode_paths(const PageView& page, bool ascending, const Limits& limits) {
  const std::uint32_t rows = page.header().row_count;
  NPK_ASSIGN(const Integers shared, page.integers(ColumnId::path_shared, rows));
  NPK_ASSIGN(Integers suffix_ends, page.integers(ColumnId::path_suffix_length, rows));
  NPK_ASSIGN(const std::uint64_t total, to_ends(suffix_ends, limits.max_page_raw_bytes, "the paths of a page are larger than the limit"));
  NPK_ASSIGN(const ByteView suffixes, page.bytes(ColumnId::path_suffix, total));
  DecodedPaths out;
  out.arena.reserve(static_cast<std::size_t>(arena_bytes(shared, total, limits.max_page_raw_bytes)));
  out.ends.reserve(rows);
  std::uint64_t begin = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string_view suffix = as_text(suffixes.subspan(begin, suffix_ends[row] - begin));
    NPK_TRY(append_path(out, row == 0 ? std::string_view() : out.path(row - 1), shared[row], suffix, limits));
    if (ascending && row > 0 && !path_less(out.path(row - 1), out.path(row))) return fail_corrupt("paths are not in strictly ascending order");
    begin = suffix_ends[row];
  }
  return out;
}

}  // namespace

// Fills a CatalogPage column by column; one method a group of columns.
class CatalogPageDecoder {
 public:
  CatalogPageDecoder(CatalogPage& out, const PageView& page, const Limits& limits)
      : out_(out), page_(page), limits_(limits), rows_(page.header().row_count) {}

  Result<void> decode() {
    NPK_ASSIGN(DecodedPaths paths, decode_paths(page_, page_.header().kind == PageKind::catalog_leaf, limits_));
    out_.paths_ = std::move(paths.arena);
    out_.path_ends_ = std::move(paths.ends);
    NPK_TRY(decode_metadata());
    NPK_TRY(decode_owners());
    NPK_TRY(decode_runs());
    NPK_TRY(decode_digests());
    NPK_TRY(decode_links_and_devices());
    return decode_xattrs();
  }

 private:
  Result<void> read(Integers& into, ColumnId id) {
    NPK_ASSIGN(into, page_.integers(id, rows_));
    return {};
  }
  bool is(std::size_t row, EntryKind kind) const noexcept { return out_.kinds_[row] == static_cast<std::uint64_t>(kind); }
  std::uint64_t count_of(EntryKind kind) const {
    return static_cast<std::uint64_t>(std::ranges::count(out_.kinds_, static_cast<std::uint64_t>(kind)));
  }

  Result<void> decode_metadata() {
    NPK_TRY(read(out_.kinds_, ColumnId::kind));
    NPK_TRY(read(out_.modes_, ColumnId::mode));
    NPK_TRY(read(out_.mtime_seconds_, ColumnId::mtime_seconds));
    NPK_TRY(read(out_.mtime_nanoseconds_, ColumnId::mtime_nanoseconds));
    const auto beyond = [](const Integers& values, std::uint64_t maximum) {
      return std::ranges::any_of(values, [=](std::uint64_t value) { return value > maximum; });
    };
    constexpr auto kLastKind = static_cast<std::uint64_t>(EntryKind::fifo);
    if (beyond(out_.kinds_, kLastKind) || std::ranges::count(out_.kinds_, 0U) != 0) return fail_corrupt("an entry is of an unknown kind");
    if (beyond(out_.modes_, kModeMask)) return fail_corrupt("an entry's mode has more than 12 bits");
    if (beyond(out_.mtime_nanoseconds_, kNanosecondsPerSecond - 1)) return fail_corrupt("an entry's time has a second's worth of nanoseconds or more");
    return {};
  }

  Result<void> decode_owners() {
    NPK_TRY(read(out_.uids_, ColumnId::uid));
    NPK_TRY(read(out_.gids_, ColumnId::gid));
    NPK_TRY(read(out_.user_names_, ColumnId::user_name));
    NPK_TRY(read(out_.group_names_, ColumnId::group_name));
    NPK_ASSIGN(Integers ends, page_.all_integers(ColumnId::name_length, 2ULL * rows_));
    NPK_ASSIGN(const std::uint64_t total, to_ends(ends, limits_.max_page_raw_bytes, "owner names are larger than the limit"));
    NPK_ASSIGN(const ByteView bytes, page_.bytes(ColumnId::name_bytes, total));
    std::uint64_t begin = 0;
    for (const std::uint64_t end : ends) {
      out_.names_.push_back(as_text(bytes.subspan(begin, end - begin)));
      begin = end;
    }
    const auto unknown = [&](std::uint64_t index) { return index > out_.names_.size(); };
    if (std::ranges::any_of(out_.user_names_, unknown) || std::ranges::any_of(out_.group_names_, unknown))
      return fail_corrupt("an entry names an owner that the page does not list");
    return {};
  }

  Result<void> decode_runs() {
    NPK_TRY(read(out_.sizes_, ColumnId::size));
    NPK_TRY(read(out_.run_ends_, ColumnId::run_count));
    std::uint64_t rows_with_runs = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      const bool has_content = is(row, EntryKind::regular) && out_.sizes_[row] != 0;
      if (!is(row, EntryKind::regular) && out_.sizes_[row] != 0) return fail_corrupt("an entry that is no regular file has a size");
      if (has_content != (out_.run_ends_[row] != 0)) return fail_corrupt("an entry's size does not fit its number of runs");
      if (out_.run_ends_[row] > limits_.max_runs_per_entry) return fail(Errc::limit, "an entry has more runs than the limit");
      rows_with_runs += has_content ? 1 : 0;
    }
    const std::uint64_t most = std::min(limits_.max_page_raw_bytes / kLeastBytesPerRun, kFreeRuns + out_.raw_.size());
    NPK_ASSIGN(const std::uint64_t run_count, to_ends(out_.run_ends_, most, "a page has more runs than the limit"));
    NPK_ASSIGN(const Integers counts, page_.integers(ColumnId::run_chunk_count, run_count));
    const auto data_runs = run_count - static_cast<std::uint64_t>(std::ranges::count(counts, 0U));
    NPK_ASSIGN(const Integers firsts, page_.integers(ColumnId::run_first_chunk, data_runs));
    NPK_ASSIGN(const Integers bytes, page_.integers(ColumnId::run_bytes, run_count - rows_with_runs));
    return assemble_runs(counts, firsts, bytes);
  }

  Result<void> assemble_runs(const Integers& counts, const Integers& firsts, const Integers& bytes) {
    std::size_t next_first = 0, next_bytes = 0;
    std::uint64_t expected = 0;
    out_.runs_.reserve(counts.size());
    for (std::size_t row = 0; row < rows_; ++row) {
      std::uint64_t left = out_.sizes_[row];
      for (std::size_t run = out_.runs_.size(); run < out_.run_ends_[row]; ++run) {
        const bool last = run + 1 == out_.run_ends_[row];
        const std::uint64_t length = last ? left : bytes[next_bytes++];
        if (length == 0 || length > left) return fail_corrupt("an entry's runs do not add up to its size");
        left -= length;
        std::uint64_t first = 0;
        if (counts[run] != 0) {
          first = expected + static_cast<std::uint64_t>(zigzag_decode(firsts[next_first++]));
          const auto end = checked_add(first, counts[run]);
          if (!end || counts[run] > length) return fail_corrupt("an entry has a run of more chunks than bytes");
          expected = *end;
        }
        out_.runs_.push_back({first, counts[run], length});
      }
    }
    return {};
  }

  Result<void> decode_digests() {
    std::uint32_t count = 0;
    out_.digest_index_.resize(rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (needs_digest(out_.row(row))) out_.digest_index_[row] = ++count;
    }
    NPK_ASSIGN(out_.digests_, page_.bytes(ColumnId::digest, std::uint64_t{count} * sizeof(Digest)));
    return {};
  }

  Result<void> decode_links_and_devices() {
    NPK_TRY(read(out_.link_groups_, ColumnId::link_group));
    NPK_ASSIGN(Integers ends, page_.integers(ColumnId::target_length, count_of(EntryKind::symlink)));
    NPK_ASSIGN(const std::uint64_t total, to_ends(ends, limits_.max_page_raw_bytes, "link targets are larger than the limit"));
    NPK_ASSIGN(const ByteView targets, page_.bytes(ColumnId::target_bytes, total));
    NPK_ASSIGN(const Integers devices,
               page_.integers(ColumnId::device, count_of(EntryKind::character_device) + count_of(EntryKind::block_device)));
    out_.targets_ = as_text(targets);
    return spread_links_and_devices(ends, devices);
  }

  // From per-link and per-device values to per-row ones.
  Result<void> spread_links_and_devices(const Integers& ends, const Integers& devices) {
    std::size_t next_link = 0, next_device = 0;
    std::uint64_t end = 0;
    out_.target_ends_.resize(rows_);
    out_.devices_.resize(rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (is(row, EntryKind::symlink)) {
        if (ends[next_link] == end) return fail_corrupt("a symbolic link has no target");
        end = ends[next_link++];
      }
      out_.target_ends_[row] = end;
      if (is(row, EntryKind::character_device) || is(row, EntryKind::block_device)) out_.devices_[row] = devices[next_device++];
    }
    return out_.targets_.find('\0') == std::string_view::npos ? Result<void>() : fail_corrupt("a symbolic link's target contains a NUL byte");
  }

  Result<void> decode_xattrs() {
    NPK_TRY(read(out_.xattr_ends_, ColumnId::xattr_count));
    NPK_ASSIGN(const std::uint64_t count, to_ends(out_.xattr_ends_, limits_.max_page_raw_bytes / kLeastBytesPerAttribute,
                                                  "a page has more attributes than the limit"));
    if (count > out_.raw_.size()) return fail_corrupt("a page has more attributes than bytes for their names");
    NPK_ASSIGN(const Integers names, page_.integers(ColumnId::xattr_name_length, count));
    NPK_ASSIGN(const Integers values, page_.integers(ColumnId::xattr_value_length, count));
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (names[i] > limits_.max_xattr_bytes || values[i] > limits_.max_xattr_bytes) return fail(Errc::limit, "an attribute is larger than the limit");
      total += names[i] + values[i];
    }
    NPK_ASSIGN(const ByteView bytes, page_.bytes(ColumnId::xattr_bytes, total));
    std::size_t at = 0;
    out_.xattrs_.reserve(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
      out_.xattrs_.push_back({as_text(bytes.subspan(at, names[i])), as_text(bytes.subspan(at + names[i], values[i]))});
      at += names[i] + values[i];
    }
    return check_xattrs();
  }

  Result<void> check_xattrs() const {
    for (std::size_t row = 0; row < rows_; ++row) {
      std::uint64_t total = 0;
      std::string_view previous;
      for (const Xattr& xattr : out_.row(row).xattrs) {
        if (xattr.name <= previous || xattr.name.find('\0') != std::string_view::npos) return fail_corrupt("an entry's attributes are not in order");
        previous = xattr.name;
        total += xattr.name.size() + xattr.value.size();
      }
      if (total > limits_.max_xattr_bytes) return fail(Errc::limit, "an entry's attributes are larger than the limit");
    }
    return {};
  }

  CatalogPage& out_;
  const PageView& page_;
  const Limits& limits_;
  std::uint32_t rows_;
};

Result<CatalogPage> CatalogPage::decode(Bytes raw, PageKind kind, const Limits& limits) {
  CatalogPage out;
  out.raw_ = std::move(raw);
  NPK_ASSIGN(const PageView page, PageView::parse(out.raw_, limits));
  if (page.header().kind != kind) return fail_corrupt("a page of another kind lies here");
  NPK_TRY(CatalogPageDecoder(out, page, limits).decode());
  return out;
}

namespace {

template <class T>
std::span<const T> between(const std::vector<T>& all, const Integers& ends, std::size_t row) noexcept {
  if (row >= ends.size()) return {};
  const auto begin = row == 0 ? 0 : static_cast<std::size_t>(ends[row - 1]);
  return std::span(all).subspan(begin, static_cast<std::size_t>(ends[row]) - begin);
}

std::uint64_t value_at(const Integers& values, std::size_t row) noexcept { return row < values.size() ? values[row] : 0; }

}  // namespace

std::string_view CatalogPage::path(std::size_t row) const noexcept {
  const std::size_t start = row == 0 ? 0 : static_cast<std::size_t>(path_ends_[row - 1]);
  return {paths_.data() + start, static_cast<std::size_t>(path_ends_[row]) - start};
}

EntryRow CatalogPage::row(std::size_t row) const noexcept {
  EntryRow out;
  const auto name = [&](const Integers& indices) {
    const std::uint64_t index = value_at(indices, row);
    return index == 0 ? std::string_view() : names_[index - 1];
  };
  out.path = path(row);
  out.kind = static_cast<EntryKind>(kinds_[row]);
  out.mode = static_cast<std::uint16_t>(value_at(modes_, row));
  out.uid = value_at(uids_, row);
  out.gid = value_at(gids_, row);
  out.user_name = name(user_names_);
  out.group_name = name(group_names_);
  out.mtime_seconds = zigzag_decode(value_at(mtime_seconds_, row));
  out.mtime_nanoseconds = static_cast<std::uint32_t>(value_at(mtime_nanoseconds_, row));
  out.size = value_at(sizes_, row);
  out.runs = between(runs_, run_ends_, row);
  if (const std::uint32_t index = row < digest_index_.size() && !digests_.empty() ? digest_index_[row] : 0; index != 0) {
    out.digest.emplace();
    std::ranges::copy(digests_.subspan((index - 1) * sizeof(Digest), sizeof(Digest)), out.digest->begin());
  }
  out.link_group = value_at(link_groups_, row);
  if (out.kind == EntryKind::symlink && row < target_ends_.size()) {
    const auto begin = row == 0 ? 0 : static_cast<std::size_t>(target_ends_[row - 1]);
    out.target = targets_.substr(begin, static_cast<std::size_t>(target_ends_[row]) - begin);
  }
  out.device = value_at(devices_, row);
  out.xattrs = between(xattrs_, xattr_ends_, row);
  return out;
}

std::size_t CatalogPage::lower_bound(std::string_view sought) const noexcept {
  std::size_t low = 0, high = row_count();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (path_less(path(middle), sought)) low = middle + 1;
    else high = middle;
  }
  return low;
}

std::size_t CatalogPage::memory_bytes() const noexcept {
  constexpr std::size_t kIntegerColumns = 13;
  return sizeof(*this) + raw_.size() + paths_.size() + row_count() * (kIntegerColumns * sizeof(std::uint64_t) + sizeof(std::uint32_t)) +
         runs_.size() * sizeof(Run) + xattrs_.size() * sizeof(Xattr);
}

Result<CatalogNode> decode_catalog_node(ByteView raw, const Limits& limits, PageKind kind) {
  NPK_ASSIGN(const PageView page, PageView::parse(raw, limits));
  if (page.header().kind != kind) return fail_corrupt("a page of another kind lies here");
  const std::uint32_t rows = page.header().row_count;
  if (rows == 0) return fail_corrupt("a catalog node has no children");
  NPK_ASSIGN(const DecodedPaths paths, decode_paths(page, true, limits));
  NPK_ASSIGN(const Integers positions, page.integers(ColumnId::child_position, rows));
  NPK_ASSIGN(const Integers lengths, page.integers(ColumnId::child_stored_length, rows));
  NPK_ASSIGN(const Integers entries, page.integers(ColumnId::child_entries, rows));
  NPK_ASSIGN(const ByteView hashes, page.bytes(ColumnId::child_hash, std::uint64_t{rows} * sizeof(Digest)));
  const bool has_content = page.has(ColumnId::child_content_hash);
  if (has_content && (page.header().height != 1 || kind != PageKind::catalog_node))
    return fail_corrupt("a node that has no leaves of the catalog below it tells their content");
  NPK_ASSIGN(const ByteView content_hashes, page.bytes(ColumnId::child_content_hash, has_content ? std::uint64_t{rows} * sizeof(Digest) : 0));
  CatalogNode node{page.header().height, {}};
  std::uint64_t total = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto sum = checked_add(total, entries[row]);
    if (entries[row] == 0 || !sum || *sum > limits.max_entries) return fail_corrupt("a catalog node's counts are wrong");
    total = *sum;
    CatalogChild child{std::string(paths.path(row)), positions[row], lengths[row], {}, entries[row], {}};
    std::ranges::copy(hashes.subspan(row * sizeof(Digest), sizeof(Digest)), child.hash.begin());
    if (has_content) std::ranges::copy(content_hashes.subspan(row * sizeof(Digest), sizeof(Digest)), child.content_hash.begin());
    node.children.push_back(std::move(child));
  }
  return node;
}

}  // namespace npk::format
