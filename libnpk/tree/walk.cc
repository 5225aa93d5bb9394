#include "tree/walk.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

#include "tree/long_path.h"
#include "tree/stored_path.h"

namespace npk::tree {
namespace {

io::FileDescriptor open_root(const Stretch& place) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  return io::FileDescriptor(::openat(place.directory, place.path.c_str(), kFlags));
}

}  // namespace

Result<void> Walker::add_root(std::uint32_t base, const std::string& given) {
  StoredPrefix prefix = stored_prefix(given);
  path_ = prefix.path.empty() ? given : prefix.path;  // for messages until the prefix counts
  if (prefix.dropped_leading) note(Errc::unsupported, "stored without the leading part of '" + given + "'");
  if (filter_.excludes_within(prefix.path)) return {};
  const Stretch place = approach(roots_.bases[base].get(), given);
  FoundEntry found;
  if (place.directory == -1 ||
      ::fstatat(place.directory, place.path.c_str(), &found.status, AT_SYMLINK_NOFOLLOW) < 0) {
    const int error = errno;
    path_ = given;
    problem(error, error == ENOENT ? "no such file or directory" : "can't be read");
    return {};
  }
  path_ = prefix.path;
  found.included = filter_.includes_within(path_);
  found.verdict = filter_.judge(found.status, found.included, path_.size());
  std::vector<FoundDetails> details;
  if (found.verdict == Verdict::listed)
    queue_.reader().read_details(place.directory, place.path.c_str(), found, details);
  const auto first = static_cast<std::uint32_t>(store_.records.size());
  NPK_ASSIGN(const std::optional<std::uint32_t> number, take(path_, Record::kNoParent, found, details));
  if (store_.records.size() != first) roots_.roots.push_back({.record = first, .base = base, .given = given});
  if (!number || !S_ISDIR(found.status.st_mode)) return {};
  NPK_TRY(enter_root(open_root(place), *number, found));
  return walk();
}

Result<void> Walker::enter_root(io::FileDescriptor directory, std::uint32_t record, const FoundEntry& found) {
  root_ = std::move(directory);
  if (!root_) {
    problem(errno, "can't be opened");
    return {};
  }
  auto listing = std::make_unique<Listing>();
  root_path_ = path_;
  listing->name = root_path_.c_str();
  listing->root = root_.get();
  listing->root_device = listing->device = found.status.st_dev;
  listing->inode = found.status.st_ino;
  listing->included = found.included;
  return enter(std::move(listing), record);
}

Result<void> Walker::enter(std::unique_ptr<Listing> listing, std::uint32_t record) {
  if (options_.stop.stop_requested()) return fail(Errc::cancelled, "the scan was stopped");
  queue_.take(*listing);
  if (listing->open_error != 0) {
    problem(listing->open_error, "can't be opened");
    return {};
  }
  if (listing->read_error != 0) problem(listing->read_error, "can't be read to its end");
  levels_.push_back({.listing = std::move(listing), .record = record, .path_bytes = path_.size()});
  return {};
}

Result<void> Walker::walk() {
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.next < level.listing->found.size())
      NPK_TRY(visit(level));
    else if (!go_on(level))
      levels_.pop_back();
  }
  return {};
}

// The next names of a large directory. False if there are none.
bool Walker::go_on(Level& level) {
  Listing& listing = *level.listing;
  queue_.passed(listing.found.size());
  level.next = level.next_child = 0;
  listing.found.clear();
  if (listing.read_to == listing.order.size()) return false;
  if (queue_.read_further(listing)) return true;
  path_.resize(level.path_bytes);
  problem(Error{.code = Errc::io, .message = "moved while being scanned; the rest of it is left out", .path = path_});
  return false;
}

Result<void> Walker::visit(Level& level) {
  Listing& listing = *level.listing;
  const FoundEntry& found = listing.found[level.next++];
  const char* const name = listing.name_of(found);
  path_.resize(level.path_bytes);
  if (!path_.empty()) path_ += '/';
  path_ += name;
  NPK_ASSIGN(const std::optional<std::uint32_t> number, take(name, level.record, found, listing.details));
  if (!number || !filter_.enters(found.status, listing.root_device)) return {};
  return enter(std::move(listing.children[level.next_child++]), *number);
}

Result<std::optional<std::uint32_t>> Walker::take(std::string_view name, std::uint32_t parent, const FoundEntry& found,
                                                  const std::vector<FoundDetails>& details) {
  if (found.verdict != Verdict::listed) {
    tell(found);
    return std::nullopt;
  }
  NPK_ASSIGN(const std::uint32_t number, add_record(name, parent, found.status));
  if (found.details != 0 && !add_details(number, details[found.details - 1])) return std::nullopt;
  if (found.included) keep(number);
  return number;
}

// Why an entry is not listed.
void Walker::tell(const FoundEntry& found) {
  switch (found.verdict) {
    case Verdict::unreadable:
      return problem(found.error_number,
                     found.error_number == ENOENT ? "vanished while being scanned" : "can't be read");
    case Verdict::own_package:
      return note(Errc::unsupported, "the package itself, left out");
    case Verdict::path_too_long:
      return problem(Error{.code = Errc::limit,
                           .message = "left out: its path is longer than the limit",
                           .path = path_.substr(0, 256)});
    case Verdict::socket:
      return note(Errc::unsupported, "a socket, left out");
    case Verdict::unknown_kind:
      return note(Errc::unsupported, "of an unknown kind, left out");
    case Verdict::listed:
    case Verdict::passed_over:
      return;
  }
}

}  // namespace npk::tree
