#include <lz4.h>

#include <algorithm>

#include "codec/decoder_factories.h"

namespace npk::codec {
namespace {

constexpr std::size_t kHistoryBytes = 64U << 10;

const char* chars(ByteView bytes) { return reinterpret_cast<const char*>(bytes.data()); }

// Returns the number of bytes decoded, negative on malformed input. All sizes fit an int: decode() has checked.
int decode_block(ByteView stored, ByteView history, bool whole, MutableBytes out) {
  char* to = reinterpret_cast<char*>(out.data());
  const int stored_size = static_cast<int>(stored.size());
  const int size = static_cast<int>(out.size());
  const int history_size = static_cast<int>(history.size());
  if (whole) return LZ4_decompress_safe_usingDict(chars(stored), to, stored_size, size, chars(history), history_size);
  return LZ4_decompress_safe_partial_usingDict(chars(stored), to, stored_size, size, size, chars(history), history_size);
}

class Lz4Decoder final : public Decoder {
 public:
  using Decoder::Decoder;

 private:
  Result<void> configure(CodecStep) override { return {}; }

  Result<void> decode(ByteView stored, ByteView base, std::uint64_t raw_length, MutableBytes out) override {
    if (raw_length > LZ4_MAX_INPUT_SIZE) return fail(Errc::limit, "too long a block for LZ4");
    if (stored.empty()) return fail(Errc::truncated, "empty LZ4 block");
    if (stored.size() > static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw_length)))) {
      return fail_corrupt("an LZ4 block longer than its raw length can make it");
    }
    const bool whole = out.size() == raw_length;
    const int decoded = decode_block(stored, base.last(std::min(base.size(), kHistoryBytes)), whole, out);
    if (decoded < 0 || static_cast<std::size_t>(decoded) != out.size()) {
      return fail_corrupt("malformed LZ4 block");
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Decoder> create_lz4_decoder(const Limits& limits) { return std::make_unique<Lz4Decoder>(limits); }

std::string lz4_version() { return LZ4_versionString(); }

}  // namespace npk::codec
