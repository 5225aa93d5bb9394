#include <lzma.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>

#include "codec/decoder_factories.h"

namespace npk::codec {
namespace {

class Lzma2Decoder final : public Decoder {
 public:
  using Decoder::Decoder;
  ~Lzma2Decoder() override { lzma_end(&stream_); }

 private:
  Result<void> configure(CodecStep step) override {
    const std::uint32_t bytes = step.parameter == 0 ? kMaxLzmaDictionaryBytes : step.parameter;
    const std::string shown = "an LZMA dictionary of " + std::to_string(bytes) + " bytes is ";
    if (bytes < kMinLzmaDictionaryBytes) return fail(Errc::corrupt, shown + "below 4 KiB");
    if (bytes > kMaxLzmaDictionaryBytes) return fail(Errc::limit, shown + "beyond 256 MiB");
    dictionary_bytes_ = bytes;
    return {};
  }

  Result<void> decode(ByteView stored, ByteView base, std::uint64_t raw_length, MutableBytes out) override {
    start(stored, base, raw_length);
    ended_ = false;
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    NPK_TRY(fill());
    return out.size() == raw_length ? expect_end() : Result<void>();
  }

  // No match reaches back further than to the start of the base, so a larger dictionary would be allocated in vain.
  void start(ByteView stored, ByteView base, std::uint64_t raw_length) {
    lzma_options_lzma options{};
    options.dict_size = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(dictionary_bytes_, std::max<std::uint64_t>(raw_length + base.size(), kMinLzmaDictionaryBytes)));
    options.preset_dict = base.empty() ? nullptr : base.data();
    options.preset_dict_size = static_cast<std::uint32_t>(base.size());
    const std::array<lzma_filter, 2> filters{{{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}}};
    if (lzma_raw_decoder(&stream_, filters.data()) != LZMA_OK) throw std::bad_alloc();  // the options are in range
    stream_.next_in = stored.data();
    stream_.avail_in = stored.size();
  }

  Result<void> fill() {
    while (stream_.avail_out > 0) {
      const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
      if (code == LZMA_STREAM_END) {
        ended_ = true;
        if (stream_.avail_out == 0) return {};
        return fail_corrupt("LZMA2 stream decodes to fewer bytes than the block has");
      }
      if (code != LZMA_OK) return failure(code);
    }
    return {};
  }

  // A byte of room tells a stream that goes on from one that ends.
  Result<void> expect_end() {
    std::uint8_t spare = 0;
    stream_.next_out = &spare;
    stream_.avail_out = 1;
    lzma_ret code = ended_ ? LZMA_STREAM_END : LZMA_OK;
    while (code == LZMA_OK && stream_.avail_out == 1) code = lzma_code(&stream_, LZMA_RUN);
    if (stream_.avail_out == 0) return fail_corrupt("LZMA2 stream decodes to more bytes than the block has");
    if (code != LZMA_STREAM_END) return failure(code);
    if (stream_.avail_in > 0) return fail(Errc::trailing_data, "bytes follow the LZMA2 stream");
    return {};
  }

  static std::unexpected<Error> failure(lzma_ret code) {
    if (code == LZMA_MEM_ERROR) throw std::bad_alloc();
    if (code == LZMA_BUF_ERROR) return fail(Errc::truncated, "LZMA2 stream ends early");
    return fail_corrupt("malformed LZMA2 stream");
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  std::uint32_t dictionary_bytes_ = kMaxLzmaDictionaryBytes;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> create_lzma2_decoder(const Limits& limits) { return std::make_unique<Lzma2Decoder>(limits); }

std::string lzma_version() { return lzma_version_string(); }

}  // namespace npk::codec
