#include "entry_text.h"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>

#include "json_text.h"
#include "npk/format/entry_attributes.h"
#include "npk/ops/hash.h"
#include "npk/ops/tags.h"

namespace npk::tools {
namespace {

char kind_letter(EntryKind kind) noexcept {
  switch (kind) {
    case EntryKind::regular: return '-';
    case EntryKind::directory: return 'd';
    case EntryKind::symlink: return 'l';
    case EntryKind::character_device: return 'c';
    case EntryKind::block_device: return 'b';
    case EntryKind::fifo: return 'p';
  }
  return '?';
}

bool is_device(EntryKind kind) noexcept { return kind == EntryKind::character_device || kind == EntryKind::block_device; }
std::uint32_t major_of(std::uint64_t device) noexcept { return static_cast<std::uint32_t>(device >> 32); }
std::uint32_t minor_of(std::uint64_t device) noexcept { return static_cast<std::uint32_t>(device); }

void append_owner(std::string& out, std::string_view name, std::uint64_t number) {
  if (name.empty()) out += std::to_string(number);
  else out += name;
}

void append_number(std::string& out, std::string_view name, std::uint64_t value) {
  out += ",\"";
  out += name;
  out += "\":";
  out += std::to_string(value);
}

void append_optional_name(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out += ',';
  append_json_name(out, name, text);
}

bool is_tag_or_comment(const format::Xattr& xattr) {
  return xattr.name.starts_with(format::kEntryTagPrefix) || xattr.name == format::kEntryCommentName;
}

void append_json_tags(std::string& out, const EntryRow& row) {
  const ops::Tags tags = ops::own_tags(row);
  if (!tags.empty()) out += ",\"tags\":{";
  for (const auto& [key, value] : tags) {
    if (out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':';
    append_json_string(out, value);
  }
  if (!tags.empty()) out += '}';
  if (const auto comment = ops::comment_of(row)) {
    out += ",\"comment\":";
    append_json_string(out, *comment);
  }
}

void append_json_xattrs(std::string& out, std::span<const format::Xattr> xattrs) {
  if (std::ranges::all_of(xattrs, is_tag_or_comment)) return;
  out += ",\"xattrs\":[";
  for (const format::Xattr& xattr : xattrs) {
    if (is_tag_or_comment(xattr)) continue;
    if (out.back() != '[') out += ',';
    out += '{';
    append_json_name(out, "name", xattr.name);
    out += ",\"value_base64\":\"" + base64(xattr.value) + "\"}";
  }
  out += ']';
}

void append_json_content(std::string& out, const EntryRow& row, const Digest* digest) {
  if (row.kind == EntryKind::regular) append_number(out, "size", row.size);
  if (digest != nullptr) out += ",\"digest\":\"" + ops::hex_of(*digest) + '"';
  if (row.kind == EntryKind::symlink) {
    out += ',';
    append_json_name(out, "target", row.target);
  }
  if (is_device(row.kind)) {
    append_number(out, "device_major", major_of(row.device));
    append_number(out, "device_minor", minor_of(row.device));
  }
  if (row.link_group != 0) append_number(out, "link_group", row.link_group);
}

}  // namespace

std::string mode_text(EntryKind kind, std::uint16_t mode) {
  std::string text(1, kind_letter(kind));
  constexpr std::string_view kLetters = "rwxrwxrwx";
  for (std::size_t i = 0; i < kLetters.size(); ++i) text += (mode >> (8 - i) & 1) != 0 ? kLetters[i] : '-';
  const auto special = [&](std::uint16_t bit, std::size_t at, char letter) {
    if ((mode & bit) != 0) text[at] = text[at] == 'x' ? letter : static_cast<char>(letter - 'a' + 'A');
  };
  special(04000, 3, 's');
  special(02000, 6, 's');
  special(01000, 9, 't');
  return text;
}

std::string_view kind_name(EntryKind kind) noexcept {
  switch (kind) {
    case EntryKind::regular: return "file";
    case EntryKind::directory: return "directory";
    case EntryKind::symlink: return "symlink";
    case EntryKind::character_device: return "character_device";
    case EntryKind::block_device: return "block_device";
    case EntryKind::fifo: return "fifo";
  }
  return "unknown";
}

std::string_view LongLines::local_time(std::int64_t seconds) {
  const std::int64_t minute = seconds / 60 - (seconds % 60 < 0 ? 1 : 0);  // zones are whole minutes
  if (minute == last_minute_) return last_time_;
  const auto time = static_cast<std::time_t>(seconds);
  std::tm local{};
  if (::localtime_r(&time, &local) == nullptr) return "??????????";
  last_minute_ = minute;
  last_time_ = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", local.tm_year + 1900LL, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min);
  return last_time_;
}

const std::string* LongLines::leader_of(const EntryRow& row) {
  if (row.link_group == 0) return nullptr;
  const auto [leader, is_new] = leaders_.try_emplace(row.link_group, row.path);
  return is_new ? nullptr : &leader->second;
}

void LongLines::append(std::string& out, const EntryRow& row, std::string_view path) {
  const std::string* leader = leader_of(row);
  out += mode_text(row.kind, row.mode);
  if (leader != nullptr) out[out.size() - 10] = 'h';
  out += ' ';
  std::string owner;
  append_owner(owner, row.user_name, row.uid);
  owner += '/';
  append_owner(owner, row.group_name, row.gid);
  const std::string size = is_device(row.kind) ? fmt::format("{},{}", major_of(row.device), minor_of(row.device)) : std::to_string(row.size);
  width_ = std::max(width_, owner.size() + 1 + size.size());
  out += owner;
  out.append(width_ - owner.size() - size.size(), ' ');
  out += size;
  out += ' ';
  out += local_time(row.mtime_seconds);
  out += ' ';
  out += path;
  if (row.kind == EntryKind::directory) out += '/';
  if (leader != nullptr) out += " link to " + *leader;
  else if (row.kind == EntryKind::symlink) out.append(" -> ").append(row.target);
}

void append_json_entry(std::string& out, const EntryRow& row, const Digest* digest) {
  out += '{';
  append_json_name(out, "path", row.path);
  out += ",\"kind\":\"";
  out += kind_name(row.kind);
  out += fmt::format("\",\"mode\":\"{:04o}\"", row.mode);
  append_number(out, "uid", row.uid);
  append_number(out, "gid", row.gid);
  append_optional_name(out, "user", row.user_name);
  append_optional_name(out, "group", row.group_name);
  out += ",\"mtime\":\"" + rfc3339(row.mtime_seconds, row.mtime_nanoseconds) + '"';
  append_json_content(out, row, digest);
  append_json_tags(out, row);
  append_json_xattrs(out, row.xattrs);
  out += '}';
}

}  // namespace npk::tools
