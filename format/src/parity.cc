#include "npk/format/parity.h"

#include <algorithm>

#include "npk/format/commit.h"
#include "npk/format/frame.h"

namespace npk::format {
namespace {

constexpr std::string_view kMagic = "NPKPRTY1";
constexpr std::size_t kHashBytes = sizeof(Digest);
constexpr std::uint32_t kMaxStripeShards = 255;
constexpr std::uint64_t kMinTrailerFrameBytes = kFrameHeaderBytes + 104 + kEndMagicBytes;

// Neither of its products overflows afterwards: positions below 2^48, shards below 2^20, stripes below 2^32.
Result<void> check_shape(const ParityLayout& layout) {
  if (layout.protected_end > kMaxProtectedPosition) return fail(Errc::limit, "parity for more than the format allows");
  if (layout.begin >= layout.end || layout.end >= layout.protected_end || (layout.begin != 0 && layout.begin < kSuperblockBytes))
    return fail_corrupt("parity protects no range that lies before it");
  if (layout.last_commit >= layout.end) return fail_corrupt("parity names a commit that is not before it");
  if (layout.shard_bytes < kMinShardBytes || layout.shard_bytes > kMaxShardBytes) return fail_corrupt("a shard's length is out of range");
  if (layout.data_shards == 0 || layout.parity_shards == 0 || layout.stripe_shards() > kMaxStripeShards)
    return fail_corrupt("a stripe has too few or too many shards");
  if (layout.group_stripes == 0 || layout.group_stripes > layout.stripes) return fail_corrupt("a group has no stripes, or more than there are");
  return {};
}

Result<void> check_fit(const ParityLayout& layout) {
  const std::uint64_t shards = (layout.range_bytes() - 1) / layout.shard_bytes + 1;
  const std::uint64_t stripes = layout.stripes;
  if (shards > stripes * layout.data_shards || shards <= stripes * (layout.data_shards - 1U)) return fail_corrupt("the stripes do not fit the range");
  if (layout.head_bytes(0) > kMaxParityHeadBytes || layout.shard_run_bytes(0) * layout.stripe_shards() > kMaxParityGroupBytes)
    return fail(Errc::limit, "a group of stripes is larger than the limit");
  const std::uint64_t trailer = layout.trailer_position();
  if (layout.protected_end < trailer + kMinTrailerFrameBytes || layout.protected_end > trailer + kMaxTrailerFrameBytes)
    return fail_corrupt("the parity frames do not fill what they say");
  return {};
}

Result<ParityLayout> read_layout(ByteReader& reader) {
  ParityLayout layout;
  NPK_ASSIGN(const ByteView magic, reader.read_bytes(kMagic.size()));
  if (as_text(magic) != kMagic) return fail_corrupt("not a parity frame");
  NPK_ASSIGN(layout.superblock, reader.read_array<kSuperblockBytes>());
  NPK_ASSIGN(layout.begin, reader.read<std::uint64_t>());
  NPK_ASSIGN(layout.end, reader.read<std::uint64_t>());
  NPK_ASSIGN(layout.protected_end, reader.read<std::uint64_t>());
  NPK_ASSIGN(layout.first_sequence, reader.read<std::uint64_t>());
  NPK_ASSIGN(layout.last_commit, reader.read<std::uint64_t>());
  NPK_ASSIGN(layout.shard_bytes, reader.read<std::uint32_t>());
  NPK_ASSIGN(layout.data_shards, reader.read<std::uint16_t>());
  NPK_ASSIGN(layout.parity_shards, reader.read<std::uint16_t>());
  NPK_ASSIGN(layout.stripes, reader.read<std::uint32_t>());
  NPK_ASSIGN(layout.group_stripes, reader.read<std::uint32_t>());
  return layout;
}

constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15;  // odd, bits of the golden ratio

// kFactor to the power of the window's length.
consteval std::uint64_t window_power() {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < kWeakWindowBytes; ++i) power *= kFactor;
  return power;
}

}  // namespace

std::uint32_t ParityLayout::stripes_of(std::uint32_t group) const noexcept {
  return std::min(group_stripes, stripes - group * group_stripes);
}

std::uint64_t ParityLayout::head_bytes(std::uint32_t group) const noexcept {
  return kParityLayoutBytes + std::uint64_t{stripes_of(group)} * stripe_shards() * kShardCheckBytes + kHashBytes;
}

