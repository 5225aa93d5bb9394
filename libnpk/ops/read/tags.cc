#include "npk/ops/tags.h"

#include <algorithm>

#include "npk/format/entry_attributes.h"
#include "npk/format/path.h"

namespace npk::ops {
namespace {

constexpr std::size_t kMostTagBytes = 16U << 20;  // of the directories above an entry

void inherit(Tags& tags, const Tags& nearer) {
  for (const auto& [key, value] : nearer) {
    if (value.empty()) tags.erase(key);
    else tags[key] = value;
  }
}

std::size_t bytes_of(const Tags& tags) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : tags) bytes += key.size() + value.size();
  return bytes;
}

}  // namespace

Tags own_tags(const EntryRow& row) {
  Tags tags;
  for (const format::Xattr& xattr : row.xattrs) {
    if (xattr.name.starts_with(format::kEntryTagPrefix)) tags.emplace(xattr.name.substr(format::kEntryTagPrefix.size()), xattr.value);
  }
  return tags;
}

std::optional<std::string> comment_of(const EntryRow& row) {
  const auto found = std::ranges::find(row.xattrs, format::kEntryCommentName, &format::Xattr::name);
  return found == row.xattrs.end() ? std::nullopt : std::optional<std::string>(found->value);
}

format::PackageMetadata metadata_of(const PackageReader& package) { return format::package_metadata(package.info().commit.placement); }

Tags package_tags(const PackageReader& package) {
  Tags tags;
  for (const auto& [name, value] : metadata_of(package)) {
    if (name.starts_with(format::kPackageTagPrefix)) tags.emplace(name.substr(format::kPackageTagPrefix.size()), value);
  }
  return tags;
}

// Those above the entry asked for last, outermost first, and what each has of its own.
class EffectiveTags::Directories {
 public:
  explicit Directories(const PackageReader& package) : package_(package), package_tags_(ops::package_tags(package)) {}

  Result<Tags> of(const EntryRow& row) {
    const std::size_t slash = row.path.rfind('/');
    NPK_TRY(go_to(slash == std::string_view::npos ? std::string_view() : row.path.substr(0, slash)));
    Tags tags;
    inherit(tags, package_tags_);
    for (const Level& level : levels_) inherit(tags, level.own);
    inherit(tags, own_tags(row));
    return tags;
  }

 private:
  struct Level {
    std::size_t path_bytes;
    Tags own;
  };

  Result<void> go_to(std::string_view directory) {
    while (!levels_.empty() && !format::is_at_or_under(directory, path_)) leave();
    while (path_.size() < directory.size()) {
      const std::size_t slash = directory.find('/', path_.empty() ? 0 : path_.size() + 1);
      NPK_TRY(enter(directory.substr(0, slash)));
    }
    return {};
  }

  void leave() {
    tag_bytes_ -= bytes_of(levels_.back().own);
    levels_.pop_back();
    path_.resize(levels_.empty() ? 0 : levels_.back().path_bytes);
  }

  Result<void> enter(std::string_view path) {
    NPK_ASSIGN(const auto entry, package_.find(path));
    Tags own = entry ? own_tags(entry->row()) : Tags();
    if (tag_bytes_ + bytes_of(own) > kMostTagBytes) return fail(Errc::limit, "the tags of an entry's directories are larger than the limit");
    tag_bytes_ += bytes_of(own);
    levels_.push_back({path.size(), std::move(own)});
    path_ = path;
    return {};
  }

  const PackageReader& package_;
  Tags package_tags_;
  std::string path_;  // of the innermost
  std::vector<Level> levels_;
  std::size_t tag_bytes_ = 0;
};

EffectiveTags::EffectiveTags(const PackageReader& package) : directories_(std::make_unique<Directories>(package)) {}
EffectiveTags::EffectiveTags(EffectiveTags&&) noexcept = default;
EffectiveTags& EffectiveTags::operator=(EffectiveTags&&) noexcept = default;
EffectiveTags::~EffectiveTags() = default;

Result<Tags> EffectiveTags::of(const EntryRow& row) { return directories_->of(row); }

Result<bool> EffectiveTags::meet(const EntryRow& row, const std::vector<TagCondition>& conditions) {
  if (conditions.empty()) return true;
  NPK_ASSIGN(const Tags tags, of(row));
  return std::ranges::all_of(conditions, [&](const TagCondition& condition) {
    const auto found = tags.find(condition.key);
    return found != tags.end() && (!condition.value || found->second == *condition.value);
  });
}

}  // namespace npk::ops
