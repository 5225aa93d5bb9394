// What an extraction has come to: counts, problems as they arise, progress.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "npk/ops/extract.h"

namespace npk::ops {

// Whether an error says that stored data is damaged (rather than refused, or the system's fault).
[[nodiscard]] bool is_damage(const Error& error) noexcept;
// Whether an error of writing an entry will meet all that follow: a full disk, no more memory or descriptors, …
[[nodiscard]] bool stops_everything(const Error& error) noexcept;

// Any thread; callbacks are serialized.
class ExtractReporter {
 public:
  explicit ExtractReporter(const ExtractOptions& options) : options_(options) {}

  void expect(std::uint64_t entries, std::uint64_t bytes);  // more to come
  void expect_unknown();                                    // a pipe: totals are never known
  void wrote(std::uint64_t bytes);                          // of content, as it is written
  void restored(std::uint64_t content_bytes);               // an entry, holes included
  void was_finished(std::uint64_t data_bytes);              // an entry, by a run before
  void passed_over();                                       // an entry, silently
  void failed(Error error, bool damaged);                   // an entry
  void lost(const Error& error, std::uint64_t entries);     // entries whose names are not even known
  void warned(const Error& warning);
  void unmatched(const std::string& glob);
  // The last progress; with `complete` everything counts as done.
  [[nodiscard]] ExtractReport finish(bool complete);

 private:
  void advance(std::uint64_t entries, std::uint64_t bytes);
  void tell(const Error& error);

  const ExtractOptions& options_;
  std::mutex mutex_;
  ExtractReport report_;
  Progress progress_;
  bool totals_known_ = true;
  std::chrono::steady_clock::time_point last_told_ = std::chrono::steady_clock::now();
};

}  // namespace npk::ops
