#include "object_writer/stream_encoder.h"

#include <algorithm>
#include <new>
#include <zlib.h>
#include <zstd.h>

namespace npk::synth::internal {
namespace {

constexpr std::size_t kOutputBytes = 256U << 10;

class PlainEncoder final : public StreamEncoder {
 public:
  Result<void> write(ByteView bytes, Sink& to) override { return to.write(bytes); }
  Result<void> finish(Sink&) override { return {}; }
};

class ZstdEncoder final : public StreamEncoder {
 public:
  explicit ZstdEncoder(int level) : context_(::ZSTD_createCCtx()), output_(kOutputBytes) {
    if (context_ == nullptr) throw std::bad_alloc();
    ::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    ::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }

  Result<void> write(ByteView bytes, Sink& to) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (in.pos < in.size) {
      NPK_ASSIGN(const std::size_t left, step(in, ZSTD_e_continue, to));
      static_cast<void>(left);
    }
    return {};
  }
  Result<void> finish(Sink& to) override {
    ZSTD_inBuffer none{nullptr, 0, 0};
    for (std::size_t left = 1; left != 0;) {
      NPK_ASSIGN(left, step(none, ZSTD_e_end, to));
    }
    return {};
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const noexcept { ::ZSTD_freeCCtx(context); }
  };

  Result<std::size_t> step(ZSTD_inBuffer& in, ZSTD_EndDirective directive, Sink& to) {
    ZSTD_outBuffer out{output_.data(), output_.size(), 0};
    const std::size_t left = ::ZSTD_compressStream2(context_.get(), &out, &in, directive);
    if (::ZSTD_isError(left) != 0) return fail(Errc::internal, ::ZSTD_getErrorName(left));
    if (out.pos != 0) NPK_TRY(to.write(ByteView(output_).first(out.pos)));
    return left;
  }

  std::unique_ptr<ZSTD_CCtx, Free> context_;
  Bytes output_;
};

class GzipEncoder final : public StreamEncoder {
 public:
  explicit GzipEncoder(int level) : output_(kOutputBytes) {
    constexpr int kGzipWindow = 15 + 16;  // zlib's way of asking for a gzip header
    constexpr int kMemoryLevel = 8;
    if (::deflateInit2(&stream_, level, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;
  ~GzipEncoder() override { ::deflateEnd(&stream_); }

  Result<void> write(ByteView bytes, Sink& to) override {
    constexpr std::size_t kPieceBytes = 1U << 30;  // zlib's lengths are unsigned int
    while (!bytes.empty()) {
      const ByteView piece = bytes.first(std::min(bytes.size(), kPieceBytes));
      stream_.next_in = const_cast<Bytef*>(piece.data());  // not written to
      stream_.avail_in = static_cast<uInt>(piece.size());
      while (stream_.avail_in != 0) {
        NPK_ASSIGN(const bool ended, step(Z_NO_FLUSH, to));
        static_cast<void>(ended);
      }
      bytes = bytes.subspan(piece.size());
    }
    return {};
  }
  Result<void> finish(Sink& to) override {
    for (bool ended = false; !ended;) {
      NPK_ASSIGN(ended, step(Z_FINISH, to));
    }
    return {};
  }

 private:
  Result<bool> step(int flush, Sink& to) {
    stream_.next_out = output_.data();
    stream_.avail_out = static_cast<uInt>(output_.size());
    const int status = ::deflate(&stream_, flush);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return fail(Errc::internal, "zlib: can't compress");
    const std::size_t made = output_.size() - stream_.avail_out;
    if (made != 0) NPK_TRY(to.write(ByteView(output_).first(made)));
    return status == Z_STREAM_END;
  }

  z_stream stream_{};
  Bytes output_;
};

}  // namespace

Result<std::unique_ptr<StreamEncoder>> make_stream_encoder(Compression compression, std::optional<int> level) {
  constexpr int kZstdMost = 22, kZstdUsual = 3, kGzipMost = 9, kGzipUsual = 6;
  if (compression == Compression::none) {
    if (level) return fail(Errc::misuse, "level: there is no compression");
    return std::make_unique<PlainEncoder>();
  }
  const bool zstd = compression == Compression::zstd;
  const int most = zstd ? kZstdMost : kGzipMost;
  const int chosen = level.value_or(zstd ? kZstdUsual : kGzipUsual);
  if (chosen < 1 || chosen > most) return fail(Errc::misuse, "level must be from 1 to " + std::to_string(most));
  if (zstd) return std::make_unique<ZstdEncoder>(chosen);
  return std::make_unique<GzipEncoder>(chosen);
}

}  // namespace npk::synth::internal
