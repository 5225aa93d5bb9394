#include "io/volume_path.h"

#include <unistd.h>
#include <algorithm>
#include <cstdio>

#include "npk/files.h"

namespace npk::io {
namespace {

constexpr std::size_t kLeastDigits = 3, kMostDigits = 5;

std::unexpected<Error> named(Error error, const std::string& path) {
  error.path = path;
  return std::unexpected(std::move(error));
}

}  // namespace

std::string volume_path(const std::string& package, std::uint32_t number) {
  char digits[16];
  std::snprintf(digits, sizeof digits, ".%03u", number);
  return package + digits;
}

std::optional<std::string> package_of_volume(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos || dot == 0 || path[dot - 1] == '/') return std::nullopt;
  const std::string_view digits = std::string_view(path).substr(dot + 1);
  if (digits.size() < kLeastDigits || digits.size() > kMostDigits || (digits.size() > kLeastDigits && digits.front() == '0')) return std::nullopt;
  if (!std::ranges::all_of(digits, [](char digit) { return digit >= '0' && digit <= '9'; })) return std::nullopt;
  return path.substr(0, dot);
}

Result<format::VolumeHeader> read_volume_header(const std::string& path) {
  NPK_ASSIGN(const auto file, open_file_source(path));
  std::array<std::uint8_t, format::kVolumeHeaderBytes> bytes;
  NPK_ASSIGN(const std::size_t count, file->read_at(0, bytes));
  auto header = format::decode_volume_header(ByteView(bytes).first(count));
  if (!header) return named(header.error(), path);
  return header;
}

bool is_there(const std::string& path) noexcept { return ::access(path.c_str(), F_OK) == 0; }

bool is_in_volumes(const std::string& path) {
  if (!is_there(path)) return is_there(volume_path(path, 1));
  return package_of_volume(path) && read_volume_header(path);
}

Result<void> check_replaceable(const std::string& path) {
  if (!is_in_volumes(path)) return {};
  return named({.code = Errc::misuse, .message = "a package in several files is not replaced in place: give another name for the new one"}, path);
}

}  // namespace npk::io
