// Private to npk_accel: what of a package's chunks a device does, and the same by the processor.
#pragma once

#include "accel/chunk_offload.h"

namespace npk::accel {

class HashTask final : public OffloadTask {
 public:
  HashTask(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests) : bytes_(bytes), extents_(extents), digests_(digests) {}

  [[nodiscard]] std::size_t count() const noexcept override { return extents_.size(); }
  [[nodiscard]] Batch common() const noexcept override;
  [[nodiscard]] ByteView input(std::size_t index) const noexcept override { return bytes_.subspan(extents_[index].offset, extents_[index].bytes); }
  [[nodiscard]] std::uint64_t output_room(std::size_t) const noexcept override { return sizeof(Digest); }
  [[nodiscard]] Result<void> take(std::size_t index, const Outcome& outcome, ByteView output) override;

  // By the processor; cannot fail.
  void run_here() noexcept;

 private:
  ByteView bytes_;
  std::span<const Extent> extents_;
  std::span<Digest> digests_;
};

class CutTask final : public OffloadTask {
 public:
  CutTask(const chunk::CandidateScanner& scanner, ByteView bytes, std::span<const CutSlice> slices) : scanner_(scanner), bytes_(bytes), slices_(slices) {}

  [[nodiscard]] std::size_t count() const noexcept override { return slices_.size(); }
  [[nodiscard]] Batch common() const noexcept override;
  [[nodiscard]] ByteView input(std::size_t index) const noexcept override;
  // Four times what random bytes have; with more the processor looks again.
  [[nodiscard]] std::uint64_t output_room(std::size_t index) const noexcept override;
  [[nodiscard]] std::uint32_t parameter(std::size_t index) const noexcept override;
  [[nodiscard]] Result<void> take(std::size_t index, const Outcome& outcome, ByteView output) override;

  [[nodiscard]] Result<void> run_here();

 private:
  [[nodiscard]] Result<void> scan_here(const CutSlice& slice) const;

  const chunk::CandidateScanner& scanner_;
  ByteView bytes_;
  std::span<const CutSlice> slices_;
};

}  // namespace npk::accel
