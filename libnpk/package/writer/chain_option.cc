#include "package/writer/chain_option.h"

#include <charconv>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "codec/registry.h"

namespace npk::writer {
namespace {

constexpr std::size_t kMostFilters = 7;

std::unexpected<Error> unknown_step(std::string_view name) {
  std::string message = "chain: '" + std::string(name) + "' is neither a filter (";
  for (const codec::FilterInfo& filter : codec::filters()) message.append(&filter == codec::filters().data() ? "" : ", ").append(filter.name);
  message += ") nor, at the end, a compressor (zstd, lz4, lzma2; with a level: zstd:15)";
  return fail(Errc::misuse, std::move(message));
}

Result<void> parse_compressor(std::string_view step, ChainOption& chain) {
  const std::size_t colon = step.find(':');
  const auto named = codec::codec_by_name(step.substr(0, colon));
  if (!named || *named == format::CodecId::store) return unknown_step(step);
  chain.compressor = *named;
  if (colon == std::string_view::npos) return {};
  int level = 0;
  const char* const end = step.data() + step.size();
  const auto [stop, error] = std::from_chars(step.data() + colon + 1, end, level);
  if (error != std::errc() || stop != end) return fail(Errc::misuse, "chain: '" + std::string(step) + "': what follows the colon is no level");
  chain.level = level;
  return {};
}

}  // namespace

Result<ChainOption> parse_chain(std::string_view text) {
  ChainOption chain;
  for (;;) {
    const std::size_t plus = text.find('+');
    const std::string_view step = text.substr(0, plus);
    const bool is_last = plus == std::string_view::npos;
    if (const codec::FilterInfo* filter = codec::find_filter(step)) chain.filters.push_back(filter->id);
    else if (is_last) NPK_TRY(parse_compressor(step, chain));
    else return unknown_step(step);
    if (chain.filters.size() > kMostFilters) return fail(Errc::misuse, "chain: at most 7 filters can follow each other");
    if (is_last) return chain;
    text.remove_prefix(plus + 1);
  }
}

}  // namespace npk::writer
