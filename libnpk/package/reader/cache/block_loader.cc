#include "package/reader/cache/block_loader.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <utility>
#include <vector>

namespace npk::reader {
namespace {

constexpr std::size_t kKeptBases = 8;
constexpr std::size_t kKeptBufferBytes = 8U << 20;  // a larger one is given back after use

format::FrameType type_of(const format::BlockRow& row) noexcept {
  return row.is_dictionary ? format::FrameType::dictionary : format::FrameType::block;
}

}  // namespace

struct BlockLoader::Workplace {
  Workplace(const Limits& limits, Profile* profile) : opener(limits, profile) {}

  block::BlockOpener opener;
  Bytes buffer;
  std::uint64_t stored_bytes = 0;  // asked of the source so far
};

struct BlockLoader::Base {
  std::uint64_t number = 0;
  std::uint64_t position = 0;  // of its frame; 0: no base
  std::shared_ptr<const Bytes> raw;

  [[nodiscard]] BaseView view() const noexcept;
};

struct BlockLoader::BaseView {
  std::uint64_t position = 0;
  ByteView raw;
};

BlockLoader::BaseView BlockLoader::Base::view() const noexcept { return {position, raw == nullptr ? ByteView() : ByteView(*raw)}; }

struct BlockLoader::Idle {
  std::mutex mutex;
  std::vector<std::unique_ptr<Workplace>> workplaces;  // with room for all that are lent: giving back must not fail
  std::size_t lent = 0;
  std::list<Base> bases;  // newest first
};

class BlockLoader::Lease {
 public:
  explicit Lease(const BlockLoader& loader) : loader_(loader) {
    Idle& idle = loader_.process_.here();
    const std::scoped_lock lock(idle.mutex);
    idle.workplaces.reserve(idle.workplaces.size() + idle.lent + 1);
    ++idle.lent;
    if (idle.workplaces.empty()) return;
    workplace_ = std::move(idle.workplaces.back());
    idle.workplaces.pop_back();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (workplace_ != nullptr && workplace_->buffer.size() > kKeptBufferBytes) workplace_->buffer = Bytes();
    Idle& idle = loader_.process_.here();
    const std::scoped_lock lock(idle.mutex);
    --idle.lent;
    if (workplace_ != nullptr) idle.workplaces.push_back(std::move(workplace_));
  }
  Workplace& operator*() {
    if (workplace_ == nullptr) workplace_ = std::make_unique<Workplace>(loader_.frames_->limits(), loader_.frames_->profile());
    return *workplace_;
  }

 private:
  const BlockLoader& loader_;
  std::unique_ptr<Workplace> workplace_;
};

BlockLoader::BlockLoader(std::shared_ptr<const FrameReader> frames, std::shared_ptr<const ChunkTable> chunks)
    : frames_(std::move(frames)), chunks_(std::move(chunks)), process_([] { return std::make_unique<Idle>(); }) {}
BlockLoader::~BlockLoader() = default;

Result<ByteView> BlockLoader::read_body(const format::BlockRow& row, Workplace& workplace) const {
  workplace.stored_bytes += format::kFrameHeaderBytes + row.stored_length;
  return frames_->read_body(type_of(row), {row.position, row.stored_length, row.hash}, UINT64_MAX, workplace.buffer);
}

Result<void> BlockLoader::load_into(const BlockLocation& block, MutableBytes out, std::uint64_t* stored_bytes) const {
  Lease lease(*this);
  const std::uint64_t before = (*lease).stored_bytes;
  NPK_ASSIGN(const Base base, base_of(block, *lease));
  NPK_ASSIGN(const ByteView body, read_body(block.row, *lease));
  if (stored_bytes != nullptr) *stored_bytes += (*lease).stored_bytes - before;
  return frames_->placed(decode(block.row, body, base.view(), *lease, out), block.row.position);
}

Result<void> BlockLoader::load_with_base(const BlockLocation& block, const BlockLocation& base_block, ByteView base, MutableBytes out,
                                         std::uint64_t* stored_bytes) const {
  Lease lease(*this);
  const std::uint64_t before = (*lease).stored_bytes;
  NPK_ASSIGN(const ByteView body, read_body(block.row, *lease));
  if (stored_bytes != nullptr) *stored_bytes += (*lease).stored_bytes - before;
  return frames_->placed(decode(block.row, body, {base_block.row.position, base}, *lease, out), block.row.position);
}

Result<void> BlockLoader::open_into(const BlockLocation& block, ByteView body, MutableBytes out) const {
  NPK_TRY(frames_->placed(block::check_body(body, block.row.hash), block.row.position));
  Lease lease(*this);
  NPK_ASSIGN(const Base base, base_of(block, *lease));
  return frames_->placed(decode(block.row, body, base.view(), *lease, out), block.row.position);
}

Result<Bytes> BlockLoader::load(const BlockLocation& block, std::uint64_t prefix_bytes) const {
  Bytes raw(static_cast<std::size_t>(std::min(block.row.raw_length, prefix_bytes)));
  NPK_TRY(load_into(block, raw));
  return raw;
}

Result<Bytes> BlockLoader::load(std::uint64_t number, std::uint64_t prefix_bytes) const {
  NPK_ASSIGN(const BlockLocation block, chunks_->block(number));
  return load(block, prefix_bytes);
}

Result<void> BlockLoader::decode(const format::BlockRow& row, ByteView body, const BaseView& base, Workplace& workplace,
                                 MutableBytes out) const {
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(body, frames_->limits()));
  if (opened.header.raw_length != row.raw_length) return fail_corrupt("a block's raw length is not what its chunk page says");
  if (opened.header.base_position != base.position) return fail_corrupt("a block's base is not what its chunk page says");
  NPK_TRY(workplace.opener.decode(opened, base.raw, out));
  frames_->counters().blocks_decoded.add(1);
  frames_->counters().raw_bytes_decoded.add(out.size());
  return {};
}

