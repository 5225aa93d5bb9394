// Digests of files of several chunks, computed while the chunks come by; what can't be (chunks used out of order, too many files at once)
// is read again at the end.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include "hash/hash.h"
#include "ops/read/verify_entries.h"

namespace npk::ops {

class FileDigests {
 public:
  // `tasks` sorted. Those of chunks that never come are left out: another part has them, or the damage is known.
  FileDigests(const PackageReader& reader, std::vector<DigestTask> tasks, DamageList& damages, Profile* profile = nullptr);
  ~FileDigests();

  // A chunk's bytes, its hash checked or its damage noted. One thread at a time.
  [[nodiscard]] Result<void> take(std::uint64_t chunk, ByteView bytes);
  // Last: reads what is left. Files that only consist of holes belong to the first part.
  [[nodiscard]] Result<void> finish(bool with_holes_only, unsigned threads, const std::stop_token& stop);

  [[nodiscard]] std::uint64_t computed() const noexcept { return computed_; }
  // Those with too many holes, of equal ones one.
  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  struct Active;
  [[nodiscard]] std::size_t same_content_end(std::size_t task) const;
  bool is_left_out(const Entry& entry);
  Result<void> begin(std::uint64_t chunk);
  Result<void> feed(std::unique_ptr<Active> file, ByteView bytes);
  Result<void> compare(std::size_t task, const Digest& computed);
  Result<void> read_again(std::size_t task, const std::stop_token& stop);

  const PackageReader& reader_;
  std::vector<DigestTask> tasks_;
  DamageList& damages_;
  Profile* profile_;
  std::multimap<std::uint64_t, std::unique_ptr<Active>> waiting_;  // by the chunk they need next
  std::vector<std::size_t> again_;                                 // tasks
  std::atomic<std::uint64_t> computed_ = 0;
  std::atomic<std::uint64_t> left_out_ = 0;
};

}  // namespace npk::ops
