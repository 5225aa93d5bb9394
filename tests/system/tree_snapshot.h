// A directory tree as text, one line an entry with everything POSIX keeps of it: two trees are the same if their snapshots are. Shares no code with npk.
#pragma once

#include <map>
#include <string>

namespace npk::testing {

struct SnapshotOptions {
  bool owners = true;
  bool privileged_xattrs = true;  // security.*, trusted.*
};

// Relative path to: type, mode, owners, times, link count within the tree and first name, size, holes, content, target, device, attributes.
// Sockets are left out. Copes with paths beyond PATH_MAX.
[[nodiscard]] std::map<std::string, std::string> snapshot(const std::string& directory, const SnapshotOptions& options = {});

// What differs, a line each; empty if nothing does.
[[nodiscard]] std::string difference(const std::map<std::string, std::string>& expected, const std::map<std::string, std::string>& found);

}  // namespace npk::testing
