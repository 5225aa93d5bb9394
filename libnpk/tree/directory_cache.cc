#include "tree/directory_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <ranges>

#include "tree/name_collision.h"
#include "tree/open_beneath.h"

namespace npk::tree {
namespace {

constexpr std::uint16_t kParentMode = 0777;  // of directories no entry describes
constexpr std::size_t kLongWay = 16;         // directories to pass through before the way is split
constexpr int kAttempts = 8;                 // against someone else's changes meanwhile

std::string_view parent_path(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::unexpected<Error> obstacle(std::string message, std::string path) {
  return std::unexpected<Error>(Error{.code = Errc::exists, .message = std::move(message), .path = std::move(path)});
}

bool has_default_acl(int directory) {
  Bytes value;
  return get_xattr({directory, ""}, kDefaultAcl.data(), value) == 0;
}

}  // namespace

Result<std::unique_ptr<DirectoryCache>> DirectoryCache::create(io::FileDescriptor top, const RestoreOptions& options,
                                                               MetadataWriter& metadata) {
  std::unique_ptr<DirectoryCache> cache(new DirectoryCache(options, metadata));
  struct stat status {};
  if (::fstat(top.get(), &status) < 0) return io::fail_system(errno, "can't use the target directory");
  if (!S_ISDIR(status.st_mode)) return io::fail_system(ENOTDIR, "the target is not a directory");
  cache->nodes_.emplace_back();
  cache->nodes_[kTop].handle = cache->make_handle(std::move(top), cache->nodes_[kTop], false);
  return cache;
}

Result<Directory> DirectoryCache::parent_of(std::string_view path) {
  const std::lock_guard lock(mutex_);
  NPK_ASSIGN(const Number number, locate_parent(path));
  return handle_of(number);
}

// What is in the way of a directory is in the way of each entry below: an error names the one that asked.
Result<DirectoryCache::Number> DirectoryCache::locate_parent(std::string_view path) {
  auto number = locate(parent_path(path));
  if (number || number.error().path == path) return number;
  Error error = std::move(number).error();
  error.message = "'" + error.path + "': " + error.message;
  error.path = path;
  return std::unexpected(std::move(error));
}

bool DirectoryCache::knows(std::string_view path) {
  const std::lock_guard lock(mutex_);
  Number at = kTop;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    const auto found = children_.find({at, name});
    if (found == children_.end()) return false;
    at = found->second;
    path.remove_prefix(std::min(path.size(), name.size() + 1));
  }
  return true;
}

Result<void> DirectoryCache::create_directory(std::string_view path, const Metadata& metadata) {
  const std::lock_guard lock(mutex_);
  NPK_ASSIGN(const Number parent, locate_parent(path));
  const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  const auto known = children_.find({parent, name});
  Number number = 0;
  if (known != children_.end()) {
    number = known->second;
  } else {
    const unsigned mode = options_.modes ? metadata.mode & 0777U : kParentMode;
    NPK_ASSIGN(number, add_child(parent, name, static_cast<std::uint16_t>(mode | 0700U)));
  }
  if (nodes_[number].created || options_.existing == Existing::overwrite) describe(number, metadata);
  return {};
}

Result<DirectoryCache::Number> DirectoryCache::locate(std::string_view path) {
  // Up from where the last entry was to the first directory that is on the way, so that neither depth nor entries that
  // come in order cost a look-up for every component.
  Number at = last_;
  std::string_view rest = path;
  std::string_view known = last_path_;
  while (!known.empty() && !(path.starts_with(known) && (path.size() == known.size() || path[known.size()] == '/'))) {
    known = parent_path(known);
    at = nodes_[at].parent;
  }
  rest.remove_prefix(std::min(rest.size(), known.empty() ? 0 : known.size() + 1));
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (const auto found = children_.find({at, name}); found != children_.end()) {
      at = found->second;
    } else {
      NPK_ASSIGN(at, add_child(at, name, kParentMode));
    }
  }
  last_path_ = path;
  last_ = at;
  return at;
}

