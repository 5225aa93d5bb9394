#include <algorithm>

#include "codec/filter/executable/x86_branches.h"
#include "codec/filter/encoder_memory.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSampleStride = 65536;
constexpr std::size_t kSampleBytes = 4096;
constexpr std::size_t kBytesPerCall = 1024;  // code has one in 50 bytes; a block may be code in part only

// Whether samples hold calls into the block, and few that are none.
bool has_code(ByteView raw) {
  std::size_t looked_at = 0, calls = 0, others = 0;
  for (std::size_t from = 0; from < raw.size(); from += kSampleStride) {
    const std::size_t end = std::min(from + kSampleBytes, raw.size() - 4);
    looked_at += end - std::min(from, end);
    for (std::size_t at = from; at < end; ++at) {
      if (raw[at] != 0xE8) continue;
      const std::uint32_t target = load_le<std::uint32_t>(&raw[at + 1]) + static_cast<std::uint32_t>(at + 5);
      ++(target < raw.size() ? calls : others);
    }
  }
  return calls > looked_at / kBytesPerCall && calls > others / 2;
}

class Splitter {
 public:
  Splitter(ByteView raw, MutableBytes main) : raw_(raw), main_(main) {}

  void run() {
    std::size_t fresh_from = 0;
    for (std::size_t at = 0; at < raw_.size(); ++at) {
      main_[written_++] = raw_[at];
      const x86::Operand kind = x86::operand_after(&raw_[at], at + 1 - fresh_from);
      if (kind == x86::Operand::none || raw_.size() - at < 5) continue;
      const std::uint32_t relative = load_le<std::uint32_t>(&raw_[at + 1]);
      if (relative + (1U << 24U) < x86::kPositions) {
        put(kind, (relative + static_cast<std::uint32_t>(at + 5)) % x86::kPositions);
      } else {
        keep(&raw_[at + 1]);
      }
      at += 4;
      fresh_from = at + 1;
    }
  }

  [[nodiscard]] std::size_t main_bytes() const noexcept { return written_; }
  [[nodiscard]] const std::array<FilterBytes, x86::kStreams>& streams() const noexcept { return streams_; }

 private:
  // The highest byte, which says that it is kept, first.
  void keep(const std::uint8_t* operand) {
    main_[written_++] = operand[3];
    for (std::size_t i = 0; i < 3; ++i) main_[written_++] = operand[i];
  }

  void put(x86::Operand kind, std::uint32_t position) {
    main_[written_++] = position >> 24U != 0 ? 0xFF : 0;
    const std::array<std::uint8_t, x86::kStreamBytes> bytes{static_cast<std::uint8_t>(position >> 16U), static_cast<std::uint8_t>(position >> 8U),
                                                            static_cast<std::uint8_t>(position)};
    FilterBytes& stream = streams_[x86::stream_of(kind)];
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  }

  ByteView raw_;
  MutableBytes main_;
  std::size_t written_ = 0;
  std::array<FilterBytes, x86::kStreams> streams_;
};

constexpr std::size_t kMostHead = 12;

std::size_t encode(ByteView raw, MutableBytes out) {
  Splitter splitter(raw, out.subspan(kMostHead));
  splitter.run();
  Bytes head;
  for (const FilterBytes& stream : splitter.streams()) append_varint(stream.size() / x86::kStreamBytes, head);
  std::ranges::copy(head, out.begin());
  std::copy_n(out.begin() + kMostHead, splitter.main_bytes(), out.begin() + static_cast<std::ptrdiff_t>(head.size()));
  auto to = out.begin() + static_cast<std::ptrdiff_t>(head.size() + splitter.main_bytes());
  for (const FilterBytes& stream : splitter.streams()) to = std::ranges::copy(stream, to).out;
  return static_cast<std::size_t>(to - out.begin());
}

}  // namespace

std::optional<std::size_t> encode_x86_branches(ByteView raw, MutableBytes out) {
  constexpr std::size_t kLeastRawBytes = 256;
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes || out.size() < raw.size() + kMostHead) return std::nullopt;
  if (!has_code(raw)) return std::nullopt;
  return encode_within(x86_branches_encoder_memory(raw.size()), kTableBytes, [&] { return std::optional(encode(raw, out)); });
}

}  // namespace npk::codec
