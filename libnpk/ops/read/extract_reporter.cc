#include "ops/read/extract_reporter.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace npk::ops {
namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(100);
constexpr std::array kStoppingErrnos = {ENOSPC, EDQUOT, EROFS, EIO, EMFILE, ENFILE, ENOMEM, ENODEV, ESTALE};

}  // namespace

bool is_damage(const Error& error) noexcept {
  return error.code == Errc::corrupt || error.code == Errc::truncated || error.code == Errc::limit ||
         error.code == Errc::trailing_data || error.code == Errc::auth_failed;
}

bool stops_everything(const Error& error) noexcept {
  if (error.code == Errc::cancelled || error.code == Errc::internal) return true;
  return error.code == Errc::io && std::ranges::find(kStoppingErrnos, error.system_errno) != kStoppingErrnos.end();
}

void ExtractReporter::expect(std::uint64_t entries, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (!totals_known_) return;
  progress_.total_entries += entries;
  progress_.total_bytes += bytes;
}

void ExtractReporter::expect_unknown() {
  const std::lock_guard lock(mutex_);
  totals_known_ = false;
}

void ExtractReporter::advance(std::uint64_t entries, std::uint64_t bytes) {
  progress_.done_entries += entries;
  progress_.done_bytes += bytes;
  if (!options_.progress) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_told_ < kProgressInterval) return;
  last_told_ = now;
  options_.progress(progress_);
}

void ExtractReporter::tell(const Error& error) {
  if (options_.problem) options_.problem(error);
}

void ExtractReporter::wrote(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  advance(0, bytes);
}

void ExtractReporter::restored(std::uint64_t content_bytes) {
  const std::lock_guard lock(mutex_);
  ++report_.entries;
  report_.bytes += content_bytes;
  advance(1, 0);
}

void ExtractReporter::was_finished(std::uint64_t data_bytes) {
  const std::lock_guard lock(mutex_);
  ++report_.entries;
  ++report_.finished_entries;
  advance(1, data_bytes);
}

void ExtractReporter::passed_over() {
  const std::lock_guard lock(mutex_);
  advance(1, 0);
}

void ExtractReporter::failed(Error error, bool damaged) {
  const std::lock_guard lock(mutex_);
  ++report_.failed_entries;
  report_.damaged_entries += damaged ? 1 : 0;
  tell(error);
  advance(1, 0);
}

void ExtractReporter::lost(const Error& error, std::uint64_t entries) {
  const std::lock_guard lock(mutex_);
  report_.failed_entries += entries;
  report_.damaged_entries += entries;
  tell(error);
}

void ExtractReporter::warned(const Error& warning) {
  const std::lock_guard lock(mutex_);
  ++report_.warnings;
  tell(warning);
}

void ExtractReporter::unmatched(const std::string& glob) {
  const std::lock_guard lock(mutex_);
  ++report_.unmatched_globs;
  tell({.code = Errc::not_found, .message = "matches nothing in the package", .path = glob});
}

ExtractReport ExtractReporter::finish(bool complete) {
  const std::lock_guard lock(mutex_);
  if (complete) {
    progress_.total_bytes = std::max(progress_.total_bytes, progress_.done_bytes);
    progress_.total_entries = std::max(progress_.total_entries, progress_.done_entries);
    progress_.done_bytes = progress_.total_bytes;
    progress_.done_entries = progress_.total_entries;
  }
  if (options_.progress) options_.progress(progress_);
  return report_;
}

}  // namespace npk::ops
