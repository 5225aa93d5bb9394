#include <algorithm>
#include <deque>
#include <limits>

#include "npk/format/path.h"
#include "npk/limits.h"
#include "npk/writer.h"
#include "package/writer/write_package.h"

namespace npk {
namespace {

// An entry as the application gave it, with copies of what it viewed.
struct AddedEntry {
  std::string path, user_name, group_name, target;
  std::vector<std::pair<std::string, std::string>> xattrs;
  EntryRow row;
  ByteView content;
  PackageWriter::Opener opener;
};

class MemoryInput final : public writer::InputFile {
 public:
  explicit MemoryInput(ByteView content) noexcept : content_(content) {}
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) override {
    const auto begin = static_cast<std::size_t>(std::min<std::uint64_t>(offset, content_.size()));
    const std::size_t count = std::min(out.size(), content_.size() - begin);
    std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(begin), count, out.begin());
    return count;
  }

 private:
  ByteView content_;
};

class SourceInput final : public writer::InputFile {
 public:
  explicit SourceInput(std::unique_ptr<SequentialSource> source) noexcept : source_(std::move(source)) {}
  bool is_sequential() const noexcept override { return true; }
  Result<std::size_t> read_at(std::uint64_t, MutableBytes out) override {
    std::size_t filled = 0;
    while (filled < out.size()) {
      NPK_ASSIGN(const std::size_t count, source_->read(out.subspan(filled)));
      if (count == 0) break;
      filled += count;
    }
    return filled;
  }

 private:
  std::unique_ptr<SequentialSource> source_;
};

// The added entries, sorted by path.
class AddedTree final : public writer::InputTree {
 public:
  void add(AddedEntry entry) { entries_.push_back(std::move(entry)); }

  Result<void> sort() {
    std::ranges::sort(entries_, [](const AddedEntry& a, const AddedEntry& b) { return format::path_less(a.path, b.path); });
    const auto twice = std::ranges::adjacent_find(entries_, {}, &AddedEntry::path);
    if (twice != entries_.end()) return std::unexpected(Error{.code = Errc::misuse, .message = "an entry was added twice", .path = twice->path});
    return {};
  }

  std::uint64_t entry_count() const noexcept override { return entries_.size(); }
  std::uint64_t size(std::uint64_t number) const noexcept override {
    const AddedEntry& entry = entries_[number];
    return entry.opener ? writer::kUnknownSize : entry.content.size();
  }
  EntryRow entry(std::uint64_t number, writer::EntryScratch& scratch) const override {
    const AddedEntry& entry = entries_[number];
    EntryRow row = entry.row;
    row.path = entry.path;
    row.user_name = entry.user_name;
    row.group_name = entry.group_name;
    row.target = entry.target;
    scratch.xattrs.clear();
    for (const auto& [name, value] : entry.xattrs) scratch.xattrs.push_back({name, value});
    row.xattrs = scratch.xattrs;
    return row;
  }
  std::unique_ptr<writer::InputOpener> opener() const override;
  Result<std::unique_ptr<writer::InputFile>> open(std::uint64_t number) const {
    const AddedEntry& entry = entries_[number];
    if (!entry.opener) return std::make_unique<MemoryInput>(entry.content);
    NPK_ASSIGN(auto source, entry.opener());
    return std::make_unique<SourceInput>(std::move(source));
  }

 private:
  std::deque<AddedEntry> entries_;
};

class AddedOpener final : public writer::InputOpener {
 public:
  explicit AddedOpener(const AddedTree& tree) noexcept : tree_(tree) {}
  Result<std::unique_ptr<writer::InputFile>> open(std::uint64_t number) override { return tree_.open(number); }

 private:
  const AddedTree& tree_;
};

std::unique_ptr<writer::InputOpener> AddedTree::opener() const { return std::make_unique<AddedOpener>(*this); }

bool has_zero_byte(std::string_view text) noexcept { return text.find('\0') != std::string_view::npos; }

