#include "codec/filter/json/json_structure_encode.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "codec/filter/code_space.h"
#include "codec/filter/json/json_format.h"
#include "codec/filter/varint.h"

namespace npk::codec::json {

FilterVector<std::uint16_t> StructureWriter::places(std::size_t tokens) const {
  FilterVector<std::uint32_t> counts(tokens);
  for (const std::uint16_t token : sequence_) ++counts[token];
  FilterVector<std::uint16_t> order(tokens);
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::uint16_t token) { return counts[token]; });
  const auto single = order.begin() + static_cast<std::ptrdiff_t>(std::min(tokens, CodeSpace(tokens, kTokenLeads).single));
  std::sort(order.begin(), single);
  std::sort(single, order.end());
  FilterVector<std::uint16_t> places(tokens);
  for (std::size_t i = 0; i < tokens; ++i) places[order[i]] = static_cast<std::uint16_t>(i);
  return places;
}

FilterBytes StructureWriter::codes(std::span<const std::uint16_t> places) const {
  const CodeSpace space(places.size(), kTokenLeads);
  FilterBytes codes;
  codes.reserve(sequence_.size() + sequence_.size() / 8);
  for (std::size_t at = 0; at < sequence_.size();) {
    const Run run = run_at(at);
    if (run.length == 0) {
      space.append(places[sequence_[at++]], codes);
    } else {
      codes.push_back(static_cast<std::uint8_t>(kTokenLeads));
      append_varint(run.length * kMostPeriod + run.period - 1, codes);
      at += run.length;
    }
  }
  return codes;
}

// Of the shortest period that makes it worth its bytes.
StructureWriter::Run StructureWriter::run_at(std::size_t at) const {
  constexpr std::size_t kLeastRun = 16;
  for (std::size_t period = 1; period <= std::min(kMostPeriod, at); ++period) {
    std::size_t end = at;
    while (end < sequence_.size() && sequence_[end] == sequence_[end - period]) ++end;
    if (end - at >= kLeastRun) return {end - at, period};
  }
  return {};
}

}  // namespace npk::codec::json
