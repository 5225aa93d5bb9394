// How FileStream reads: runs, then chunks by stream position, then blocks through the cache.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "package/reader/impl.h"

namespace npk {

class FileStream::Impl {
 public:
  // `entry` is a regular file of this package.
  Impl(std::shared_ptr<const PackageReader::Impl> package, Entry entry);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  [[nodiscard]] bool is_closed() const noexcept { return package_ == nullptr; }
  [[nodiscard]] Result<std::size_t> read(MutableBytes out);
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const;
  [[nodiscard]] Result<void> seek(std::uint64_t offset);
  void close() noexcept;

 private:
  struct Piece {
    std::size_t offset_in_block;
    std::size_t length;
  };
  // What a read takes from one block.
  struct Span {
    reader::BlockLocation block;
    std::vector<Piece> pieces;
    std::size_t length = 0;
    std::size_t needed_bytes = 0;  // of the block, from its start
  };
  static constexpr std::uint64_t kUnknown = UINT64_MAX;

  [[nodiscard]] Result<void> fill(std::uint64_t offset, MutableBytes out) const;
  [[nodiscard]] Result<void> read_run(std::size_t run, std::uint64_t offset_in_run, MutableBytes out) const;
  [[nodiscard]] Result<std::uint64_t> stream_position_of(std::size_t run) const;
  [[nodiscard]] Result<Span> span_at(std::uint64_t stream_position, std::size_t wanted) const;
  [[nodiscard]] Result<void> read_stream(std::uint64_t stream_position, MutableBytes out) const;

  std::shared_ptr<const PackageReader::Impl> package_;  // null: closed
  Entry entry_;
  std::span<const format::Run> runs_;
  std::vector<std::uint64_t> run_ends_;                          // offsets in the content
  std::unique_ptr<std::atomic<std::uint64_t>[]> run_positions_;  // of each run's first chunk, once asked for
  std::uint64_t size_;
  std::uint64_t position_ = 0;
};

}  // namespace npk
