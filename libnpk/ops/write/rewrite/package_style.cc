#include "ops/write/rewrite/package_style.h"

#include <algorithm>
#include <map>
#include <vector>

#include "npk/format/frame.h"
#include "ops/read/block_heads.h"
#include "package/reader/impl.h"
#include "package/writer/plan.h"

namespace npk::ops {
namespace {

constexpr std::size_t kSampledBlocks = 64;
// With this many blocks in a segment, two are of one kind at least, so that one of them was full.
constexpr std::size_t kBlocksThatShowTheSize = 4;
constexpr std::uint64_t kSizeStep = 64U << 10;

class StyleSurvey {
 public:
  explicit StyleSurvey(const PackageReader& package) : package_(package) {}

  Result<WriterOptions> run() {
    NPK_TRY(package_.impl().chunks().for_each_page([this](const format::ChunkPage& page) { return take(page), Result<void>(); }));
    for (const format::BlockRow& block : sample_) NPK_TRY(look_at(block));
    WriterOptions options = options_of_codec();
    NPK_ASSIGN(const writer::WritePlan plan, writer::make_plan(options));
    if (full_block_bytes_ != 0 && full_block_bytes_ < plan.block_bytes[0])
      options.block_bytes = (full_block_bytes_ + kSizeStep - 1) / kSizeStep * kSizeStep;
    return options;
  }

 private:
  void take(const format::ChunkPage& page) {
    std::uint64_t largest = 0, blocks = 0, end = 0;
    std::vector<bool> is_base(page.blocks.size());
    for (std::size_t i = 0; i < page.blocks.size(); ++i) {
      const std::uint64_t distance = page.blocks[i].base_distance;
      has_bases_ = has_bases_ || distance != 0;
      if (distance != 0 && distance <= i) is_base[i - static_cast<std::size_t>(distance)] = true;
    }
    for (std::size_t i = 0; i < page.blocks.size(); ++i) {
      const format::BlockRow& block = page.blocks[i];
      sample(block);
      if (block.position != end) largest = blocks = 0;  // of another segment: pages of several may have been joined
      if (!is_base[i]) largest = std::max(largest, block.raw_length);  // which may be larger
      if (++blocks >= kBlocksThatShowTheSize) full_block_bytes_ = std::max(full_block_bytes_, largest);
      end = block.position + format::kFrameHeaderBytes + block.stored_length;
    }
  }

  // Of many blocks those at equal distances.
  void sample(const format::BlockRow& block) {
    if (blocks_++ % stride_ != 0) return;
    sample_.push_back(block);
    if (sample_.size() < 2 * kSampledBlocks) return;
    for (std::size_t i = 0; i < kSampledBlocks; ++i) sample_[i] = sample_[2 * i];
    sample_.resize(kSampledBlocks);
    stride_ *= 2;
  }

  Result<void> look_at(const format::BlockRow& block) {
    const reader::FrameReader& frames = package_.impl().frames();
    NPK_ASSIGN(const format::FrameHeader header, frames.read_header(block.position));
    NPK_ASSIGN(const format::InnerHeader inner, peek_inner_header(frames, block.position, header));
    // Blocks with filters may have been compressed harder than the others.
    const bool is_filtered = inner.chain.size() > 1 && inner.chain.front().id != format::CodecId::words;
    has_filters_ = has_filters_ || is_filtered;
    if (is_filtered && inner.chain.back().id == format::CodecId::zstd && inner.chain.back().level > 1) return {};
    if (!inner.chain.empty()) compressed_bytes_[{inner.chain.back().id, inner.chain.back().level}] += block.raw_length;
    return {};
  }

  [[nodiscard]] WriterOptions options_of_codec() const {
    WriterOptions options;
    options.choose_filters = has_filters_;
    options.bases = has_bases_;
    if (compressed_bytes_.empty()) return options;
    const auto [id, level] = std::ranges::max_element(compressed_bytes_, {}, [](const auto& share) { return share.second; })->first;
    if (id == format::CodecId::lzma2) options.preset = Preset::max;
    if (id == format::CodecId::zstd && level == 1) options.preset = Preset::fast;
    if (id == format::CodecId::lz4) options.codec = "lz4";
    options.level = level;
    return options;
  }

  const PackageReader& package_;
  std::uint64_t full_block_bytes_ = 0;
  bool has_filters_ = false, has_bases_ = false;
  std::uint64_t blocks_ = 0, stride_ = 1;
  std::vector<format::BlockRow> sample_;
  std::map<std::pair<format::CodecId, std::int8_t>, std::uint64_t> compressed_bytes_;
};

}  // namespace

Result<WriterOptions> options_like(const PackageReader& package) { return StyleSurvey(package).run(); }

}  // namespace npk::ops