Result<DirectoryCache::Number> DirectoryCache::add_child(Number parent, std::string_view name, std::uint16_t mode) {
  NPK_ASSIGN(const Directory in, handle_of(parent));
  const std::string_view stored = text_.store(std::string(name) + '\0').substr(0, name.size());
  NPK_ASSIGN(const bool created, make(in->descriptor.get(), stored.data(), mode, parent));
  if (created && in->inherits_acl) NPK_TRY(open_to_owner(in->descriptor.get(), stored.data(), path_of(parent, stored)));
  const auto number = static_cast<Number>(nodes_.size());
  Node node;
  node.parent = parent;
  node.name = stored;
  node.created = created;
  node.inherits_acl = created && in->inherits_acl;
  node.own_owner = created && in->group == metadata_.group();
  if (created && !in->passes_group_on) node.mode = metadata_.created_mode(mode, in->inherits_acl);
  nodes_.push_back(std::move(node));
  children_.emplace(Key{parent, stored}, number);
  return number;
}

// Whether it was created rather than found.
Result<bool> DirectoryCache::make(int parent, const char* name, std::uint16_t mode, Number in) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (::mkdirat(parent, name, mode) == 0) return true;
    if (errno != EEXIST) return io::fail_system(errno, "can't create the directory", path_of(in, name));
    NPK_ASSIGN(const bool adopted, adopt(parent, name, in));
    if (!adopted) continue;
    const bool is_own = options_.own_since && was_made_since(parent, name, *options_.own_since);
    if (is_own) NPK_TRY(open_to_owner(parent, name, path_of(in, name)));  // it may be finished, and closed to its owner
    return is_own;
  }
  return io::fail_system(EAGAIN, "something keeps changing what is there", path_of(in, name));
}

// A default ACL may take from the owner what creating entries in the directory needs.
Result<void> DirectoryCache::open_to_owner(int parent, const char* name, const std::string& path) {
  struct stat status {};
  if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(status.st_mode))
    return io::fail_system(EAGAIN, "something keeps changing what is there", path);
  if ((status.st_mode & S_IRWXU) == S_IRWXU) return {};
  if (::fchmodat(parent, name, (status.st_mode & 07777U) | S_IRWXU, AT_SYMLINK_NOFOLLOW) == 0) return {};
  return io::fail_system(errno, "can't open the directory to its owner", path);
}

// Whether a directory is there that can be used; if not, it is worth trying again.
Result<bool> DirectoryCache::adopt(int parent, const char* name, Number in) {
  struct stat status {};
  if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return false;
    return io::fail_system(errno, "can't tell what is there", path_of(in, name));
  }
  if (is_name_collision(parent, name, status))
    return obstacle("this file system takes its name for that of another entry", path_of(in, name));
  if (S_ISDIR(status.st_mode)) return true;
  if (options_.existing != Existing::overwrite)
    return obstacle(S_ISLNK(status.st_mode) ? "a symbolic link is there where a directory is to be; it is not followed"
                                            : "something else is there where a directory is to be",
                    path_of(in, name));
  if (::unlinkat(parent, name, 0) < 0 && errno != ENOENT)
    return io::fail_system(errno, "can't replace what is there", path_of(in, name));
  return false;
}

Result<Directory> DirectoryCache::handle_of(Number number) {
  Node& node = nodes_[number];
  node.used = ++tick_;
  if (node.handle) return node.handle;
  std::vector<Number> closed;
  Number from = number;
  for (; !nodes_[from].handle; from = nodes_[from].parent) closed.push_back(from);
  if (closed.size() > kLongWay) {
    // Opening what lies halfway too, and halfway from there, makes a way up through deep directories cheap.
    from = closed[closed.size() / 2];
    NPK_TRY(handle_of(from));
    closed.resize(closed.size() / 2);
  }
  nodes_[from].used = ++tick_;
  std::vector<std::string_view> names;
  for (const Number part : std::views::reverse(closed)) names.push_back(nodes_[part].name);
  bool path_only = false;
  io::FileDescriptor opened =
      open_beneath(nodes_[from].handle->descriptor.get(), names, options_.checked_walk, path_only);
  if (!opened && (errno == ELOOP || errno == ENOTDIR))
    return obstacle("a symbolic link or a file has taken the place of a directory; it is not followed",
                    path_of(number));
  if (!opened) return io::fail_system(errno, "can't open the directory", path_of(number));
  Directory handle = make_handle(std::move(opened), node, path_only);
  keep_open(number, handle);
  return handle;
}

