#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "codec/decoder_factories.h"

namespace npk::codec {
namespace {

// ZSTD_d_stableOutBuffer by its stable name: zstd.h spells it out for static linking only.
constexpr ZSTD_dParameter kStableOutBuffer = ZSTD_d_experimentalParam2;
constexpr std::uint32_t kMagic = 0xFD2FB528U;
constexpr std::size_t kHeaderBytes = 6;             // magic, descriptor, window descriptor
constexpr std::size_t kZstdBlockBytes = 128U << 10;  // most that one block of a frame decodes to
constexpr std::size_t kKeptScratchBytes = 8U << 20;

struct ContextDeleter {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

std::unexpected<Error> malformed(std::size_t code) {
  return fail(Errc::corrupt, std::string("malformed zstd frame: ") + ZSTD_getErrorName(code));
}

std::uint64_t window_bytes(std::uint8_t descriptor) {
  const std::uint64_t base = 1ULL << (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

Result<void> check_header(ByteView stored, std::uint32_t window_log) {
  if (stored.size() < kHeaderBytes) return fail(Errc::truncated, "zstd frame ends within its header");
  if (load_le<std::uint32_t>(stored.data()) != kMagic) return fail_corrupt("not a zstd frame");
  if (stored[4] != 0) {
    return fail_corrupt("zstd frame with a content size, dictionary id, checksum or reserved bit");
  }
  const std::uint64_t window = window_bytes(stored[5]);
  if (window > (1ULL << window_log)) {
    return fail(Errc::limit, "zstd window of " + std::to_string(window) + " bytes is beyond 2^" +
                                 std::to_string(window_log));
  }
  return {};
}

// How many bytes of `stored` its first frame takes: all of them, or an error. Walks the three-byte block headers.
Result<void> check_extent(ByteView stored) {
  std::size_t at = kHeaderBytes;
  for (bool last = false; !last;) {
    if (stored.size() - at < 3) return fail(Errc::truncated, "zstd frame ends before its last block");
    const std::uint32_t header = stored[at] | (static_cast<std::uint32_t>(stored[at + 1]) << 8) |
                                 (static_cast<std::uint32_t>(stored[at + 2]) << 16);
    last = (header & 1) != 0;
    const bool repeats_one_byte = ((header >> 1) & 3) == 1;
    const std::size_t size = repeats_one_byte ? 1 : header >> 3;
    at += 3;
    if (stored.size() - at < size) return fail(Errc::truncated, "zstd frame ends within a block");
    at += size;
  }
  if (at != stored.size()) return fail(Errc::trailing_data, "bytes follow the zstd frame");
  return {};
}

class ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(const Limits& limits) : Decoder(limits), context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxZstdWindowLog);
    ZSTD_DCtx_setParameter(context_.get(), kStableOutBuffer, 1);
  }

 private:
  Result<void> configure(CodecStep step) override {
    const std::uint32_t log = step.parameter == 0 ? kMaxZstdWindowLog : step.parameter;
    if (log < kMinZstdWindowLog) return fail(Errc::corrupt, "zstd window log " + std::to_string(log) + " is below 10");
    if (log > kMaxZstdWindowLog) return fail(Errc::limit, "zstd window log " + std::to_string(log) + " is beyond 28");
    window_log_ = log;
    return {};
  }

  Result<void> decode(ByteView stored, ByteView base, std::uint64_t raw_length, MutableBytes out) override {
    NPK_TRY(check_header(stored, window_log_));
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    const std::size_t code = ZSTD_DCtx_refPrefix(context_.get(), base.data(), base.size());
    if (ZSTD_isError(code) != 0) throw std::bad_alloc();  // the only way it fails at this stage
    return out.size() == raw_length ? decode_whole(stored, out) : decode_start(stored, base, raw_length, out);
  }

  Result<void> decode_whole(ByteView stored, MutableBytes out) {
    NPK_TRY(check_extent(stored));
    const std::size_t size = ZSTD_decompressDCtx(context_.get(), out.data(), out.size(), stored.data(), stored.size());
    if (ZSTD_isError(size) != 0) return malformed(size);
    if (size != out.size()) return fail_corrupt("zstd frame decodes to fewer bytes than the block has");
    return {};
  }

  // zstd decodes whole blocks of its own only, so the start goes to a scratch buffer that has room for one more.
  // The stable buffer is the window too: none is allocated, whatever size the frame names.
  // A whole number of full blocks, which is what a block cache asks for, needs no scratch but in frames of odd blocks.
  Result<void> decode_start(ByteView stored, ByteView base, std::uint64_t raw_length, MutableBytes out) {
    if (out.size() % kZstdBlockBytes == 0) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      ZSTD_inBuffer input{stored.data(), stored.size(), 0};
      if (stream_until(out.size(), output, input)) return {};
      ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
      if (ZSTD_isError(ZSTD_DCtx_refPrefix(context_.get(), base.data(), base.size())) != 0) throw std::bad_alloc();
    }
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(raw_length, out.size() + kZstdBlockBytes));
    reserve_scratch(wanted);
    ZSTD_outBuffer output{scratch_.get(), wanted, 0};
    ZSTD_inBuffer input{stored.data(), stored.size(), 0};
    NPK_TRY(stream_until(out.size(), output, input));
    std::memcpy(out.data(), scratch_.get(), out.size());
    if (scratch_bytes_ > kKeptScratchBytes) release_scratch();
    return {};
  }

  // Feeds block by block: given more, zstd would go on into blocks that the scratch buffer has no room for.
  Result<void> stream_until(std::size_t wanted, ZSTD_outBuffer& output, ZSTD_inBuffer& input) {
    const std::size_t stored = input.size;
    std::size_t piece = kHeaderBytes;
    while (output.pos < wanted) {
      if (piece > stored - input.pos) return fail(Errc::truncated, "zstd frame ends before the bytes asked for");
      input.size = input.pos + piece;
      piece = ZSTD_decompressStream(context_.get(), &output, &input);
      if (ZSTD_isError(piece) != 0) return malformed(piece);
      if (piece == 0 && output.pos < wanted) {
        return fail_corrupt("zstd frame decodes to fewer bytes than the block has");
      }
    }
    return {};
  }

  void reserve_scratch(std::size_t bytes) {
    if (bytes <= scratch_bytes_) return;
    release_scratch();
    scratch_ = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
    scratch_bytes_ = bytes;
  }
  void release_scratch() {
    scratch_.reset();
    scratch_bytes_ = 0;
  }

  std::unique_ptr<ZSTD_DCtx, ContextDeleter> context_;
  std::unique_ptr<std::uint8_t[]> scratch_;
  std::size_t scratch_bytes_ = 0;
  std::uint32_t window_log_ = kMaxZstdWindowLog;
};

}  // namespace

std::unique_ptr<Decoder> create_zstd_decoder(const Limits& limits) { return std::make_unique<ZstdDecoder>(limits); }

std::string zstd_version() { return ZSTD_versionString(); }

}  // namespace npk::codec
