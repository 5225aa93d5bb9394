#include <lzma.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>

#include "codec/encoder_factories.h"
#include "codec/noise_encode.h"

namespace npk::codec {
namespace {

constexpr std::uint32_t kLongestMatch = 273;

lzma_options_lzma library_options(const EncoderOptions& options) {
  lzma_options_lzma chosen{};
  lzma_lzma_preset(&chosen, static_cast<std::uint32_t>(options.step.level));
  const LzmaParameters& given = options.lzma;
  chosen.lc = given.lc.value_or(chosen.lc);
  chosen.lp = given.lp.value_or(chosen.lp);
  chosen.pb = given.pb.value_or(chosen.pb);
  chosen.nice_len = given.nice_length.value_or(chosen.nice_len);
  chosen.depth = given.depth.value_or(chosen.depth);
  if (given.match_finder) chosen.mf = static_cast<lzma_match_finder>(*given.match_finder);
  if (options.step.parameter != 0) chosen.dict_size = options.step.parameter;
  return chosen;
}

// No larger than the block and its base can use: liblzma clears tables in proportion to it for every block.
std::uint32_t useful_dictionary(std::uint32_t dictionary, std::uint64_t block, std::uint64_t base) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(dictionary, std::max<std::uint64_t>(block + base, kMinLzmaDictionaryBytes)));
}

void* allocate_elements(void* pages, std::size_t count, std::size_t bytes) { return allocate_from(pages, count * bytes); }

class Lzma2Encoder final : public Encoder {
 public:
  explicit Lzma2Encoder(const EncoderOptions& options)
      : Encoder(options.step), options_(library_options(options)), skips_noise_(options.lzma.skips_noise), stop_(options.stop),
        allocator_{allocate_elements, release_to, options.pages} {
    stream_.allocator = &allocator_;
  }
  ~Lzma2Encoder() override { lzma_end(&stream_); }

  Result<std::optional<std::size_t>> encode(ByteView raw, ByteView base, MutableBytes out) override {
    const std::vector<Stretch> stretches = skips_noise_ && base.empty() ? noise_stretches(raw) : std::vector<Stretch>{{raw.size(), false}};
    std::size_t written = 0;
    for (const Stretch& stretch : stretches) {
      const ByteView bytes = raw.first(stretch.length);
      NPK_ASSIGN(const auto length, stretch.is_noise ? store(bytes, written == 0, out.subspan(written)) : compress(bytes, base, out.subspan(written)));
      if (!length) return std::nullopt;
      written += *length;
      raw = raw.subspan(stretch.length);
    }
    if (written == out.size()) return std::nullopt;
    out[written++] = kEndOfStream;
    return written;
  }

 private:
  // Chunks that begin with a new dictionary, without the end of the stream.
  Result<std::optional<std::size_t>> compress(ByteView raw, ByteView base, MutableBytes out) {
    start(raw, base);
    for (std::size_t written = 0; written < out.size();) {
      if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
      const MutableBytes slice = out.subspan(written, std::min(kSliceBytes, out.size() - written));
      stream_.next_out = slice.data();
      stream_.avail_out = slice.size();
      const lzma_ret code = lzma_code(&stream_, LZMA_FINISH);
      written += slice.size() - stream_.avail_out;
      if (code == LZMA_STREAM_END) return written - 1;
      if (code == LZMA_MEM_ERROR) throw std::bad_alloc();
      if (code != LZMA_OK) return fail(Errc::internal, "liblzma: code " + std::to_string(static_cast<int>(code)));
    }
    return std::nullopt;
  }

