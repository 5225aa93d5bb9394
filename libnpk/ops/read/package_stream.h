// A package from a pipe, frame by frame: keeps its blocks, takes its chunk pages, checks its commit and trailer, and
// hands out each manifest once what it names has come.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "npk/format/catalog.h"
#include "npk/format/commit.h"
#include "ops/read/stream_blocks.h"
#include "ops/read/stream_chunks.h"
#include "package/reader/frames/frame_walker.h"
#include "package/reader/tally.h"

namespace npk::ops {

// One thread. The source must outlive it.
class PackageStream {
 public:
  // Second argument: stored bytes of the package so far. An error ends everything.
  using TakeManifest = std::function<Result<void>(const format::CatalogPage&, std::uint64_t)>;

  PackageStream(SequentialSource& source, const Limits& limits, StreamBlocks blocks, std::stop_token stop,
                std::shared_ptr<const std::vector<Identity>> identities, Profile* profile = nullptr);

  [[nodiscard]] StreamChunks& chunks() noexcept { return chunks_; }
  [[nodiscard]] StreamBlocks& blocks() noexcept { return blocks_; }

  // First. Errors as decode_superblock, and auth_failed if identities are given for a package that is not sealed.
  [[nodiscard]] Result<void> open();
  // To the end of the package, or to what is wrong with it. Errors: take_manifest's, and cancelled.
  [[nodiscard]] Result<void> walk(const TakeManifest& take_manifest);
  // What is wrong with the package, if anything: said once all has been used that could be.
  [[nodiscard]] const std::optional<Error>& wrong() const noexcept { return wrong_; }
  [[nodiscard]] const format::Superblock& superblock() const noexcept { return superblock_; }  // once open
  [[nodiscard]] std::uint64_t position() const noexcept { return walker_.position(); }

 private:
  [[nodiscard]] Result<bool> next(reader::Frame& frame);
  [[nodiscard]] Result<void> take(reader::Frame& frame, const TakeManifest& take_manifest);
  [[nodiscard]] Result<void> judge(const reader::Frame& frame, Result<void> taken);
  [[nodiscard]] Result<void> take_chunk_page(const reader::Frame& frame);
  [[nodiscard]] Result<void> take_manifest_frame(const reader::Frame& frame, const TakeManifest& take_manifest);
  [[nodiscard]] Result<void> take_commit(const reader::Frame& frame);
  [[nodiscard]] Result<void> take_trailer(const reader::Frame& frame);
  [[nodiscard]] Result<void> check_totals() const;

  const std::string name_;
  const Limits limits_;
  const std::stop_token stop_;
  Profile* profile_;
  reader::FrameWalker walker_;
  StreamChunks chunks_;
  StreamBlocks blocks_;
  reader::Tally tally_;
  std::optional<format::FrameReference> commit_;  // the last
  format::Totals totals_;                         // of it
  bool is_one_of_several_ = false;
  std::optional<Error> wrong_;
  format::Superblock superblock_;
};

}  // namespace npk::ops
