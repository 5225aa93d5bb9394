#include "codec/filter/lines/lone_numbers_encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "codec/filter/lines/whole_lines_encode.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLineSamples = 4, kLineSampleBytes = 4096;
constexpr std::uint32_t kFewestSampleLines = 64;  // of all samples
constexpr std::uint32_t kOtherLineShare = 32;     // one in so many may be something else

constexpr std::array<bool, 256> kNumberBytes = [] {
  std::array<bool, 256> bytes{};
  for (const char byte : {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-', '.', 'e', 'E'}) bytes[static_cast<std::uint8_t>(byte)] = true;
  return bytes;
}();

// Without its ending.
bool is_number(ByteView line) noexcept {
  constexpr std::size_t kLongest = 40;
  return !line.empty() && line.size() <= kLongest && line.back() >= '0' && line.back() <= '9' &&
         std::ranges::all_of(line, [](std::uint8_t byte) { return kNumberBytes[byte]; });
}

std::size_t ending_of(ByteView raw, std::size_t at, std::size_t end) noexcept { return end - at >= 2 && raw[end - 2] == '\r' ? 2 : 1; }

}  // namespace

bool has_lone_numbers(ByteView raw) noexcept {
  std::uint32_t lines = 0, others = 0;
  for (std::size_t i = 0; i < kLineSamples; ++i) {
    const std::size_t from = raw.size() / kLineSamples * i;
    const ByteView sample = raw.subspan(from, std::min(kLineSampleBytes, raw.size() - from));
    bool is_first = i > 0;  // which may be cut
    for_each_whole_line(sample, [&](std::size_t at, std::size_t end) {
      if (std::exchange(is_first, false)) return;
      ++lines;
      others += is_number(sample.subspan(at, end - ending_of(sample, at, end) - at)) ? 0U : 1U;
    });
  }
  return lines >= kFewestSampleLines && others * kOtherLineShare <= lines;
}

TemplateBlock take_lone_numbers(ByteView raw) {
  constexpr std::uint16_t kText = 0, kNumbers = 1;
  TemplateBlock block;
  block.column_is_text = {true, false};
  std::array<std::uint32_t, 3> templates{};  // numbers from 1 on, by the length of the ending: a text has none
  const auto add = [&](std::size_t at, std::size_t value_end, std::size_t end, std::uint16_t column) {
    std::uint32_t& number = templates[end - value_end];
    if (number == 0) {
      const Place ending{static_cast<std::uint32_t>(value_end), static_cast<std::uint32_t>(end - value_end)};
      block.templates.push_back({.literals = {{0, 0}}, .columns = {column}, .ending = ending});
      number = static_cast<std::uint32_t>(block.templates.size());
    }
    block.sequence.push_back(number - 1);
    block.values.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(value_end - at)});
  };
  const std::size_t end_of_lines = for_each_whole_line(raw, [&](std::size_t at, std::size_t end) {
    const std::size_t value_end = end - ending_of(raw, at, end);
    if (is_number(raw.subspan(at, value_end - at))) return add(at, value_end, end, kNumbers);
    for (std::size_t stop = at; at < end; at = stop) {  // texts end in a quotation mark or a line feed
      const void* quote = std::memchr(raw.data() + at, '"', end - at);
      stop = quote == nullptr ? end : static_cast<std::size_t>(static_cast<const std::uint8_t*>(quote) - raw.data()) + 1;
      add(at, stop, stop, kText);
    }
  });
  block.tail = raw.subspan(end_of_lines);
  return block;
}

}  // namespace npk::codec
