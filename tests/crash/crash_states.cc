#include "crash/crash_states.h"

#include <algorithm>
#include <utility>

namespace npk::testing {
namespace {

using Kind = FileOperation::Kind;
constexpr std::size_t kSectorBytes = 512;
constexpr std::size_t kMostEnumerated = 6;  // 2^6 combinations

bool is_of_directory(Kind kind) { return kind == Kind::create || kind == Kind::rename || kind == Kind::unlink; }

}  // namespace

void CrashStates::for_each(std::size_t most_a_point, const std::function<void(const Disk&)>& visit) {
  crash_here(most_a_point, visit);
  for (const FileOperation& operation : operations_) {
    settle(operation);
    crash_here(most_a_point, visit);
  }
}

void CrashStates::settle(const FileOperation& operation) {
  if (operation.kind != Kind::sync && operation.kind != Kind::sync_directory) {
    pending_.push_back(&operation);
    return;
  }
  std::erase_if(pending_, [&](const FileOperation* before) {
    const bool settled = operation.kind == Kind::sync ? !is_of_directory(before->kind) && before->file == operation.file : is_of_directory(before->kind);
    if (settled) durable_.apply(*before);
    return settled;
  });
}

void CrashStates::crash_here(std::size_t most, const std::function<void(const Disk&)>& visit) {
  visit(some_of_it([] { return true; }, false));
  if (pending_.empty()) return;
  visit(durable_);
  std::size_t visited = 2;
  if (pending_.size() <= kMostEnumerated) {
    for (std::size_t choice = 1; choice + 1 < (std::size_t{1} << pending_.size()) && visited < most; ++choice, ++visited) {
      std::size_t left = choice;
      visit(some_of_it([&] { return (std::exchange(left, left / 2) & 1) != 0; }, false));
    }
  }
  for (; visited < most; ++visited) {
    const unsigned likely = 1 + static_cast<unsigned>(random_() % 15);  // of 16
    visit(some_of_it([&] { return random_() % 16 < likely; }, visited % 2 == 0));
  }
}

// Entries of directories are journalled: once one is lost, so are all behind it.
Disk CrashStates::some_of_it(const std::function<bool()>& is_kept, bool torn) {
  Disk disk = durable_;
  bool directory_goes_on = true;
  for (const FileOperation* operation : pending_) {
    const bool kept = is_kept();
    if (is_of_directory(operation->kind)) {
      directory_goes_on = directory_goes_on && kept;
      if (directory_goes_on) disk.apply(*operation);
    } else if (kept) {
      disk.apply(*operation);
    } else if (torn && operation->kind == Kind::write) {
      apply_torn(disk, *operation);
    }
  }
  return disk;
}

void CrashStates::apply_torn(Disk& disk, const FileOperation& write) {
  for (std::size_t at = 0; at < write.bytes.size();) {
    const std::size_t length = std::min(kSectorBytes - (write.offset + at) % kSectorBytes, write.bytes.size() - at);
    if (random_() % 2 != 0) disk.apply({.kind = Kind::write, .file = write.file, .offset = write.offset + at, .bytes = write.bytes.substr(at, length)});
    at += length;
  }
}

}  // namespace npk::testing
