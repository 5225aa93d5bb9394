#include "codec/filter/lines/sorted_lines_encode.h"

#include <algorithm>

#include "codec/filter/lines/whole_lines_encode.h"
#include "codec/filter/short_bytes_encode.h"

namespace npk::codec {

bool has_shared_fronts(ByteView raw) noexcept {
  constexpr std::size_t kSamples = 8, kSampleBytes = 8192;
  std::size_t bytes = 0, shared = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const std::size_t from = raw.size() / kSamples * i;
    const ByteView sample = raw.subspan(from, std::min(kSampleBytes, raw.size() - from));
    ByteView before;
    for_each_whole_line(sample, [&](std::size_t at, std::size_t end) {
      const ByteView line = sample.subspan(at, end - at);
      bytes += line.size();
      shared += shared_length(before, line);
      before = line;
    });
  }
  return 3 * shared > bytes;
}

TemplateBlock take_sorted_lines(ByteView raw) {
  TemplateBlock block;
  block.column_is_text = {false};
  const std::size_t end_of_lines = for_each_whole_line(raw, [&](std::size_t at, std::size_t end) {
    if (block.templates.empty()) block.templates.push_back({.literals = {{0, 0}}, .columns = {0}, .ending = {static_cast<std::uint32_t>(end - 1), 1}});
    block.sequence.push_back(0);
    block.values.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - 1 - at)});
  });
  block.tail = raw.subspan(end_of_lines);
  return block;
}

}  // namespace npk::codec
