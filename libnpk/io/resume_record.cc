#include "io/resume_record.h"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdio>

#include "io/descriptor.h"
#include "npk/bytes.h"
#include "npk/files.h"
#include "npk/format/crc32c.h"

namespace npk::io {
namespace {

constexpr std::string_view kFirstLine = "npk-resume 1\n";
constexpr std::size_t kMostBytes = 4096;

}  // namespace

// Both lines, and the checksum of both as a third.
std::string resume_record(std::string_view text) {
  std::string record(kFirstLine);
  record.append(text).append("\n");
  std::array<char, 16> checksum;
  std::snprintf(checksum.data(), checksum.size(), "%08x\n", static_cast<unsigned>(format::crc32c(as_bytes(record))));
  return record.append(checksum.data());
}

std::optional<std::string> parse_resume_record(std::string_view record) {
  const std::size_t end = record.find('\n', kFirstLine.size());
  if (!record.starts_with(kFirstLine) || end == std::string_view::npos) return std::nullopt;
  const std::string_view text = record.substr(kFirstLine.size(), end - kFirstLine.size());
  if (record != resume_record(text)) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> read_resume_record(const std::string& record_path) {
  const FileDescriptor file(::open(record_path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return std::nullopt;
  std::string record(kMostBytes, '\0');
  const MutableBytes room(reinterpret_cast<std::uint8_t*>(record.data()), record.size());
  const Result<std::size_t> count = read_fully_at(file.get(), 0, room, record_path);
  if (!count) return std::nullopt;
  record.resize(*count);
  return parse_resume_record(record);
}

Result<void> write_resume_record(const std::string& record_path, std::string_view text) {
  NPK_ASSIGN(const std::unique_ptr<Sink> file, create_atomic_file(record_path));
  NPK_TRY(file->write(as_bytes(resume_record(text))));
  return file->commit();
}

Result<void> remove_resume_record(const std::string& record_path) {
  if (::unlink(record_path.c_str()) == 0 || errno == ENOENT) return {};
  return fail_system(errno, "can't remove", record_path);
}

}  // namespace npk::io
