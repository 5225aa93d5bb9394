#include "npk/ops/hash.h"

#include "hash/hash.h"

namespace npk::ops {
namespace {

// What the coreutils write for a byte of a name, or nullptr for the byte itself.
const char* escape_of(char byte) noexcept {
  switch (byte) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\\': return "\\\\";
    default: return nullptr;
  }
}

void append_escaped(std::string& out, std::string_view path) {
  for (const char byte : path) {
    if (const char* escape = escape_of(byte)) out += escape;
    else out += byte;
  }
}

}  // namespace

Result<Selected> for_each_digest(const PackageReader& package, const std::vector<std::string>& globs,
                                 const std::function<bool(const Entry&, const Digest&)>& visit) {
  Result<void> status;
  std::uint64_t files = 0;
  const auto visit_file = [&](const Entry& entry) {
    if (entry.row().kind != EntryKind::regular) return true;
    Result<Digest> digest = package.digest(entry);
    if (!digest) {
      status = std::unexpected(std::move(digest).error());
      return false;
    }
    ++files;
    return visit(entry, *digest);
  };
  NPK_ASSIGN(Selected selected, for_each_selected(package, globs, visit_file));
  NPK_TRY(std::move(status));
  selected.entries = files;
  return selected;
}

std::string hex_of(ByteView bytes) { return hash::hex_of(bytes); }

void append_digest_line(std::string& out, const Digest& digest, std::string_view path) {
  const bool escaped = path.find_first_of("\n\r\\") != std::string_view::npos;
  if (escaped) out += '\\';
  hash::append_hex(out, digest);
  out += "  ";
  if (escaped) append_escaped(out, path);
  else out += path;
  out += '\n';
}

}  // namespace npk::ops
