#include <algorithm>
#include <array>

#include "codec/filter/executable/arm64_branches.h"
#include "codec/filter_factories.h"

namespace npk::codec {
namespace {

class Arm64BranchesDecoder final : public FilterDecoder {
 public:
  std::uint64_t prefix_guess(std::uint64_t filtered_length, std::uint64_t raw_length, std::uint64_t wanted) const override {
    return std::min(filtered_length, arm64::head_bytes(raw_length) + wanted + 4);
  }

  Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override {
    const std::size_t head = arm64::head_bytes(raw_length);
    if (filtered_length != head + raw_length) return fail(Errc::corrupt, "a block with branches is not as long as it says");
    const std::uint64_t needed = std::min(filtered_length, head + out.size() + std::uint64_t{4});
    if (filtered.size() < needed) return false;
    const ByteView units = filtered.first(head);
    filtered = filtered.subspan(head);
    for (std::size_t from = 0, unit = 0; from < out.size(); from += arm64::kUnitBytes, ++unit) {
      const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(raw_length, from + arm64::kUnitBytes));
      const std::uint8_t phase = units[unit / 2] >> unit % 2 * 4 & 0xF;
      if (phase > arm64::kNoCode) return fail(Errc::corrupt, "a block with branches has code of no known phase");
      restore_unit(filtered, from, std::min(end, out.size()), end, phase, out);
    }
    if (arm64::units_of(raw_length) % 2 != 0 && head > 0 && units.back() >> 4U != 0) return fail(Errc::corrupt, "a block with branches has more code than bytes");
    return true;
  }

 private:
  // Bytes `from` to `wanted` of a unit that ends at `end`; a word may be wanted in part.
  static void restore_unit(ByteView filtered, std::size_t from, std::size_t wanted, std::size_t end, std::uint8_t phase, MutableBytes out) {
    std::copy(filtered.begin() + static_cast<std::ptrdiff_t>(from), filtered.begin() + static_cast<std::ptrdiff_t>(wanted),
              out.begin() + static_cast<std::ptrdiff_t>(from));
    if (phase == arm64::kNoCode || from + phase >= wanted) return;
    const std::size_t first = from + phase, words = (wanted - first) / 4, last = first + 4 * words;
    arm64::exchange_words<false>(filtered.data() + first, words, static_cast<std::uint32_t>(first), out.data() + first);
    if (last == wanted || last + 4 > end) return;
    std::array<std::uint8_t, 4> word;
    arm64::exchange_words<false>(filtered.data() + last, 1, static_cast<std::uint32_t>(last), word.data());
    std::copy_n(word.begin(), wanted - last, out.begin() + static_cast<std::ptrdiff_t>(last));
  }
};

}  // namespace

std::unique_ptr<FilterDecoder> create_arm64_branches_decoder() { return std::make_unique<Arm64BranchesDecoder>(); }
std::uint64_t arm64_branches_decoder_memory(std::uint64_t) { return 4096; }

}  // namespace npk::codec
