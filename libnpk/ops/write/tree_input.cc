#include "ops/write/tree_input.h"

#include <algorithm>

#include "npk/format/path.h"
#include "tree/extents.h"
#include "tree/stored_path.h"

namespace npk::ops {
namespace {

constexpr std::uint32_t kNoLeader = UINT32_MAX;
constexpr std::uint16_t kPipeMode = 0644;

class FileInput final : public writer::InputFile {
 public:
  explicit FileInput(tree::OpenedFile opened) noexcept : opened_(std::move(opened)) {}

  bool has_changed() const noexcept override { return opened_.changed || opened_.is_written_to(); }

  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) override {
    // Whoever wants to see a file's end asks for one byte more than it should have: one byte short needs no second call.
    NPK_ASSIGN(const std::size_t count, io::read_some_at(opened_.descriptor.get(), offset, out, ""));
    if (count + 1 >= out.size() || count == 0) return count;
    NPK_ASSIGN(const std::size_t rest, io::read_fully_at(opened_.descriptor.get(), offset + count, out.subspan(count), ""));
    return count + rest;
  }
  Result<std::vector<writer::ByteRange>> holes(std::uint64_t size) override {
    NPK_ASSIGN(const auto found, tree::find_holes(opened_.descriptor.get(), size));
    std::vector<writer::ByteRange> ranges;
    for (const tree::Hole& hole : found) ranges.push_back({hole.offset, hole.length});
    return ranges;
  }

 private:
  tree::OpenedFile opened_;
};

class PipeInput final : public writer::InputFile {
 public:
  explicit PipeInput(SequentialSource& source) noexcept : source_(source) {}
  bool is_sequential() const noexcept override { return true; }
  Result<std::size_t> read_at(std::uint64_t, MutableBytes out) override {
    std::size_t filled = 0;
    while (filled < out.size()) {
      NPK_ASSIGN(const std::size_t count, source_.read(out.subspan(filled)));
      if (count == 0) break;
      filled += count;
    }
    return filled;
  }

 private:
  SequentialSource& source_;
};

}  // namespace

class TreeOpener final : public writer::InputOpener {
 public:
  explicit TreeOpener(const TreeInput& input) : input_(input), opener_(input.tree_) {}

  Result<std::unique_ptr<writer::InputFile>> open(std::uint64_t number) override {
    if (input_.is_pipe(number)) return std::make_unique<PipeInput>(*input_.pipe_);
    NPK_ASSIGN(tree::OpenedFile opened, opener_.open(input_.to_scanned(number)));
    return std::make_unique<FileInput>(std::move(opened));
  }

 private:
  const TreeInput& input_;
  tree::FileOpener opener_;
};

TreeInput::TreeInput(tree::ScannedTree tree, const TreeInputOptions& options)
    : tree_(std::move(tree)), options_(options), leaders_(tree_.link_group_count() + std::size_t{1}, kNoLeader) {
  if (tree_.link_group_count() == 0) return;
  for (std::size_t i = tree_.size(); i-- > 0;) leaders_[tree_.entry(i).link_group] = static_cast<std::uint32_t>(i);
}

// `at`: the number of the first entry behind the pipe's. What lies in a directory follows it at once.
Result<void> TreeInput::check_pipe_place(std::size_t at, const std::string& path) const {
  std::string other;
  if (at > 0 && tree_.entry(at - 1).kind != format::EntryKind::directory) {
    tree_.path(at - 1, other);
    if (format::is_at_or_under(path, other))
      return fail(Errc::misuse, "'" + other + "' is no directory, standard input can't be put in it as '" + path + "': give another --stdin-name");
  }
  if (at == tree_.size()) return {};
  tree_.path(at, other);
  if (!format::is_at_or_under(other, path)) return {};
  return fail(Errc::misuse, "standard input would be stored as '" + path + "', in which '" + other + "' lies: give another --stdin-name");
}

Result<void> TreeInput::add_pipe(std::string path, SequentialSource& source, std::int64_t mtime_seconds) {
  std::size_t low = 0, high = tree_.size();
  std::string other;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    tree_.path(middle, other);
    if (tree::compare_stored(other, path) < 0) low = middle + 1;
    else high = middle;
  }
  if (low < tree_.size() && tree_.path(low) == path)
    return fail(Errc::misuse, "standard input and a file would both be stored as '" + path + "': give another --stdin-name");
  NPK_TRY(check_pipe_place(low, path));
  pipe_ = &source;
  pipe_path_ = std::move(path);
  pipe_number_ = low;
  pipe_mtime_seconds_ = mtime_seconds;
  return {};
}

std::uint64_t TreeInput::entry_count() const noexcept { return tree_.size() + (pipe_ != nullptr ? 1 : 0); }

format::EntryRow TreeInput::entry(std::uint64_t number, writer::EntryScratch& scratch) const {
  format::EntryRow row;
  if (is_pipe(number)) {
    row.path = pipe_path_;
    row.mode = kPipeMode;
    row.mtime_seconds = pipe_mtime_seconds_;
    return row;
  }
  const std::size_t index = to_scanned(number);
  const tree::Entry entry = tree_.entry(index);
  tree_.path(index, scratch.path);
  scratch.xattrs.clear();
  for (const tree::Xattr& xattr : entry.metadata.xattrs) scratch.xattrs.push_back({xattr.name, as_text(xattr.value)});
  std::ranges::sort(scratch.xattrs, {}, &format::Xattr::name);
  row.path = scratch.path;
  row.kind = entry.kind;
  row.mode = entry.metadata.mode;
  if (!options_.leave_out_owners) {
    row.uid = entry.metadata.uid;
    row.gid = entry.metadata.gid;
    row.user_name = entry.metadata.user_name;
    row.group_name = entry.metadata.group_name;
  }
  row.mtime_seconds = entry.metadata.mtime_seconds;
  row.mtime_nanoseconds = entry.metadata.mtime_nanoseconds;
  if (options_.clamp_times && row.mtime_seconds >= options_.newest_seconds) {
    row.mtime_seconds = options_.newest_seconds;
    row.mtime_nanoseconds = 0;
  }
  row.link_group = entry.link_group;
  row.target = entry.symlink_target;
  row.device = (std::uint64_t{entry.device_major} << 32) | entry.device_minor;
  row.xattrs = scratch.xattrs;
  return row;
}

std::uint64_t TreeInput::size(std::uint64_t number) const noexcept {
  if (is_pipe(number)) return writer::kUnknownSize;
  return tree_.entry(to_scanned(number)).size;
}

bool TreeInput::may_have_holes(std::uint64_t number) const noexcept { return !is_pipe(number) && tree_.entry(to_scanned(number)).sparse; }

std::uint64_t TreeInput::link_leader(std::uint64_t number) const noexcept {
  if (is_pipe(number) || tree_.link_group_count() == 0) return number;
  const std::uint32_t group = tree_.entry(to_scanned(number)).link_group;
  return group == 0 ? number : from_scanned(leaders_[group]);
}

format::FileHint TreeInput::hint(std::uint64_t number) const {
  if (is_pipe(number)) return {};
  const tree::Entry entry = tree_.entry(to_scanned(number));
  if (entry.kind != format::EntryKind::regular) return {};
  return {entry.inode, entry.ctime_seconds, entry.ctime_nanoseconds};
}

std::unique_ptr<writer::InputOpener> TreeInput::opener() const { return std::make_unique<TreeOpener>(*this); }

}  // namespace npk::ops
