#include <algorithm>
#include <array>

#include "codec/filter/executable/arm64_branches.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSampleStride = 16384;
constexpr std::size_t kSampleBytes = 4096;
constexpr std::size_t kWordsPerCall = 200;  // code has one in 20

struct Seen {
  std::array<std::size_t, 4> calls{}, others{}, undefined{};
};

Seen look_at(ByteView raw, std::size_t from, std::size_t last) {
  Seen seen;
  for (std::size_t at = from; at + 4 <= last; ++at) {
    const auto word = load_le<std::uint32_t>(&raw[at]);
    if ((word & 0x18000000U) == 0) ++seen.undefined[at % 4];
    if ((word & 0xFC000000U) != 0x94000000U) continue;
    const std::uint32_t target = ((word + static_cast<std::uint32_t>(at >> 2U)) & 0x03FFFFFFU) << 2U;
    ++(target < raw.size() ? seen.calls : seen.others)[at % 4];
  }
  return seen;
}

// The phase in which most words of the samples call into the block, and few call out of it; kNoCode if there is none.
// A sample with an eighth of words that are no instructions is not code: so tables beside x86 code are declined.
std::uint8_t phase_of(ByteView raw, std::size_t from, std::size_t end) {
  std::array<std::size_t, 4> calls{}, others{};
  std::size_t words = 0;
  for (; from < end; from += kSampleStride) {
    const std::size_t last = std::min(from + kSampleBytes, end), here = (last - from) / 4;
    words += here;
    const Seen seen = look_at(raw, from, last);
    for (std::size_t phase = 0; phase < 4; ++phase) {
      if (seen.undefined[phase] > here / 8) continue;
      calls[phase] += seen.calls[phase];
      others[phase] += seen.others[phase];
    }
  }
  const auto best = static_cast<std::size_t>(std::ranges::max_element(calls) - calls.begin());
  return calls[best] > words / kWordsPerCall && calls[best] > others[best] / 2 ? static_cast<std::uint8_t>(best) : arm64::kNoCode;
}

}  // namespace

std::optional<std::size_t> encode_arm64_branches(ByteView raw, MutableBytes out) {
  constexpr std::size_t kLeastRawBytes = 256;
  const std::size_t head = arm64::head_bytes(raw.size());
  if (raw.size() < kLeastRawBytes || raw.size() > kMaxFilteredRawBytes || out.size() < raw.size() + head) return std::nullopt;
  std::fill_n(out.begin(), head, std::uint8_t{0});
  bool any = false;
  for (std::size_t unit = 0; unit < arm64::units_of(raw.size()); ++unit) {
    const std::size_t from = unit * arm64::kUnitBytes, end = std::min(raw.size(), from + arm64::kUnitBytes);
    const std::uint8_t phase = phase_of(raw, from, end);
    out[unit / 2] = static_cast<std::uint8_t>(out[unit / 2] | phase << unit % 2 * 4);
    std::copy(raw.begin() + static_cast<std::ptrdiff_t>(from), raw.begin() + static_cast<std::ptrdiff_t>(end), out.begin() + static_cast<std::ptrdiff_t>(head + from));
    if (phase == arm64::kNoCode) continue;
    any = true;
    const std::size_t first = std::min(end, from + phase);
    arm64::exchange_words<true>(raw.data() + first, (end - first) / 4, static_cast<std::uint32_t>(first), out.data() + head + first);
  }
  if (!any) return std::nullopt;
  return head + raw.size();
}
std::uint64_t arm64_branches_encoder_memory(std::uint64_t) { return 4096; }

}  // namespace npk::codec
