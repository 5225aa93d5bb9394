// The disks that a crash can leave behind, from a recording: what was synced is there, of what was not, anything may be: whole, torn into
// sectors, or lost, in any combination. After Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014), without any promise of a
// file system beyond POSIX: an entry of a directory is durable once the directory is synced, and entries get there in order.
#pragma once

#include <functional>
#include <random>
#include <span>

#include "crash/recorded_io.h"

namespace npk::testing {

class CrashStates {
 public:
  CrashStates(Disk before, std::span<const FileOperation> operations, std::uint64_t seed)
      : durable_(std::move(before)), operations_(operations), random_(seed) {}

  // Calls `visit` with at most `most_a_point` disks for a crash before each operation, and behind the last.
  void for_each(std::size_t most_a_point, const std::function<void(const Disk&)>& visit);

 private:
  using Pending = std::vector<const FileOperation*>;

  void crash_here(std::size_t most, const std::function<void(const Disk&)>& visit);
  [[nodiscard]] Disk some_of_it(const std::function<bool()>& is_kept, bool torn);
  void apply_torn(Disk& disk, const FileOperation& write);
  void settle(const FileOperation& operation);

  Disk durable_;
  std::span<const FileOperation> operations_;
  Pending pending_;  // since the sync that would have made it durable
  std::mt19937_64 random_;
};

}  // namespace npk::testing
