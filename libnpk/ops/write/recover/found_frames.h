// The whole frames of a damaged package, found by what references say of them but where they lie.
#pragma once

#include <memory>
#include <unordered_map>

#include "crypto/sealing.h"
#include "ops/write/recover/frame_survey.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::ops {

// Const members are thread-safe.
class FoundFrames {
 public:
  // Opens the seal of a sealed package, with the envelopes that are left. Errors: auth_failed (identities for a package that
  // is not sealed; keys of another), no_key, corrupt (a sealed one whose superblock is lost and can't be made again).
  [[nodiscard]] static Result<FoundFrames> open(std::shared_ptr<const RandomAccessSource> source, Survey survey, const Limits& limits,
                                                const std::shared_ptr<const std::vector<Identity>>& identities);

  [[nodiscard]] const std::vector<FoundFrame>& all() const noexcept { return survey_.frames; }
  [[nodiscard]] const Survey& survey() const noexcept { return survey_; }
  // What all pages of a kind may take in memory, in bytes.
  [[nodiscard]] std::uint64_t page_memory() const noexcept;
  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
  [[nodiscard]] bool is_sealed() const noexcept { return opener_ != nullptr; }
  // For readers of single frames where they lie.
  [[nodiscard]] reader::PackageExtent extent() const;
  // Null: lost.
  [[nodiscard]] const FoundFrame* find(format::FrameType type, const Digest& hash) const;
  // The plain body. Errors: corrupt (it has changed since), auth_failed, no_key, io.
  [[nodiscard]] Result<Bytes> body(const FoundFrame& frame) const;

 private:
  struct FirstBytes {
    std::size_t operator()(const Digest& hash) const noexcept { return load_le<std::uint64_t>(hash.data()); }
  };
  FoundFrames(std::shared_ptr<const RandomAccessSource> source, Survey survey, const Limits& limits);
  [[nodiscard]] Result<void> open_seal(const std::shared_ptr<const std::vector<Identity>>& identities);
  [[nodiscard]] Result<std::optional<format::Superblock>> remake_superblock(const FoundFrame& head, const std::vector<Identity>& identities) const;
  [[nodiscard]] Result<void> meet_sessions();

  std::shared_ptr<const RandomAccessSource> source_;
  Survey survey_;
  Limits limits_;
  std::unordered_map<Digest, std::size_t, FirstBytes> by_hash_;
  std::shared_ptr<const crypto::BodyOpener> opener_;
};

}  // namespace npk::ops
