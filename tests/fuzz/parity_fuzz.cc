// links: npk_package_reader
// Input: the frame's position (8 bytes), then the body of a parity frame. Where its head's bytes before the hash are all there, the hash is made to fit, so
// that what is behind that check is met, too. What is accepted is what would be written, and all of its places are in order.
#include "fuzz/fuzz_input.h"
#include "hash/hash.h"
#include "npk/format/frame.h"
#include "package/reader/frames/parity_frame.h"

namespace {

using namespace npk;

void check_places(const format::ParityLayout& layout) {
  fuzz::require(layout.protected_end <= format::kMaxProtectedPosition, "within the format's bounds");
  fuzz::require(layout.frame_position(0, 0) == layout.end, "frames from the range's end on");
  fuzz::require(layout.trailer_position() < layout.protected_end, "a trailer behind them");
  const std::uint32_t last = layout.groups() - 1;
  fuzz::require(layout.data_position(last, layout.data_shards - 1U) < layout.end + layout.shard_run_bytes(last), "data in the range, or close behind");
  fuzz::require(layout.parity_position(last, layout.parity_shards - 1U) + layout.shard_run_bytes(last) <= layout.trailer_position(), "shards in their frames");
  fuzz::require(layout.shard_run_bytes(0) * layout.stripe_shards() <= format::kMaxParityGroupBytes, "groups within their limit");
}

void fit_hash(Bytes& body) {
  const auto start = format::decode_parity_layout(body);
  if (!start) return;
  const std::uint64_t head = start->layout.head_bytes(start->group);
  if (head > body.size()) return;
  const std::size_t covered = static_cast<std::size_t>(head) - sizeof(Digest);
  std::ranges::copy(hash::blake3(ByteView(body).first(covered)), body.begin() + static_cast<std::ptrdiff_t>(covered));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto position = input.take<std::uint64_t>();
  const ByteView rest = input.rest();
  Bytes body(rest.begin(), rest.end());
  fit_hash(body);
  const auto head = reader::open_parity_head(body);
  if (!head) return 0;
  check_places(head->layout);
  const Bytes again = format::encode_parity_head(*head);
  fuzz::require(std::ranges::equal(again, ByteView(body).first(again.size())), "the same bytes again");
  const auto whole = reader::open_parity(body, position);
  fuzz::require(!whole || whole->layout.frame_position(whole->group, whole->row) == position, "a frame where it says");
  return 0;
}
