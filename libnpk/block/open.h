// From a frame's body to raw bytes, in the one order there is: check, [decrypt], take the inner header off, decode.
// Bodies are hostile: nothing here believes a length before it has been compared with a bound and with the bytes there.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "codec/decoder.h"
#include "codec/filter_decoder.h"
#include "npk/bytes.h"
#include "npk/format/frame.h"
#include "npk/limits.h"
#include "npk/profile.h"
#include "npk/result.h"

namespace npk::block {

using BodyCheck = std::array<std::uint8_t, 8>;  // first bytes of BLAKE3(body), as in a frame header

[[nodiscard]] BodyCheck body_check_of(const Digest& body_hash) noexcept;

// Errc::corrupt unless BLAKE3(body) is (begins with) what is expected. The second returns the whole hash.
[[nodiscard]] Result<void> check_body(ByteView body, const Digest& expected);
[[nodiscard]] Result<Digest> check_body(ByteView body, const BodyCheck& expected);

// Raw bytes of a page, manifest or commit whose body has been checked. Errc::limit above max_page_raw_bytes, corrupt if
// it names a base.
[[nodiscard]] Result<Bytes> open_page(ByteView body, const Limits& limits);

// Decodes blocks and dictionaries. Keeps decoders from call to call. Not thread-safe: one per thread.
class BlockOpener {
 public:
  explicit BlockOpener(const Limits& limits, Profile* profile = nullptr) : limits_(limits), profile_(profile), decoders_(limits) {}

  // The first out.size() bytes of the block that `opened` (format::split_body of a checked body) holds; `base` is the
  // raw bytes of the frame that opened.header.base_position names, empty if none. Only with out.size() == raw_length is
  // all of the payload checked. Errc::misuse if out is longer than the block, unsupported for a codec this build does
  // not know, else as codec::Decoder's.
  [[nodiscard]] Result<void> decode(const format::OpenedBody& opened, ByteView base, MutableBytes out);

 private:
  struct Chain;
  struct Scratch {
    [[nodiscard]] MutableBytes take(std::uint64_t length);

    std::unique_ptr<std::uint8_t[]> bytes;  // not a vector: reading fills it, clearing it would cost as much again
    std::uint64_t room = 0;
  };

  [[nodiscard]] Result<Chain> chain_of(const format::InnerHeader& header, std::size_t base_bytes);
  [[nodiscard]] Result<void> decompress(const Chain& chain, MutableBytes out);
  [[nodiscard]] Result<void> decode_from(const Chain& chain, std::size_t step, MutableBytes out);

  Limits limits_;
  Profile* profile_;
  codec::DecoderSet decoders_;
  codec::FilterDecoderSet filters_;
  std::array<Scratch, 2> scratch_;  // what the filters read, by turns
};

}  // namespace npk::block
