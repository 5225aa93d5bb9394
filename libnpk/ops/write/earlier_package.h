// What a run that was stopped has written of a package or a generation: blocks that need not be made again.
#pragma once

#include <memory>
#include <unordered_map>

#include "npk/recipients.h"
#include "package/reader/frames/frame_reader.h"
#include "package/writer/earlier_blocks.h"

namespace npk::ops {

// Nothing in it is believed that a checksum does not bear out: a block counts if a whole chunk page names it, and its
// bytes are those whose hash stands there. The source may be written to meanwhile. Memory: about 120 bytes a block.
class EarlierPackage final : public writer::EarlierBlocks {
 public:
  // Frames from `begin` to the end of the extent, those that are damaged left out.
  [[nodiscard]] static Result<std::unique_ptr<EarlierPackage>> read(const reader::PackageExtent& extent, std::uint64_t begin,
                                                                    const Limits& limits);
  // Of a package from its start; one that has no whole superblock has nothing. Errors: io; no_key, if it is sealed and
  // no identity opens it.
  [[nodiscard]] static Result<std::unique_ptr<EarlierPackage>> read(std::shared_ptr<const RandomAccessSource> source,
                                                                    const std::shared_ptr<const std::vector<Identity>>& identities,
                                                                    const Limits& limits);

  [[nodiscard]] std::optional<Bytes> find(const Digest& name, std::uint64_t raw_length) const override;
  [[nodiscard]] std::size_t block_count() const noexcept { return blocks_.size(); }

 private:
  struct DigestHash {
    std::size_t operator()(const Digest& digest) const noexcept { return load_le<std::size_t>(digest.data()); }
  };
  EarlierPackage(const reader::PackageExtent& extent, const Limits& limits);
  [[nodiscard]] Result<void> scan(std::uint64_t begin);
  void take_page(ByteView body);

  reader::FrameReader frames_;
  std::unordered_map<Digest, format::FrameReference, DigestHash> blocks_;
};

}  // namespace npk::ops
