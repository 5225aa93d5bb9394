// A package with its history, locked, to be written anew; and the writing of it. What compact and purge share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/appended_file.h"
#include "npk/ops/compact.h"
#include "npk/writer.h"
#include "ops/write/removal.h"
#include "ops/write/rewrite/live_chunks.h"
#include "package/reader/history.h"
#include "package/reader/signatures.h"

namespace npk::ops {

class RewrittenPackage {
 public:
  // An unfinished end is cut off first, unless nothing is to be changed (dry run: truncated then).
  [[nodiscard]] static Result<std::unique_ptr<RewrittenPackage>> open(const std::string& path, const RewriteOptions& options);

  [[nodiscard]] const PackageReader& reader() const noexcept { return reader_; }
  // Newest first.
  [[nodiscard]] const std::vector<reader::PlacedCommit>& history() const noexcept { return history_; }
  [[nodiscard]] const std::vector<reader::SignatureFrame>& signatures() const noexcept { return signatures_; }
  [[nodiscard]] bool is_signed(const reader::PlacedCommit& commit) const;

  struct Choice {
    std::vector<bool> kept;     // as history()
    std::vector<bool> changed;  // of these: something is purged
    std::vector<std::string> purged;
    std::uint64_t most_waste = 0;  // of a block that is copied, in 1/256
    std::optional<WriterOptions> recompressed = {};  // nothing is copied, and new blocks are made like this
  };
  [[nodiscard]] LiveChunks no_chunks() const;
  // `live`: numbered. Writes it, or says what it would save.
  [[nodiscard]] Result<RewriteReport> write(const Choice& choice, const LiveChunks& live) const;

 private:
  RewrittenPackage(std::string path, std::unique_ptr<io::AppendedFile> file, PackageReader reader, const RewriteOptions& options)
      : path_(std::move(path)), options_(options), file_(std::move(file)), reader_(std::move(reader)) {}
  [[nodiscard]] Result<void> read_history();
  [[nodiscard]] Result<void> count(const LiveChunks& live, RewriteReport& report) const;

  std::string path_;
  const RewriteOptions& options_;
  std::unique_ptr<io::AppendedFile> file_;
  PackageReader reader_;
  std::vector<reader::PlacedCommit> history_;
  std::vector<reader::SignatureFrame> signatures_;
  std::uint64_t cut_bytes_ = 0;
};

}  // namespace npk::ops