std::uint64_t ParityLayout::body_bytes(std::uint32_t group, std::uint32_t row) const noexcept {
  return head_bytes(group) + (row < parity_shards ? shard_run_bytes(group) : 0);
}

// All groups but the last are of one size.
std::uint64_t ParityLayout::frame_position(std::uint32_t group, std::uint32_t row) const noexcept {
  const std::uint32_t last = groups() - 1;
  const std::uint64_t frame = kFrameHeaderBytes + body_bytes(0, 0);
  const std::uint64_t whole_row = last * frame + kFrameHeaderBytes + body_bytes(last, 0);
  const std::uint64_t in_row = row < parity_shards ? frame : kFrameHeaderBytes + head_bytes(0);
  return end + row * whole_row + group * in_row;
}

std::uint64_t ParityLayout::trailer_position() const noexcept {
  const std::uint32_t last = groups() - 1;
  return frame_position(last, parity_shards) + kFrameHeaderBytes + head_bytes(last);
}

std::uint64_t ParityLayout::data_position(std::uint32_t group, std::uint32_t slot) const noexcept {
  return begin + (std::uint64_t{slot} * stripes + std::uint64_t{group} * group_stripes) * shard_bytes;
}

std::uint64_t ParityLayout::parity_position(std::uint32_t group, std::uint32_t row) const noexcept {
  return frame_position(group, row) + kFrameHeaderBytes + head_bytes(group);
}

Bytes encode_parity_head(const ParityHead& head) {
  const ParityLayout& layout = head.layout;
  Bytes out;
  out.reserve(static_cast<std::size_t>(layout.head_bytes(head.group)));
  ByteWriter writer(out);
  writer.write_bytes(as_bytes(kMagic));
  writer.write_bytes(layout.superblock);
  for (const std::uint64_t field : {layout.begin, layout.end, layout.protected_end, layout.first_sequence, layout.last_commit}) writer.write(field);
  writer.write(layout.shard_bytes);
  writer.write(layout.data_shards);
  writer.write(layout.parity_shards);
  writer.write(layout.stripes);
  writer.write(layout.group_stripes);
  writer.write(head.group);
  writer.write(head.row);
  writer.write_zeros(2);
  for (const ShardCheck& check : head.checks) {
    writer.write_bytes(check.hash);
    writer.write(check.weak);
  }
  return out;
}

Result<ParityHead> decode_parity_layout(ByteView start) {
  ByteReader reader(start);
  ParityHead head;
  NPK_ASSIGN(head.layout, read_layout(reader));
  NPK_ASSIGN(head.group, reader.read<std::uint32_t>());
  NPK_ASSIGN(head.row, reader.read<std::uint16_t>());
  NPK_TRY(reader.expect_zeros(2));
  NPK_TRY(check_shape(head.layout));
  NPK_TRY(check_fit(head.layout));
  if (head.group >= head.layout.groups() || head.row > head.layout.parity_shards) return fail_corrupt("a parity frame of a group or row that there is not");
  return head;
}

Result<ParityHead> decode_parity_head(ByteView body) {
  NPK_ASSIGN(ParityHead head, decode_parity_layout(body));
  ByteReader reader(body.subspan(kParityLayoutBytes));
  const std::uint64_t count = std::uint64_t{head.layout.stripes_of(head.group)} * head.layout.stripe_shards();
  if (reader.remaining() < count * kShardCheckBytes + kHashBytes) return fail(Errc::truncated, "a parity frame's checks are cut short");
  head.checks.resize(static_cast<std::size_t>(count));
  for (ShardCheck& check : head.checks) {
    NPK_ASSIGN(check.hash, reader.read_array<kShardHashBytes>());
    NPK_ASSIGN(check.weak, reader.read<std::uint32_t>());
  }
  NPK_ASSIGN(head.hash, reader.read_array<kHashBytes>());
  return head;
}

void WeakWindow::start(const std::uint8_t* window) noexcept {
  sum_ = 0;
  for (std::size_t i = 0; i < kWeakWindowBytes; ++i) sum_ = sum_ * kFactor + window[i];
}

void WeakWindow::roll(std::uint8_t out, std::uint8_t in) noexcept {
  static constexpr std::uint64_t kPower = window_power();
  sum_ = sum_ * kFactor + in - kPower * out;
}

std::uint32_t weak_check(ByteView shard) noexcept {
  WeakWindow window;
  window.start(shard.data());
  return window.value();
}

}  // namespace npk::format
