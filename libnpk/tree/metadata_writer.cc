#include "tree/metadata_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>

#include "npk/format/entry_attributes.h"
#include "tree/owner_names.h"

namespace npk::tree {
namespace {

using format::EntryKind;

constexpr std::uint32_t kNanosecondsPerSecond = 1'000'000'000;

// umask(2) can only be read by changing it, which other threads would notice.
std::optional<std::uint16_t> current_umask() {
  const io::FileDescriptor status(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
  char text[4096];
  if (!status) return std::nullopt;
  const auto count = io::read_some(status.get(), MutableBytes(reinterpret_cast<std::uint8_t*>(text), sizeof text), "");
  if (!count) return std::nullopt;
  const std::string_view read(text, *count);
  constexpr std::string_view kKey = "\nUmask:\t";
  const std::size_t at = read.find(kKey);
  unsigned mask = 0;
  if (at == std::string_view::npos ||
      std::from_chars(read.data() + at + kKey.size(), read.data() + read.size(), mask, 8).ec != std::errc{})
    return std::nullopt;
  return static_cast<std::uint16_t>(mask & 0777U);
}

bool is_acl(std::string_view name) noexcept {
  return name == kAccessAcl || name == kDefaultAcl;
}

bool has_xattr(const Metadata& metadata, std::string_view name) noexcept {
  return std::ranges::find(metadata.xattrs, name, &Xattr::name) != metadata.xattrs.end();
}

int change_mode(Place place, mode_t mode) {
  const int status = *place.name == '\0' ? ::fchmod(place.directory, mode)
                                         : ::fchmodat(place.directory, place.name, mode, AT_SYMLINK_NOFOLLOW);
  return status < 0 ? errno : 0;
}

}  // namespace

MetadataWriter::MetadataWriter(const RestoreOptions& options)
    : options_(options),
      owners_(options.owners.value_or(::geteuid() == 0)),
      is_root_(::geteuid() == 0),
      user_(::geteuid()),
      group_(::getegid()),
      umask_(current_umask()) {}

std::uint16_t MetadataWriter::created_mode(std::uint16_t mode, bool inherited_acl) const noexcept {
  if (!umask_ || inherited_acl) return kUnknownMode;
  return static_cast<std::uint16_t>(mode & 0777U & ~unsigned{*umask_});
}

std::uint32_t MetadataWriter::number_of(Numbers& known, std::string_view name, std::uint32_t number,
                                        std::optional<std::uint32_t> (*look_up)(const std::string&)) {
  if (name.empty() || name.find('\0') != std::string_view::npos) return number;
  const std::lock_guard lock(names_mutex_);
  const auto [at, is_new] = known.try_emplace(std::string(name));
  if (is_new) at->second = look_up(at->first);
  return at->second.value_or(number);
}

Metadata MetadataWriter::resolve(const Metadata& metadata) {
  Metadata resolved = metadata;
  resolved.user_name = {};
  resolved.group_name = {};
  if (!owners_ || options_.numeric_owners) return resolved;
  resolved.uid = number_of(user_numbers_, metadata.user_name, metadata.uid, user_number_of);
  resolved.gid = number_of(group_numbers_, metadata.group_name, metadata.gid, group_number_of);
  return resolved;
}

void MetadataWriter::apply(const Created& created, const Metadata& metadata) {
  const Ownership own = apply_owner(created, metadata);
  const bool has_xattrs = options_.xattrs && !metadata.xattrs.empty();
  const bool is_link = created.kind == EntryKind::symlink;
  Created now = created;
  if (has_xattrs) {
    // Attributes of the user's own can't be put on what the user may not write.
    if (!is_root_ && !is_link && (created.mode & 0200U) == 0 && change_mode(created.place, 0700) == 0) now.mode = 0700;
    apply_xattrs(now, metadata, false, own.user && own.group);
  }
  if (options_.modes && !is_link) {
    if (created.inherited_acl) drop_inherited_acl(now, metadata);
    const unsigned withheld = (own.user ? 0U : unsigned{S_ISUID}) | (own.group ? 0U : unsigned{S_ISGID});
    apply_mode(now, static_cast<std::uint16_t>(metadata.mode & 07777U & ~withheld));
  }
  if (has_xattrs) apply_xattrs(now, metadata, true, true);
  if (options_.times) apply_times(now, metadata);
}

MetadataWriter::Ownership MetadataWriter::apply_owner(const Created& created, const Metadata& metadata) {
  const bool matches = metadata.uid == user_ && metadata.gid == group_ && created.has_own_owner;
  if (matches) return {.user = true, .group = true};
  if (!owners_)
    return {.user = metadata.uid == user_ && created.has_own_owner,
            .group = metadata.gid == group_ && created.has_own_owner};
  const Place place = created.place;
  const int status = *place.name == '\0'
                         ? ::fchown(place.directory, metadata.uid, metadata.gid)
                         : ::fchownat(place.directory, place.name, metadata.uid, metadata.gid, AT_SYMLINK_NOFOLLOW);
  if (status < 0) warn(errno, "can't give it to its owner", created.path);
  return {.user = status == 0, .group = status == 0};
}

void MetadataWriter::apply_mode(const Created& created, std::uint16_t mode) {
  if (created.mode == mode) return;
  if (const int error = change_mode(created.place, mode); error != 0)
    warn(error, "can't set its permissions", created.path);
}

void MetadataWriter::drop_inherited_acl(const Created& created, const Metadata& metadata) {
  for (const std::string_view name : {kAccessAcl, kDefaultAcl}) {
    if (has_xattr(metadata, name) || (name == kDefaultAcl && created.kind != EntryKind::directory)) continue;
    const int error = remove_xattr(created.place, name.data());
    if (error != 0 && error != ENODATA && error != ENOTSUP)
      warn(error, "can't remove the ACL it has from its directory", created.path);
  }
}

void MetadataWriter::apply_xattrs(const Created& created, const Metadata& metadata, bool acls, bool trusted) {
  std::string name;
  for (const Xattr& xattr : metadata.xattrs) {
    if (is_acl(xattr.name) != acls || format::is_package_attribute(xattr.name)) continue;
    name = xattr.name;
    // Capabilities are as good as set-user-id: only for the owner they were meant for.
    int error = name.find('\0') != std::string::npos ? EINVAL : !trusted && name == "security.capability" ? EPERM : 0;
    if (error == 0) error = set_xattr(created.place, name.c_str(), xattr.value);
    if (error != 0) warn(error, "can't restore its attribute " + name, created.path);
  }
}

void MetadataWriter::apply_times(const Created& created, const Metadata& metadata) {
  if (metadata.mtime_nanoseconds >= kNanosecondsPerSecond) return warn(EINVAL, "its time is not one", created.path);
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                             {.tv_sec = metadata.mtime_seconds, .tv_nsec = metadata.mtime_nanoseconds}};
  const Place place = created.place;
  const int status = *place.name == '\0' ? ::futimens(place.directory, times)
                                         : ::utimensat(place.directory, place.name, times, AT_SYMLINK_NOFOLLOW);
  if (status < 0) warn(errno, "can't set its time", created.path);
}

void MetadataWriter::warn(Error warning) {
  if (!options_.on_warning) return;
  const std::lock_guard lock(warning_mutex_);
  options_.on_warning(warning);
}

void MetadataWriter::warn(int error_number, std::string message, std::string_view path) {
  warn(io::system_error(error_number, message, path));
}

}  // namespace npk::tree
