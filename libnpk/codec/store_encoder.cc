#include <algorithm>

#include "codec/encoder_factories.h"

namespace npk::codec {
namespace {

class StoreEncoder final : public Encoder {
 public:
  using Encoder::Encoder;

  Result<std::optional<std::size_t>> encode(ByteView raw, ByteView, MutableBytes out) override {
    if (raw.size() > out.size()) return std::nullopt;
    std::ranges::copy(raw, out.begin());
    return raw.size();
  }
};

}  // namespace

Result<EncoderOptions> check_store(EncoderOptions options) {
  NPK_TRY(expect_range("store: level", options.step.level, 0, 0));
  NPK_TRY(expect_range("store: parameter", options.step.parameter, 0, 0));
  return options;
}

std::unique_ptr<Encoder> create_store_encoder(const EncoderOptions& options) {
  return std::make_unique<StoreEncoder>(options.step);
}

std::uint64_t store_memory(const EncoderOptions&, std::uint64_t, std::uint64_t) { return sizeof(StoreEncoder); }

}  // namespace npk::codec
