#include "ops/write/attribute_changes.h"

#include <algorithm>
#include <unordered_map>

#include "npk/format/entry_attributes.h"

namespace npk::ops {
namespace {

std::unexpected<Error> misuse(std::string what, const std::string& path) {
  return std::unexpected(Error{.code = Errc::misuse, .message = std::move(what), .path = path});
}

Result<void> check(const AttributeChange& change) {
  if (!format::is_package_attribute(change.name) || !format::is_metadata_name(change.name))
    return misuse("the key of a tag is UTF-8 without control characters, of at most 247 bytes", change.path);
  if (!change.value) return {};
  if (change.value->size() > format::kMaxMetadataValueBytes || !format::is_metadata_text(*change.value))
    return misuse("a tag or a comment is UTF-8 of at most 64 KiB", change.path);
  return {};
}

}  // namespace

PackageAttributes package_attributes_of(const format::EntryRow& row) {
  PackageAttributes attributes;
  for (const format::Xattr& xattr : row.xattrs) {
    if (format::is_package_attribute(xattr.name)) attributes.emplace(xattr.name, xattr.value);
  }
  return attributes;
}

void replace_package_attributes(const format::EntryRow& row, const PackageAttributes& attributes, std::vector<format::Xattr>& out) {
  std::vector<format::Xattr> replaced;
  for (const format::Xattr& xattr : row.xattrs) {
    if (!format::is_package_attribute(xattr.name)) replaced.push_back(xattr);
  }
  for (const auto& [name, value] : attributes) replaced.push_back({name, value});
  std::ranges::sort(replaced, {}, &format::Xattr::name);
  out = std::move(replaced);
}

Result<AttributeChanges> AttributeChanges::make(const std::vector<AttributeChange>& given, const PackageReader& before) {
  AttributeChanges changes;
  for (const AttributeChange& change : given) {
    NPK_TRY(ops::check(change));
    changes.by_path_[change.path].values[change.name] = change.value;
  }
  NPK_TRY(changes.add_other_names(before));
  return changes;
}

// All rows of a link group carry equal columns. Its other names are anywhere: that takes a pass over the catalog.
Result<void> AttributeChanges::add_other_names(const PackageReader& before) {
  std::unordered_map<std::uint64_t, const Change*> groups;
  for (const auto& [path, change] : by_path_) {
    NPK_ASSIGN(const auto entry, before.find(path));
    if (entry && entry->row().link_group != 0) groups.emplace(entry->row().link_group, &change);
  }
  if (groups.empty()) return {};
  std::vector<std::pair<std::string, const Change*>> others;
  NPK_TRY(before.for_each([&](const Entry& entry) {
    const auto group = groups.find(entry.row().link_group);
    if (group != groups.end() && !by_path_.contains(entry.path())) others.emplace_back(entry.path(), group->second);
    return true;
  }));
  for (const auto& [path, change] : others) by_path_.emplace(path, Change{.values = change->values, .is_named = false});
  return {};
}

bool AttributeChanges::meet(const PathInterval& interval) const noexcept {
  const auto at = interval.first ? by_path_.lower_bound(*interval.first) : by_path_.begin();
  return at != by_path_.end() && (!interval.end || format::path_less(at->first, *interval.end));
}

void AttributeChanges::apply(std::string_view path, PackageAttributes& attributes) {
  const auto change = by_path_.find(path);
  if (change == by_path_.end()) return;
  change->second.is_met = true;
  for (const auto& [name, value] : change->second.values) {
    if (value) attributes[name] = *value;
    else attributes.erase(name);
  }
}

Result<void> AttributeChanges::check() const {
  for (const auto& [path, change] : by_path_) {
    if (change.is_named && !change.is_met) return fail(Errc::not_found, "'" + path + "' is no entry of the package");
  }
  return {};
}

Result<format::PackageMetadata> changed_metadata(format::PackageMetadata metadata, const std::vector<MetadataChange>& changes) {
  for (const MetadataChange& change : changes) {
    if (change.value) metadata[change.name] = *change.value;
    else metadata.erase(change.name);
  }
  if (const auto checked = format::check_package_metadata(metadata); !checked) return fail(Errc::misuse, checked.error().message);
  return metadata;
}

}  // namespace npk::ops
