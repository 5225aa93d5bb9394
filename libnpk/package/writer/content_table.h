// What became of each entry's content: where its chunks are. 16 bytes an entry; more only for those of several runs or chunks.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "package/writer/batch.h"

namespace npk::writer {

// Not thread-safe.
class ContentTable {
 public:
  explicit ContentTable(std::uint64_t entry_count) : contents_(entry_count) {}

  void set(const CompletedEntry& entry);
  void set_failed(std::uint64_t entry) noexcept { contents_[entry].state = State::failed; }
  [[nodiscard]] bool has_failed(std::uint64_t entry) const noexcept { return contents_[entry].state == State::failed; }
  // Size, runs and digest of a regular file into `row`; runs are kept in `runs`.
  void describe(std::uint64_t entry, format::EntryRow& row, std::vector<format::Run>& runs) const;

 private:
  enum class State : std::uint8_t { empty, one_chunk, rich, failed };
  struct Content {
    std::uint64_t size = 0;
    std::uint32_t first = 0;  // chunk number, or index into rich_
    State state = State::empty;
  };
  struct Rich {
    std::vector<format::Run> runs;
    std::optional<Digest> digest;
  };
  std::vector<Content> contents_;
  std::vector<Rich> rich_;
};

}  // namespace npk::writer