Result<BlockLoader::Base> BlockLoader::base_of(const BlockLocation& block, Workplace& workplace) const {
  if (block.row.base_distance == 0) return Base{};
  if (auto kept = block.row.is_dictionary ? std::nullopt : find_base(block.number - block.row.base_distance)) return *std::move(kept);
  NPK_ASSIGN(const std::optional<BlockLocation> location, locate_base(block));
  NPK_ASSIGN(Base base, load_base(*location, workplace));
  keep_base(base);
  return base;
}

Result<std::optional<BlockLocation>> BlockLoader::locate_base(const BlockLocation& block) const {
  if (block.row.base_distance == 0) return std::nullopt;
  if (block.row.is_dictionary)
    return frames_->placed(Result<std::optional<BlockLocation>>(fail_corrupt("a dictionary names a base")), block.row.position);
  NPK_ASSIGN(const BlockLocation base, chunks_->block(block.number - block.row.base_distance));
  NPK_TRY(frames_->placed(check_base(block.row, base.row), block.row.position));
  return base;
}

Result<void> BlockLoader::check_base(const format::BlockRow& block, const format::BlockRow& base) const {
  if (base.base_distance != 0) return fail_corrupt("a block's base has a base itself");
  if (base.position >= block.position) return fail_corrupt("a block's base does not lie before it");
  if (base.raw_length > frames_->limits().max_base_raw_bytes)
    return fail(Errc::limit, "a block's base is larger than the limit");
  return {};
}

Result<BlockLoader::Base> BlockLoader::load_base(const BlockLocation& location, Workplace& workplace) const {
  const format::BlockRow& row = location.row;
  NPK_ASSIGN(const ByteView body, read_body(row, workplace));
  Bytes raw(static_cast<std::size_t>(row.raw_length));
  NPK_TRY(frames_->placed(decode(row, body, {}, workplace, raw), row.position));
  return Base{location.number, row.position, std::make_shared<const Bytes>(std::move(raw))};
}

std::optional<BlockLoader::Base> BlockLoader::find_base(std::uint64_t number) const {
  Idle& idle = process_.here();
  const std::scoped_lock lock(idle.mutex);
  const auto found = std::ranges::find(idle.bases, number, &Base::number);
  if (found == idle.bases.end()) return std::nullopt;
  idle.bases.splice(idle.bases.begin(), idle.bases, found);
  return idle.bases.front();
}

void BlockLoader::keep_base(const Base& base) const {
  Idle& idle = process_.here();
  const std::scoped_lock lock(idle.mutex);
  idle.bases.push_front(base);
  if (idle.bases.size() > kKeptBases) idle.bases.pop_back();
}

}  // namespace npk::reader
