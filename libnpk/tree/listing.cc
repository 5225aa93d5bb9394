#include "tree/listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>

#include "npk/format/entry_attributes.h"
#include "tree/open_beneath.h"
#include "tree/xattr.h"

namespace npk::tree {
namespace {

constexpr std::size_t kDirectoryBufferBytes = 64 << 10;
constexpr std::size_t kEntriesAtOnce = 512;  // 170 bytes each: a directory of millions costs its names only

std::uint64_t prefix_of(const char* name) noexcept {
  std::uint64_t prefix = 0;
  int shift = 56;
  for (; *name != '\0' && shift >= 0; ++name, shift -= 8)
    prefix |= static_cast<std::uint64_t>(static_cast<unsigned char>(*name)) << shift;
  return prefix;
}

bool is_dot_or_dot_dot(const char* name) noexcept {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

// The names that lead from the root to the directory; the root's own is not among them.
std::vector<std::string_view> names_below_root(const Listing& listing) {
  std::vector<std::string_view> names;
  for (const Listing* at = &listing; at->parent != nullptr; at = at->parent) names.emplace_back(at->name);
  std::ranges::reverse(names);
  return names;
}

const Listing& root_of(const Listing& listing) noexcept {
  const Listing* at = &listing;
  while (at->parent != nullptr) at = at->parent;
  return *at;
}

// With a '/' at its end unless it is empty.
void write_stored_path(const Listing& listing, std::string& path) {
  path = root_of(listing).name;
  if (!path.empty()) path += '/';
  for (const std::string_view name : names_below_root(listing)) path.append(name).append("/");
}

std::unique_ptr<Listing> child_of(const Listing& parent, const FoundEntry& entry) {
  auto child = std::make_unique<Listing>();
  child->parent = &parent;
  child->name = parent.name_of(entry);
  child->root = parent.root;
  child->root_device = parent.root_device;
  child->device = entry.status.st_dev;
  child->inode = entry.status.st_ino;
  child->included = entry.included;
  return child;
}

}  // namespace

ListingReader::ListingReader(const ScanFilter& filter) : filter_(filter), buffer_(kDirectoryBufferBytes) {}

void ListingReader::read(Listing& listing) {
  const io::FileDescriptor directory = open(listing);
  if (!directory) {
    listing.open_error = errno;
    return;
  }
  read_names(directory.get(), listing);
  sort_names(listing);
  read_entries(directory.get(), listing);
}

bool ListingReader::read_further(Listing& listing) {
  const io::FileDescriptor directory = open(listing);
  struct stat status {};
  if (!directory || ::fstat(directory.get(), &status) < 0 || status.st_dev != listing.device ||
      status.st_ino != listing.inode)
    return false;
  read_entries(directory.get(), listing);
  return true;
}

io::FileDescriptor ListingReader::open(const Listing& listing) const {
  bool path_only = false;
  io::FileDescriptor opened =
      listing.parent == nullptr ? io::FileDescriptor(::openat(listing.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
                                : open_beneath(listing.root, names_below_root(listing), false, path_only);
  if (path_only) {
    opened.reset();
    errno = EACCES;
  }
  if (opened) ::fcntl(opened.get(), F_SETFL, O_NOATIME);  // where that is permitted
  return opened;
}

void ListingReader::read_names(int directory, Listing& listing) {
  for (;;) {
    const ssize_t count = ::getdents64(directory, buffer_.data(), buffer_.size());
    if (count < 0) listing.read_error = errno;
    if (count <= 0) return;
    for (ssize_t at = 0; at < count;) {
      // The kernel aligns the records; the buffer comes from operator new.
      const auto* item = reinterpret_cast<const dirent64*>(buffer_.data() + at);
      if (!is_dot_or_dot_dot(item->d_name)) listing.names.append(item->d_name, std::strlen(item->d_name) + 1);
      at += item->d_reclen;
    }
  }
}

void ListingReader::sort_names(Listing& listing) {
  const char* const names = listing.names.data();
  listing.order.reserve(static_cast<std::size_t>(std::ranges::count(listing.names, '\0')));
  for (std::size_t at = 0; at < listing.names.size(); at += std::strlen(names + at) + 1)
    listing.order.push_back({.prefix = prefix_of(names + at), .offset = at});
  std::ranges::sort(listing.order, [names](const Listing::NameKey& a, const Listing::NameKey& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    // Equal prefixes with a zero byte are equal names, which no directory has.
    return (a.prefix & 0xff) != 0 && std::strcmp(names + a.offset + 8, names + b.offset + 8) < 0;
  });
}

void ListingReader::read_entries(int directory, Listing& listing) {
  listing.found.clear();
  listing.details.clear();
  listing.children.clear();
  const std::size_t end = std::min(listing.order.size(), listing.read_to + kEntriesAtOnce);
  listing.found.reserve(end - listing.read_to);
  write_stored_path(listing, path_);
  directory_bytes_ = path_.size();
  while (listing.read_to < end) read_entry(directory, listing, listing.order[listing.read_to++].offset);
}

void ListingReader::read_entry(int directory, Listing& listing, std::uint64_t name_offset) {
  const char* const name = listing.names.c_str() + name_offset;
  path_.resize(directory_bytes_);
  path_ += name;
  if (filter_.excludes(path_)) return;
  FoundEntry entry;
  entry.name = name_offset;
  entry.included = listing.included || filter_.includes(path_);
  if (::fstatat(directory, name, &entry.status, AT_SYMLINK_NOFOLLOW) < 0) {
    entry.verdict = Verdict::unreadable;
    entry.error_number = errno;
  } else {
    entry.verdict = filter_.judge(entry.status, entry.included, path_.size());
  }
  if (entry.verdict == Verdict::passed_over) return;
  if (entry.verdict == Verdict::listed) {
    read_details(directory, name, entry, listing.details);
    if (filter_.enters(entry.status, listing.root_device)) listing.children.push_back(child_of(listing, entry));
  }
  listing.found.push_back(entry);
}

void ListingReader::read_details(int directory, const char* name, FoundEntry& entry,
                                 std::vector<FoundDetails>& details) {
  FoundDetails found;
  if (S_ISLNK(entry.status.st_mode)) read_target(directory, name, found);
  if (found.target_error == 0 && filter_.options().xattrs) read_xattrs(directory, name, found);
  if (found.target.empty() && found.target_error == 0 && found.xattrs.empty() && found.problems.empty()) return;
  details.push_back(std::move(found));
  entry.details = static_cast<std::uint32_t>(details.size());
}

void ListingReader::read_target(int directory, const char* name, FoundDetails& found) {
  char target[PATH_MAX];
  const ssize_t length = ::readlinkat(directory, name, target, sizeof target);
  if (length < 0)
    found.target_error = errno;
  else
    found.target.assign(target, static_cast<std::size_t>(length));
}

void ListingReader::read_xattrs(int directory, const char* name, FoundDetails& found) {
  const int listed = list_xattrs({directory, name}, xattr_names_);
  if (listed == ENOENT) return;  // opening it, or the next scan, will tell
  if (listed != 0) {
    found.problems.emplace_back(listed, "can't read its extended attributes");
    return;
  }
  std::uint64_t total_bytes = 0;
  for (std::string_view names = xattr_names_; !names.empty();) {
    const std::string one(names.substr(0, names.find('\0')));
    names.remove_prefix(one.size() + 1);
    if (format::is_package_attribute(one)) continue;
    Bytes value;
    const int error = get_xattr({directory, name}, one.c_str(), value);
    if (error == ENODATA || error == ENOTSUP) continue;  // removed meanwhile, or listed for show
    if (error != 0) {
      found.problems.emplace_back(error, "can't read its extended attribute " + one);
      continue;
    }
    total_bytes += one.size() + value.size();
    if (total_bytes > filter_.options().limits.max_xattr_bytes) {
      found.problems.emplace_back(0, "more extended attributes than the limit; the rest is left out");
      return;
    }
    found.xattrs.emplace_back(one, std::move(value));
  }
}

}  // namespace npk::tree