  // Chunks that are not compressed: their kind, their length less 1, and their bytes.
  static Result<std::optional<std::size_t>> store(ByteView raw, bool is_first, MutableBytes out) {
    if (raw.size() + (raw.size() / kStoredChunkBytes + 1) * kStoredHeadBytes > out.size()) return std::nullopt;
    std::uint8_t kind = is_first ? kStoredWithNewDictionary : kStored;
    std::size_t written = 0;
    for (; !raw.empty(); kind = kStored) {
      const ByteView chunk = raw.first(std::min(raw.size(), kStoredChunkBytes));
      const std::size_t size = chunk.size() - 1;
      const std::array<std::uint8_t, kStoredHeadBytes> head = {kind, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
      std::ranges::copy(head, out.subspan(written).begin());
      std::ranges::copy(chunk, out.subspan(written + kStoredHeadBytes).begin());
      written += kStoredHeadBytes + chunk.size();
      raw = raw.subspan(chunk.size());
    }
    return written;
  }

  void start(ByteView raw, ByteView base) {
    lzma_options_lzma options = options_;
    options.dict_size = useful_dictionary(options_.dict_size, raw.size(), base.size());
    options.preset_dict = base.empty() ? nullptr : base.data();
    options.preset_dict_size = static_cast<std::uint32_t>(base.size());
    const std::array<lzma_filter, 2> filters{{{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}}};
    if (lzma_raw_encoder(&stream_, filters.data()) != LZMA_OK) throw std::bad_alloc();  // the options are checked
    stream_.next_in = raw.data();
    stream_.avail_in = raw.size();
  }

  static constexpr std::size_t kSliceBytes = 64U << 10;  // of output: some hundredths of a second

  // LZMA2's own.
  static constexpr std::uint8_t kEndOfStream = 0, kStoredWithNewDictionary = 1, kStored = 2;
  static constexpr std::size_t kStoredChunkBytes = 64U << 10, kStoredHeadBytes = 3;

  lzma_options_lzma options_;
  bool skips_noise_;
  std::stop_token stop_;
  lzma_allocator allocator_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

Result<void> check_match_finder(const lzma_options_lzma& options) {
  if (lzma_mf_is_supported(options.mf) == 0) return fail(Errc::misuse, "lzma2: match_finder is not one liblzma knows");
  const auto shortest = static_cast<std::uint32_t>(options.mf) & 15U;  // 2, 3 or 4 bytes hashed
  return expect_range("lzma2: nice_length", options.nice_len, shortest, kLongestMatch);
}

}  // namespace

Result<EncoderOptions> check_lzma2(EncoderOptions options) {
  NPK_TRY(expect_range("lzma2: level", options.step.level, 0, 9));
  const lzma_options_lzma chosen = library_options(options);
  options.step.parameter = chosen.dict_size;
  NPK_TRY(expect_range("lzma2: parameter (dictionary bytes)", chosen.dict_size, kMinLzmaDictionaryBytes, kMaxLzmaDictionaryBytes));
  NPK_TRY(expect_range("lzma2: lc", chosen.lc, LZMA_LCLP_MIN, LZMA_LCLP_MAX));
  NPK_TRY(expect_range("lzma2: lp", chosen.lp, LZMA_LCLP_MIN, LZMA_LCLP_MAX));
  NPK_TRY(expect_range("lzma2: lc + lp", std::int64_t{chosen.lc} + chosen.lp, LZMA_LCLP_MIN, LZMA_LCLP_MAX));
  NPK_TRY(expect_range("lzma2: pb", chosen.pb, LZMA_PB_MIN, LZMA_PB_MAX));
  NPK_TRY(check_match_finder(chosen));
  return options;
}

std::unique_ptr<Encoder> create_lzma2_encoder(const EncoderOptions& options) {
  return std::make_unique<Lzma2Encoder>(options);
}

std::uint64_t lzma2_memory(const EncoderOptions& options, std::uint64_t block, std::uint64_t base) {
  lzma_options_lzma chosen = library_options(options);
  chosen.dict_size = useful_dictionary(chosen.dict_size, block, base);
  const std::array<lzma_filter, 2> filters{{{LZMA_FILTER_LZMA2, &chosen}, {LZMA_VLI_UNKNOWN, nullptr}}};
  return lzma_raw_encoder_memusage(filters.data());
}

}  // namespace npk::codec
