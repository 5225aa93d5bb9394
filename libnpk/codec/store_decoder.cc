#include <algorithm>

#include "codec/decoder_factories.h"

namespace npk::codec {
namespace {

class StoreDecoder final : public Decoder {
 public:
  using Decoder::Decoder;

 private:
  Result<void> configure(CodecStep) override { return {}; }

  Result<void> decode(ByteView stored, ByteView, std::uint64_t raw_length, MutableBytes out) override {
    if (stored.size() < out.size()) return fail(Errc::truncated, "stored bytes end before the block does");
    if (out.size() == raw_length && stored.size() > raw_length) {
      return fail(Errc::trailing_data, "more bytes are stored than the block has");
    }
    std::ranges::copy(stored.first(out.size()), out.begin());
    return {};
  }
};

}  // namespace

std::unique_ptr<Decoder> create_store_decoder(const Limits& limits) { return std::make_unique<StoreDecoder>(limits); }

}  // namespace npk::codec
