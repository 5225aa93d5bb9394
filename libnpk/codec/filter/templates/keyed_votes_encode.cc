#include "codec/filter/templates/keyed_votes_encode.h"

#include <algorithm>

#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kSeenBits = 15;
constexpr std::uint32_t kDiscovering = 4;  // values whose neighbours are tried

}  // namespace

KeyedVotes::KeyedVotes(std::size_t columns) : columns_(columns), seen_(std::size_t{1} << kSeenBits) {}

void KeyedVotes::try_neighbours(Column& mine, std::uint16_t column) {
  const auto add_source = [&](std::uint16_t source) {
    const auto known = std::span(mine.sources).first(mine.tried);
    if (source != column && mine.tried < kTried && std::ranges::find(known, source, &Best::source) == known.end()) mine.sources[mine.tried++].source = source;
  };
  for (std::size_t back = 1; back <= std::min(next_neighbour_, kTried); ++back) add_source(neighbours_[(next_neighbour_ - back) % kTried]);
}

void KeyedVotes::keep_best(Column& mine) {
  const auto tried = std::span(mine.sources).first(mine.tried);
  std::ranges::stable_sort(tried, std::ranges::greater(), &Best::lone_bytes);
  mine.tried = std::min<std::uint32_t>(mine.tried, kKept);
}

bool KeyedVotes::was_seen(std::uint64_t key, std::uint32_t value) {
  Seen& seen = seen_[key >> (64 - kSeenBits)];
  const bool same = seen.key == static_cast<std::uint32_t>(key) && seen.value == value;
  seen = {static_cast<std::uint32_t>(key), value};
  return same;
}

void KeyedVotes::add(std::uint16_t column, std::uint32_t hash, std::uint32_t length) {
  Column& mine = columns_[column];
  if (mine.count < kDiscovering) try_neighbours(mine, column);
  if (++mine.count == kTrial) keep_best(mine);
  const auto key_of = [&](std::uint16_t source) {
    return mix_hash(std::uint64_t{column} << 48 | std::uint64_t{source} << 32, columns_[source].last);
  };
  const std::uint32_t lone = was_seen(key_of(column), hash) ? 0 : 1;
  for (Best& source : std::span(mine.sources).first(mine.tried)) {
    if (!was_seen(key_of(source.source), hash)) continue;
    ++source.hits, source.bytes += length;
    source.lone_hits += lone, source.lone_bytes += lone * length;
  }
  mine.last = hash;
  neighbours_[next_neighbour_++ % kTried] = column;
}

KeyedVotes::Best KeyedVotes::best(std::uint16_t column) const {
  const Column& mine = columns_[column];
  const auto tried = std::span(mine.sources).first(mine.tried);
  const auto best = std::ranges::max_element(tried, {}, &Best::lone_bytes);
  return best == tried.end() ? Best{} : *best;
}

}  // namespace npk::codec
