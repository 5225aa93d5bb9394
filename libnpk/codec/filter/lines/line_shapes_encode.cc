#include "codec/filter/lines/line_shapes_encode.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "codec/filter/lines/index_table_encode.h"
#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

// The tables of shapes are larger than a cache: what so many units need of them is fetched at once.
constexpr std::uint32_t kAhead = 16;

struct UnitHashes {
  std::uint64_t coarse, fine;
  std::uint64_t exact;  // if it may repeat
};

class Counter {
 public:
  Counter(ByteView raw, const LineUnits& lines) : raw_(raw), lines_(lines) {
    std::size_t repeating = 0;
    lines.units.for_each([&](const LineUnit& unit) { repeating += unit.may_repeat ? 1U : 0U; });
    shapes_.exact = RepeatCounts(repeating);
  }

  LineShapes run() {
    std::array<UnitHashes, kAhead> hashes;
    const auto units = static_cast<std::uint32_t>(lines_.units.size());
    for (std::uint32_t first = 0; first < units; first += kAhead) {
      const std::uint32_t end = std::min(first + kAhead, units);
      for (std::uint32_t i = first; i < end; ++i) {
        hashes[i - first] = hashes_of(lines_.units[i]);
        prefetch(hashes[i - first], lines_.units[i].may_repeat);
      }
      for (std::uint32_t i = first; i < end; ++i) add(i, hashes[i - first]);
      for (std::uint32_t i = first; i < end; ++i) compare(i);
    }
    for (std::size_t i = 0; i < shapes_.coarse.size(); ++i) count_slots(shapes_.coarse[i]);
    return std::move(shapes_);
  }

 private:
  [[nodiscard]] std::span<const LineToken> tokens_of(const LineUnit& unit) const {
    return unit.tokens == 0 ? std::span<const LineToken>() : std::span(&lines_.tokens[unit.first_token], unit.tokens);
  }

  // One multiplication for what most literals are, as one waits for the other.
  [[nodiscard]] std::uint64_t with_literal(std::uint64_t hash, std::size_t at, std::size_t length) const {
    if (length > 7) return hash_bytes(raw_.subspan(at, length), hash);
    const bool more = raw_.size() - at >= 8;
    const std::uint64_t word = more ? load_word(raw_.data() + at, 8) & ((std::uint64_t{1} << 8 * length) - 1) : load_word(raw_.data() + at, length);
    return mix_hash(hash + (length + 1) * 0x9E3779B97F4A7C15ULL, word);  // so that no text counts too, if what is before has a hash of 0
  }

  [[nodiscard]] UnitHashes hashes_of(const LineUnit& unit) const {
    std::uint64_t coarse = unit.context, fine = 0;
    std::size_t at = unit.offset + unit.head_length;
    for (const LineToken& token : tokens_of(unit)) {
      const Place place = lines_.place_of(token);
      coarse = with_literal(coarse, at, place.offset - at);
      if (token.is_word()) fine = mix_hash(fine, token.hash());
      fine = fine * 3 + (token.is_word() ? 1 : 2);
      at = place.offset + place.length;
    }
    coarse = with_literal(coarse, at, unit.offset + unit.length - at);
    return {coarse, mix_hash(coarse, fine), unit.may_repeat ? hash_long(raw_.subspan(unit.offset, unit.length), unit.context) : 0};
  }

  [[gnu::always_inline]] void prefetch(const UnitHashes& hashes, bool with_exact) const {
    coarse_.prefetch(hashes.coarse);
    fine_.prefetch(hashes.fine);
    if (with_exact) shapes_.exact.prefetch(hashes.exact);
  }

  void add(std::uint32_t number, const UnitHashes& hashes) {
    const LineUnit& unit = lines_.units[number];
    UnitShapes shapes{};
    shapes.field = note(fields_, shapes_.fields, unit.context, number);
    shapes.coarse = note(coarse_, shapes_.coarse, hashes.coarse, number);
    const std::uint32_t known = fine_.size();
    shapes.fine = note(fine_, shapes_.fine, hashes.fine, number);
    if (shapes.fine == known) ++shapes_.coarse[shapes.coarse].finer;
    if (unit.may_repeat) shapes.exact = shapes_.exact.add(hashes.exact);
    shapes_.of_units.push_back(shapes);
    __builtin_prefetch(&lines_.units[shapes_.coarse[shapes.coarse].example]);
    __builtin_prefetch(&lines_.units[shapes_.fine[shapes.fine].example]);
  }

  static std::uint32_t note(IndexTable& table, RecordList<LineShape>& shapes, std::uint64_t hash, std::uint32_t unit) {
    const std::uint32_t index = table.index_of(hash);
    if (index == shapes.size()) shapes.push_back({.example = unit});
    ++shapes[index].count;
    return index;
  }

  void compare(std::uint32_t number) {
    const std::span<const LineToken> tokens = tokens_of(lines_.units[number]);
    const UnitShapes& shapes = shapes_.of_units[number];
    LineShape& coarse = shapes_.coarse[shapes.coarse];
    LineShape& fine = shapes_.fine[shapes.fine];
    const Varying from_coarse = coarse.example == number ? Varying{} : compare(coarse.example, tokens);
    const Varying from_fine = fine.example == coarse.example ? from_coarse : fine.example == number ? Varying{} : compare(fine.example, tokens);
    coarse.varying |= from_coarse.tokens;
    coarse.varying_words |= from_coarse.words;
    fine.varying |= from_fine.tokens;
    fine.varying_words |= from_fine.words;
  }

  // A bit for each token.
  struct Varying {
    std::uint64_t tokens = 0;
    std::uint64_t words = 0;
  };

  [[nodiscard]] Varying compare(std::uint32_t example_number, std::span<const LineToken> tokens) const {
    const LineUnit& example = lines_.units[example_number];
    Varying varying;
    if (example.tokens != tokens.size()) return varying;
    const std::span<const LineToken> other = tokens_of(example);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const std::uint64_t differs = tokens[i].hash() != other[i].hash() ? 1 : 0;
      varying.tokens |= differs << i;
      varying.words |= (tokens[i].is_word() && other[i].is_word() ? differs : 0) << i;
    }
    return varying;
  }

  void count_slots(LineShape& shape) const {
    const std::span<const LineToken> tokens = tokens_of(lines_.units[shape.example]);
    shape.slots = static_cast<std::uint8_t>(std::popcount(shape.varying));
    shape.word_slots = static_cast<std::uint8_t>(std::popcount(shape.varying_words));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if ((shape.varying_words >> i & 1) != 0 && tokens[i].is_after_space()) ++shape.spaced_words;
    }
  }

  ByteView raw_;
  const LineUnits& lines_;
  LineShapes shapes_;
  IndexTable fields_, coarse_, fine_;
};

}  // namespace

LineShapes count_shapes(ByteView raw, const LineUnits& lines) { return Counter(raw, lines).run(); }

}  // namespace npk::codec