Directory DirectoryCache::make_handle(io::FileDescriptor opened, const Node& node, bool path_only) const {
  auto handle = std::make_shared<DirectoryHandle>();
  struct stat status {};
  handle->group = ::fstat(opened.get(), &status) == 0 ? status.st_gid : ~metadata_.group();
  handle->passes_group_on = (status.st_mode & S_ISGID) != 0;
  handle->inherits_acl = node.created ? node.inherits_acl : has_default_acl(opened.get());
  handle->path_only = path_only;
  handle->descriptor = std::move(opened);
  return handle;
}

void DirectoryCache::keep_open(Number number, Directory handle) {
  if (open_.size() >= std::max<std::uint32_t>(1, options_.max_open_directories)) {
    const auto oldest = std::ranges::min_element(open_, {}, [this](Number n) { return nodes_[n].used; });
    nodes_[*oldest].handle.reset();
    *oldest = open_.back();
    open_.pop_back();
  }
  nodes_[number].handle = std::move(handle);
  open_.push_back(number);
}

void DirectoryCache::describe(Number number, const Metadata& metadata) {
  Node& node = nodes_[number];
  if (node.description == kNone) {
    node.description = static_cast<std::uint32_t>(described_.size());
    described_.emplace_back();
  }
  Described& described = described_[node.description];
  described = {.directory = number, .metadata = metadata, .xattrs = {}};
  described.metadata.xattrs = {};
  for (const Xattr& xattr : metadata.xattrs) {
    // Past what the kernel can hold it would fail in any case; cut, it still does.
    const std::string_view value = as_text(xattr.value).substr(0, TextArena::kPieceBytes);
    described.xattrs.push_back(
        {.name = text_.store(xattr.name.substr(0, TextArena::kLargestText)), .value = as_bytes(text_.store(value))});
  }
}

void DirectoryCache::apply_metadata() {
  const std::lock_guard lock(mutex_);
  // A directory's number is above that of the one it is in.
  std::ranges::sort(described_, std::ranges::greater{}, &Described::directory);
  for (const Described& described : described_) apply_metadata(described);
  described_.clear();
}

void DirectoryCache::apply_metadata(const Described& described) {
  const Node& node = nodes_[described.directory];
  const std::string path = path_of(described.directory);
  const bool by_itself = node.handle && !node.handle->path_only;
  auto handle = by_itself ? Result<Directory>(node.handle) : handle_of(node.parent);
  if (!handle) return metadata_.warn(std::move(handle).error().in(path));
  Metadata metadata = described.metadata;
  metadata.xattrs = described.xattrs;
  metadata_.apply(Created{.place = {(*handle)->descriptor.get(), by_itself ? "" : node.name.data()},
                          .kind = format::EntryKind::directory,
                          .path = path,
                          .mode = node.mode,
                          .has_own_owner = node.own_owner,
                          .inherited_acl = node.inherits_acl},
                  metadata);
}

std::string DirectoryCache::path_of(Number number, std::string_view name) const {
  std::vector<std::string_view> names;
  if (!name.empty()) names.push_back(name);
  for (; number != kTop; number = nodes_[number].parent) names.push_back(nodes_[number].name);
  std::string path;
  for (auto at = names.rbegin(); at != names.rend(); ++at) path.append(path.empty() ? "" : "/").append(*at);
  return path;
}

}  // namespace npk::tree