bool are_sound(std::span<const format::Xattr> xattrs) {
  std::uint64_t bytes = 0;
  std::vector<std::string_view> names;
  for (const format::Xattr& xattr : xattrs) {
    bytes += xattr.name.size() + xattr.value.size();
    names.push_back(xattr.name);
  }
  std::ranges::sort(names);
  return bytes <= Limits().max_xattr_bytes && std::ranges::adjacent_find(names) == names.end() && (names.empty() || !names.front().empty()) &&
         std::ranges::none_of(names, has_zero_byte);
}

Result<void> check_entry(const EntryRow& entry) {
  constexpr std::uint16_t kModeBits = 0xFFF;
  const auto misuse = [&](const char* what) { return std::unexpected(Error{.code = Errc::misuse, .message = what, .path = std::string(entry.path)}); };
  if (!format::check_path(entry.path, Limits().max_path_bytes)) return misuse("the path is not one a package can hold (spec section 9)");
  if (entry.kind == EntryKind::symlink && (entry.target.empty() || has_zero_byte(entry.target)))
    return misuse("a symbolic link needs a target, without zero bytes");
  if (entry.mode > kModeBits) return misuse("the mode has more than 12 bits");
  if (entry.kind < EntryKind::regular || entry.kind > EntryKind::fifo) return misuse("the kind is not one of EntryKind");
  if (entry.mtime_nanoseconds >= 1'000'000'000) return misuse("the time must have fewer than a thousand million nanoseconds");
  if (!are_sound(entry.xattrs)) return misuse("an attribute has no name, or one with a zero byte, or a name comes twice, or all of them together take more than 1 MiB");
  if (entry.link_group != 0) return misuse("linked entries are for trees (ops/create.h): add the content once more instead, it is stored once");
  return {};
}

AddedEntry copy_of(const EntryRow& row) {
  AddedEntry entry;
  entry.path = row.path;
  entry.user_name = row.user_name;
  entry.group_name = row.group_name;
  entry.target = row.target;
  for (const format::Xattr& xattr : row.xattrs) entry.xattrs.emplace_back(xattr.name, xattr.value);
  std::ranges::sort(entry.xattrs);
  entry.row = row;
  entry.row.runs = {};
  entry.row.digest.reset();
  entry.row.size = 0;
  return entry;
}

}  // namespace

class PackageWriter::Impl {
 public:
  explicit Impl(WriterOptions options) : options_(std::move(options)) {}

  Result<void> add(AddedEntry entry) {
    if (finished_) return fail(Errc::misuse, "entries can't be added after finish()");
    tree_.add(std::move(entry));
    return {};
  }
  Result<WriteReport> finish(Sink& sink) {
    if (finished_) return fail(Errc::misuse, "finish() was called before");
    NPK_TRY(tree_.sort());
    finished_ = true;
    NPK_ASSIGN(const WriteReport report, writer::write_package(tree_, sink, options_));
    NPK_TRY(sink.commit());
    return report;
  }

 private:
  WriterOptions options_;
  AddedTree tree_;
  bool finished_ = false;
};

PackageWriter::PackageWriter(WriterOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
PackageWriter::PackageWriter(PackageWriter&&) noexcept = default;
PackageWriter& PackageWriter::operator=(PackageWriter&&) noexcept = default;
PackageWriter::~PackageWriter() = default;

Result<void> PackageWriter::add(const EntryRow& entry) {
  NPK_TRY(check_entry(entry));
  return impl_->add(copy_of(entry));
}

Result<void> PackageWriter::add(const EntryRow& entry, ByteView content) {
  NPK_TRY(check_entry(entry));
  if (entry.kind != EntryKind::regular) return fail(Errc::misuse, "only regular files have content");
  AddedEntry added = copy_of(entry);
  added.content = content;
  return impl_->add(std::move(added));
}

Result<void> PackageWriter::add(const EntryRow& entry, Opener opener) {
  NPK_TRY(check_entry(entry));
  if (entry.kind != EntryKind::regular) return fail(Errc::misuse, "only regular files have content");
  AddedEntry added = copy_of(entry);
  added.opener = std::move(opener);
  return impl_->add(std::move(added));
}

Result<WriteReport> PackageWriter::finish(Sink& sink) { return impl_->finish(sink); }

}  // namespace npk
