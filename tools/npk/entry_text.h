// Entries as lines: `ls -l` as tar has it, and JSON.
#pragma once

#include <string>
#include <unordered_map>

#include "npk/entry.h"

namespace npk::tools {

// "drwxr-xr-x": the kind, nine letters, set-id and sticky bits.
[[nodiscard]] std::string mode_text(EntryKind kind, std::uint16_t mode);
[[nodiscard]] std::string_view kind_name(EntryKind kind) noexcept;  // "file", "directory", …: as in JSON

// Lines of `list -l`, one after another: columns widen as tar's do, and a later name of a linked file says what it is a link to.
class LongLines {
 public:
  // `path` is written as it is.
  void append(std::string& out, const EntryRow& row, std::string_view path);

 private:
  std::string_view local_time(std::int64_t seconds);
  [[nodiscard]] const std::string* leader_of(const EntryRow& row);

  std::size_t width_ = 19;                  // of owner and size together
  std::int64_t last_minute_ = INT64_MIN;
  std::string last_time_;
  std::unordered_map<std::uint64_t, std::string> leaders_;  // by link group
};

// One object; `digest` only for regular files.
void append_json_entry(std::string& out, const EntryRow& row, const Digest* digest);

}  // namespace npk::tools
