// Puts metadata on entries already created. Any thread.
#pragma once

#include <sys/types.h>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tree/restore.h"
#include "tree/xattr.h"

namespace npk::tree {

inline constexpr std::uint16_t kUnknownMode = 0xffff;

// An entry and what is known of it without asking the system.
struct Created {
  Place place;  // an empty name: the descriptor itself, which is not O_PATH
  format::EntryKind kind;
  std::string_view path;  // for warnings
  std::uint16_t mode = kUnknownMode;
  bool has_own_owner = false;  // uid and gid are this process's effective ones
  bool inherited_acl = false;  // its directory has a default ACL
};

class MetadataWriter {
 public:
  explicit MetadataWriter(const RestoreOptions& options);

  // The permission bits a new entry has when created with `mode`: less the umask, unless an ACL decides.
  [[nodiscard]] std::uint16_t created_mode(std::uint16_t mode, bool inherited_acl) const noexcept;
  [[nodiscard]] std::uint32_t group() const noexcept { return group_; }
  // With uid and gid as they are to be on this system, and without the names.
  [[nodiscard]] Metadata resolve(const Metadata& metadata);
  // `metadata` has been resolved. What fails is a warning.
  void apply(const Created& created, const Metadata& metadata);
  void warn(Error warning);
  void warn(int error_number, std::string message, std::string_view path);

 private:
  using Numbers = std::unordered_map<std::string, std::optional<std::uint32_t>>;
  struct Ownership {
    bool user;
    bool group;
  };

  [[nodiscard]] std::uint32_t number_of(Numbers& known, std::string_view name, std::uint32_t number,
                                        std::optional<std::uint32_t> (*look_up)(const std::string&));
  [[nodiscard]] Ownership apply_owner(const Created& created, const Metadata& metadata);
  void apply_mode(const Created& created, std::uint16_t mode);
  void apply_xattrs(const Created& created, const Metadata& metadata, bool acls, bool trusted);
  void drop_inherited_acl(const Created& created, const Metadata& metadata);
  void apply_times(const Created& created, const Metadata& metadata);

  const RestoreOptions& options_;
  bool owners_;
  bool is_root_;
  std::uint32_t user_;
  std::uint32_t group_;
  std::optional<std::uint16_t> umask_;
  std::mutex names_mutex_;
  Numbers user_numbers_;
  Numbers group_numbers_;
  std::mutex warning_mutex_;
};

}  // namespace npk::tree
