#include <lz4.h>
#include <lz4hc.h>

#include <algorithm>
#include <memory>
#include <new>

#include "codec/encoder_factories.h"

namespace npk::codec {
namespace {

constexpr std::size_t kHistoryBytes = 64U << 10;

// Never null: level 12 of LZ4 1.9.4 steps back from the end of its input, and from null wraps around.
const char* chars(ByteView bytes) { return bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data()); }
char* chars(MutableBytes bytes) { return reinterpret_cast<char*>(bytes.data()); }
int size_of(ByteView bytes) { return static_cast<int>(bytes.size()); }

struct StreamDeleter {
  void operator()(LZ4_stream_t* stream) const noexcept { LZ4_freeStream(stream); }
  void operator()(LZ4_streamHC_t* stream) const noexcept { LZ4_freeStreamHC(stream); }
};

// The level as in CodecStep; every call starts from a fully reset state, so no call depends on another.
class Lz4Encoder final : public Encoder {
 public:
  explicit Lz4Encoder(CodecStep step) : Encoder(step) {
    if (step.level == 0) {
      fast_.reset(LZ4_createStream());
    } else {
      high_.reset(LZ4_createStreamHC());
    }
    if (fast_ == nullptr && high_ == nullptr) throw std::bad_alloc();
  }

  Result<std::optional<std::size_t>> encode(ByteView raw, ByteView base, MutableBytes out) override {
    if (raw.size() > LZ4_MAX_INPUT_SIZE) return fail(Errc::limit, "too long a block for LZ4");
    if (out.empty()) return std::nullopt;
    out = out.first(std::min<std::size_t>(out.size(), static_cast<std::size_t>(LZ4_compressBound(size_of(raw)))));
    const ByteView history = base.last(std::min(base.size(), kHistoryBytes));
    const int size = fast_ != nullptr ? encode_fast(raw, history, out) : encode_high(raw, history, out);
    if (size <= 0) return std::nullopt;
    return static_cast<std::size_t>(size);
  }

 private:
  int encode_fast(ByteView raw, ByteView history, MutableBytes out) {
    if (history.empty()) {
      return LZ4_compress_fast_extState(fast_.get(), chars(raw), chars(out), size_of(raw), size_of(out), 1);
    }
    LZ4_loadDict(fast_.get(), chars(history), size_of(history));
    return LZ4_compress_fast_continue(fast_.get(), chars(raw), chars(out), size_of(raw), size_of(out), 1);
  }

  int encode_high(ByteView raw, ByteView history, MutableBytes out) {
    const int level = step().level;
    if (history.empty()) {
      return LZ4_compress_HC_extStateHC(high_.get(), chars(raw), chars(out), size_of(raw), size_of(out), level);
    }
    LZ4_initStreamHC(high_.get(), sizeof(*high_));
    LZ4_resetStreamHC_fast(high_.get(), level);
    LZ4_loadDictHC(high_.get(), chars(history), size_of(history));
    return LZ4_compress_HC_continue(high_.get(), chars(raw), chars(out), size_of(raw), size_of(out));
  }

  std::unique_ptr<LZ4_stream_t, StreamDeleter> fast_;
  std::unique_ptr<LZ4_streamHC_t, StreamDeleter> high_;
};

}  // namespace

Result<EncoderOptions> check_lz4(EncoderOptions options) {
  NPK_TRY(expect_range("lz4: level", options.step.level, 0, LZ4HC_CLEVEL_MAX));
  NPK_TRY(expect_range("lz4: parameter", options.step.parameter, 0, 0));
  return options;
}

std::unique_ptr<Encoder> create_lz4_encoder(const EncoderOptions& options) {
  return std::make_unique<Lz4Encoder>(options.step);
}

std::uint64_t lz4_memory(const EncoderOptions& options, std::uint64_t, std::uint64_t) {
  return options.step.level == 0 ? sizeof(LZ4_stream_t) : sizeof(LZ4_streamHC_t);
}

}  // namespace npk::codec
