// The directories a TreeWriter works in: which there are, how to reach them without following a link, and a bounded
// number of open descriptors. Any thread; one mutex.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/descriptor.h"
#include "tree/metadata_writer.h"
#include "tree/record_store.h"

namespace npk::tree {

// An open directory. Shared: stays open as long as someone works in it, also when the cache has let go of it.
struct DirectoryHandle {
  io::FileDescriptor descriptor;
  std::uint32_t group = 0;       // new entries may get it as theirs
  bool inherits_acl = false;     // it has a default ACL, which new entries get
  bool passes_group_on = false;  // set-group-id, which new directories get too
  bool path_only = false;        // may be entered but not read: O_PATH
};
using Directory = std::shared_ptr<const DirectoryHandle>;

class DirectoryCache {
 public:
  using Number = std::uint32_t;
  static constexpr Number kTop = 0;

  // Errors: `top` can't be read.
  [[nodiscard]] static Result<std::unique_ptr<DirectoryCache>> create(io::FileDescriptor top,
                                                                      const RestoreOptions& options,
                                                                      MetadataWriter& metadata);

  // The directory that holds the entry `path`, created if missing, with those above it.
  [[nodiscard]] Result<Directory> parent_of(std::string_view path);
  // Creates the directory, or finds it there; its metadata, already resolved, is kept for finish.
  [[nodiscard]] Result<void> create_directory(std::string_view path, const Metadata& metadata);
  // Whether this run has created, found or entered a directory with exactly this path.
  [[nodiscard]] bool knows(std::string_view path);
  // Puts the metadata on the directories, those within before those around. What fails is a warning.
  void apply_metadata();

 private:
  struct Described {
    Number directory;
    Metadata metadata;
    std::vector<Xattr> xattrs;  // views of text_
  };
  struct Node {
    Number parent = kTop;
    std::string_view name;   // in text_, ended by a zero byte
    Directory handle;        // none: not open
    std::uint64_t used = 0;  // the tick of the last use, while open
    std::uint32_t description = kNone;
    std::uint16_t mode = kUnknownMode;
    bool created = false;       // by this run
    bool inherits_acl = false;  // known if created
    bool own_owner = false;
  };
  struct Key {
    Number parent;
    std::string_view name;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<std::string_view>{}(key.name) ^ (std::size_t{key.parent} * 0x9e3779b97f4a7c15ULL);
    }
  };
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  DirectoryCache(const RestoreOptions& options, MetadataWriter& metadata) : options_(options), metadata_(metadata) {}

  [[nodiscard]] Result<Number> locate(std::string_view path);
  [[nodiscard]] Result<Number> locate_parent(std::string_view path);
  [[nodiscard]] Result<Number> add_child(Number parent, std::string_view name, std::uint16_t mode);
  [[nodiscard]] Result<bool> make(int parent, const char* name, std::uint16_t mode, Number in);
  [[nodiscard]] static Result<void> open_to_owner(int parent, const char* name, const std::string& path);
  [[nodiscard]] Result<bool> adopt(int parent, const char* name, Number in);
  [[nodiscard]] Result<Directory> handle_of(Number number);
  [[nodiscard]] io::FileDescriptor open_node(Number number);
  [[nodiscard]] Directory make_handle(io::FileDescriptor opened, const Node& node, bool path_only) const;
  void keep_open(Number number, Directory handle);
  void describe(Number number, const Metadata& metadata);
  void apply_metadata(const Described& described);
  [[nodiscard]] std::string path_of(Number number, std::string_view name = {}) const;

  const RestoreOptions& options_;
  MetadataWriter& metadata_;
  std::mutex mutex_;
  TextArena text_;
  std::vector<Node> nodes_;
  std::unordered_map<Key, Number, KeyHash> children_;
  std::vector<Number> open_;  // but for the top, which stays open
  std::vector<Described> described_;
  std::uint64_t tick_ = 0;
  std::string last_path_;  // of the last directory located: entries come in runs
  Number last_ = kTop;
};

}  // namespace npk::tree
