#include "codec/filter/json/json_trial_encode.h"

#include <zstd.h>

#include <algorithm>
#include <utility>

#include "codec/filter/copy_short.h"
#include "codec/filter/json/json_format.h"

namespace npk::codec::json {
namespace {

constexpr std::size_t kTriedBytes = 1U << 20;  // of each half of the block
constexpr int kLevel = 3;
constexpr std::size_t kColumnCost = 8;  // about what a column takes that has nothing in it
// Numbers of one field go on as such and cost less than their digits do here: about 3/4 of it, and sometimes half.
constexpr std::size_t kNumbersShare = 3, kDigitsShare = 4;

constexpr std::uint16_t kNoPlace = 0xFFFF;

std::size_t compressed_size(ByteView bytes) {
  FilterBuffer buffer;
  const MutableBytes compressed = buffer.take(ZSTD_compressBound(bytes.size()));
  const std::size_t size = ZSTD_compress(compressed.data(), compressed.size(), bytes.data(), bytes.size(), kLevel);
  return ZSTD_isError(size) != 0 ? bytes.size() : size;
}

// By token: where its values go. Quoted ones of each column, then bare ones of each.
FilterVector<std::uint16_t> places_of(const Scan& scanned, const Plan& planned) {
  FilterVector<std::uint16_t> places;
  places.reserve(planned.tokens.size());
  for (const Token& token : planned.tokens) {
    const bool bare = scanned.skeletons[token.skeleton].back() == kBare;
    places.push_back(token.column == kNoColumn ? kNoPlace : static_cast<std::uint16_t>(token.column + (bare ? planned.columns : 0)));
  }
  return places;
}

}  // namespace

Trial::Trial(const Scan& scanned, ByteView raw) : scanned_(scanned), raw_(raw) {
  const std::size_t half = raw.size() / 2 + 1;
  for (std::size_t i = 0; i < scanned.occurrences.size(); ++i) {
    const Piece value = scanned.value_of(scanned.occurrences[i]);
    if (value.length == 0 && value.offset == 0) continue;  // none
    const std::size_t number = value.offset < half ? 0 : 1;
    if (value.offset - number * half >= kTriedBytes) continue;
    if (tried_[number].end == 0) tried_[number].first = i;
    tried_[number].end = i + 1;
  }
}

template <class Use>
void Trial::each_value(std::span<const std::uint16_t> places, const Plan& planned, const Use& use) const {
  for (const Range& range : tried_) {
    for (std::size_t i = range.first; i < range.end; ++i) {
      const Occurrence& occurrence = scanned_.occurrences[i];
      const std::uint16_t token = planned.choices[occurrence.shape()].whole;
      if (token != kNoToken && places[token] != kNoPlace) use(places[token], scanned_.value_of(occurrence));
    }
  }
}

std::size_t Trial::size_of(const Plan& planned) const {
  const FilterVector<std::uint16_t> places = places_of(scanned_, planned);
  FilterVector<std::size_t> next(2 * planned.columns);  // by place: its bytes, then where its next value goes
  each_value(places, planned, [&](std::uint16_t place, const Piece& value) { next[place] += value.length + 1; });
  std::size_t size = kColumnCost * static_cast<std::size_t>(std::ranges::count_if(next, [](std::size_t bytes) { return bytes > 0; }));
  std::size_t total = 0, quoted_bytes = 0;
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (i == planned.columns) quoted_bytes = total;
    total += std::exchange(next[i], total);
  }
  FilterBytes values(total);
  each_value(places, planned, [&](std::uint16_t place, const Piece& value) {
    copy_short(values.data() + next[place], raw_.data() + value.offset, value.length);
    next[place] += value.length + 1;
  });
  const std::size_t bare = compressed_size(ByteView(values).subspan(quoted_bytes));
  size += compressed_size(ByteView(values).first(quoted_bytes));
  return size + (planned.grouping == Grouping::by_kind ? bare : bare * kNumbersShare / kDigitsShare);
}

}  // namespace npk::codec::json
