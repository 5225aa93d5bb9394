#include "tree/extract_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>

#include "io/file_lock.h"
#include "npk/bytes.h"
#include "npk/format/crc32c.h"

namespace npk::tree {
namespace {

constexpr std::string_view kName = "/.npk-resume";
constexpr std::size_t kMostBytes = 4096;
constexpr int kMostTicks = 3000;  // of a millisecond: some file systems count time in steps of two seconds

// Another after each start of the machine.
std::string boot() {
  std::array<char, 64> text{};
  const io::FileDescriptor file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  const ssize_t count = file ? ::read(file.get(), text.data(), text.size()) : 0;
  return std::string(text.data(), count > 1 ? static_cast<std::size_t>(count - 1) : 0);
}

struct JournalRecord {
  std::string what, boot;
  Moment begun;

  [[nodiscard]] std::string text() const {
    std::string lines = "npk-extract 1\n" + what + "\n" + boot + "\n" + std::to_string(begun.seconds) + " " + std::to_string(begun.nanoseconds) + "\n";
    std::array<char, 16> checksum;
    std::snprintf(checksum.data(), checksum.size(), "%08x\n", static_cast<unsigned>(format::crc32c(as_bytes(lines))));
    return lines.append(checksum.data());
  }
};

// Nothing: it was not written whole, so nothing was extracted yet.
std::optional<JournalRecord> parse(const std::string& text) {
  std::array<std::string, 4> lines;
  std::size_t at = 0;
  for (std::string& line : lines) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return std::nullopt;
    line = text.substr(at, end - at);
    at = end + 1;
  }
  JournalRecord record{.what = lines[1], .boot = lines[2], .begun = {}};
  const char* const end = lines[3].data() + lines[3].size();
  const auto [space, wrong] = std::from_chars(lines[3].data(), end, record.begun.seconds);
  if (wrong != std::errc{} || space == end) return std::nullopt;
  std::from_chars(space + 1, end, record.begun.nanoseconds);
  if (record.text() != text) return std::nullopt;
  return record;
}

// A moment of the file system's clock behind everything that is there now: its steps are milliseconds, or seconds.
Result<Moment> moment_after_now(int file, const std::string& path) {
  const Moment now = last_change(file);
  for (int tick = 0; tick < kMostTicks; ++tick) {
    NPK_TRY(io::write_fully_at(file, 0, as_bytes(std::string_view("\n")), path));
    if (const Moment later = last_change(file); later > now) return later;
    const timespec wait{.tv_sec = 0, .tv_nsec = 1'000'000};
    ::nanosleep(&wait, nullptr);
  }
  return now;
}

}  // namespace

Result<ExtractJournal> ExtractJournal::open(const std::string& directory, const std::string& what) {
  ExtractJournal journal;
  journal.path_ = directory + std::string(kName);
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  journal.file_.reset(::open(journal.path_.c_str(), kFlags, 0600));
  struct stat status {};
  if (!journal.file_ || ::fstat(journal.file_.get(), &status) < 0) return io::fail_system(errno, "can't create", journal.path_);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || status.st_nlink != 1)
    return std::unexpected(Error{.code = Errc::io, .message = "is in the way: not a file that was left by this user", .path = journal.path_});
  NPK_TRY(io::lock_for_writing(journal.file_.get(), journal.path_));
  std::string text(kMostBytes, '\0');
  const MutableBytes room(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  NPK_ASSIGN(const std::size_t count, io::read_fully_at(journal.file_.get(), 0, room, journal.path_));
  text.resize(count);
  if (const auto before = parse(text)) {
    if (before->what != what)
      return std::unexpected(Error{.code = Errc::misuse,
                                   .message = "a run was stopped here that extracted another package, or another state of it (" + before->what +
                                              "; now " + what + "): go on with that one, or remove this file",
                                   .path = journal.path_});
    journal.begun_ = before->begun;
    journal.is_trusted_ = before->boot == boot();
    return journal;
  }
  NPK_ASSIGN(journal.begun_, moment_after_now(journal.file_.get(), journal.path_));
  const std::string record = JournalRecord{.what = what, .boot = boot(), .begun = journal.begun_}.text();
  if (::ftruncate(journal.file_.get(), 0) < 0) return io::fail_system(errno, "can't write", journal.path_);
  NPK_TRY(io::write_fully_at(journal.file_.get(), 0, as_bytes(record), journal.path_));
  NPK_TRY(io::sync_if_possible(journal.file_.get(), journal.path_));
  return journal;
}

Result<void> ExtractJournal::remove() {
  if (::unlink(path_.c_str()) == 0 || errno == ENOENT) return {};
  return io::fail_system(errno, "can't remove", path_);
}

}  // namespace npk::tree
