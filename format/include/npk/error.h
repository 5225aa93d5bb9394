// Errors as values. Every fallible call of npk returns Result<T>; no exception but std::bad_alloc crosses the API.
// The codes are stable: exit codes of the command and the C API map from them. New codes are only ever appended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace npk {

enum class Errc : std::uint8_t {
  io = 1,         // the operating system refused or failed (system_errno tells why)
  not_found,      // a named file or entry that must exist does not
  truncated,      // the data ends before its own description says it does
  corrupt,        // the data contradicts itself, a checksum or a hash
  trailing_data,  // bytes follow where the format allows none
  unsupported,    // well formed, but of a version, codec or feature this build does not know
  limit,          // a bound of Limits, or one the caller set, would be passed
  auth_failed,    // sealed data fails its authentication
  no_key,         // sealed, and no given key opens it
  misuse,         // the caller broke the contract; the object is unchanged
  exists,         // the target is already there
  cancelled,      // the stop token was triggered
  internal,       // a bug in npk
};

// "corrupt", "no_key", …: the code's own name. Valid for ever.
[[nodiscard]] std::string_view errc_name(Errc code) noexcept;

// What went wrong, where, and what to do about it. A value: copy and move freely; no shared state.
struct Error {
  Errc code = Errc::internal;
  std::string message;                 // one clear sentence without the place
  std::string path = {};               // the file or entry concerned; empty if none
  std::optional<std::uint64_t> offset = {};  // byte position in the file concerned
  int system_errno = 0;                // for Errc::io: errno; else 0

  // "PATH: at byte OFFSET: MESSAGE (strerror)", leaving out what is not known.
  [[nodiscard]] std::string to_string() const;

  Error&& at(std::uint64_t where) && { if (!offset) offset = where; return std::move(*this); }
  Error&& in(std::string_view where) && { if (path.empty()) path = where; return std::move(*this); }
};

}  // namespace npk
