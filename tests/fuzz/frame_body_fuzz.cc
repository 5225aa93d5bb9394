// links: npk_block_open npk_format
// Input: two bytes of choices, a length (2) and a base of that length, then a frame's body. Splits it, decodes it as a
// block, in parts too, and as a page.
#include "block/open.h"
#include "fuzz/fuzz_input.h"

namespace {

using namespace npk;

void expect_same_bytes(const format::OpenedBody& opened, ByteView body) {
  Bytes again;
  format::encode_inner_header(opened.header, again);
  again.insert(again.end(), opened.payload.begin(), opened.payload.end());
  again.resize(again.size() + opened.header.padding_length);
  fuzz::require(std::ranges::equal(again, body), "the same body again");
}

void decode_block(const format::OpenedBody& opened, ByteView base, std::size_t prefix_choice, const Limits& limits) {
  block::BlockOpener opener(limits);
  Bytes whole(opened.header.raw_length);
  Bytes prefix(whole.empty() ? 0 : prefix_choice % (whole.size() + 1));
  const auto status = opener.decode(opened, base, whole);
  const auto prefix_status = opener.decode(opened, base, prefix);
  if (!status) return;
  fuzz::require(prefix_status.has_value(), "a prefix of a good block is good");
  fuzz::require(std::ranges::equal(prefix, ByteView(whole).first(prefix.size())), "a prefix is the block's");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t prefix_choice = input.take<std::uint16_t>();
  const ByteView base = input.bytes(input.take<std::uint16_t>());
  const ByteView body = input.rest();
  const Limits limits = fuzz::limits();
  const auto opened = format::split_body(body, limits);
  if (opened) {
    expect_same_bytes(*opened, body);
    decode_block(*opened, opened->header.base_position == 0 ? ByteView() : base, prefix_choice, limits);
  }
  const auto page = block::open_page(body, limits);
  fuzz::require(!page || (opened && page->size() == opened->header.raw_length), "a page is a body of its raw length");
  return 0;
}
