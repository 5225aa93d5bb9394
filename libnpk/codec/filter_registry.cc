#include "codec/filter_registry.h"

#include <algorithm>
#include <array>

#include "codec/filter_factories.h"
#include "codec/registry.h"
#include "npk/format/codec_name.h"

namespace npk::codec {
namespace {

constexpr std::array kFilters = std::to_array<FilterInfo>({
    {format::CodecId::words, "words", "frequent words as codes: text before LZMA2", create_words_decoder, words_decoder_memory},
    {format::CodecId::json, "json", "JSON: keys and shapes apart from values by field", create_json_decoder, json_decoder_memory},
    {format::CodecId::markup, "markup", "XML, HTML and SVG taken apart: tags, text, values by field", create_markup_decoder, markup_decoder_memory},
    {format::CodecId::delimited, "delimited", "CSV, TSV and their like: cells by column", create_delimited_decoder, delimited_decoder_memory},
    {format::CodecId::lines, "lines", "text by line: templates, and columns of what varies", create_lines_decoder, lines_decoder_memory},
    {format::CodecId::integers, "integers", "numbers less their prediction, or by rank, in pages of classes", create_integers_decoder, integers_decoder_memory},
    {format::CodecId::byte_shuffle, "byte_shuffle", "numbers as planes of bytes", create_byte_shuffle_decoder, element_decoder_memory},
    {format::CodecId::bit_shuffle, "bit_shuffle", "numbers as planes of bits", create_bit_shuffle_decoder, element_decoder_memory},
    {format::CodecId::element_delta, "element_delta", "numbers as differences from their neighbours", create_element_delta_decoder, element_decoder_memory},
    {format::CodecId::decimal_floats, "decimal_floats", "floats that are decimals as integers", create_decimal_floats_decoder, element_decoder_memory},
    {format::CodecId::x86_branches, "x86_branches", "operands of x86-64 code, tables and unwinding in streams of their own", create_x86_branches_decoder, x86_branches_decoder_memory},
    {format::CodecId::arm64_branches, "arm64_branches", "words of ARM64 code taken apart, tables and unwinding in streams of their own", create_arm64_branches_decoder, arm64_branches_decoder_memory},
});

static_assert(std::ranges::all_of(kFilters, [](const FilterInfo& filter) { return filter.name == format::registered_name(filter.id); }));

}  // namespace

std::span<const FilterInfo> filters() noexcept { return kFilters; }

const FilterInfo* find_filter(format::CodecId id) noexcept {
  const auto found = std::ranges::find(kFilters, id, &FilterInfo::id);
  return found == kFilters.end() ? nullptr : &*found;
}

const FilterInfo* find_filter(std::string_view name) noexcept {
  const auto found = std::ranges::find(kFilters, name, &FilterInfo::name);
  return found == kFilters.end() ? nullptr : &*found;
}

std::uint64_t FilterDecoder::prefix_guess(std::uint64_t filtered_length, std::uint64_t, std::uint64_t) const { return filtered_length; }

Result<void> restore_prefix(FilterDecoder& filter, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out, const ReadFiltered& read) {
  if (out.size() > raw_length) return fail(Errc::misuse, "more bytes asked for than the block has");
  if (out.empty() && raw_length > 0) return {};
  std::uint64_t wanted = filter.prefix_guess(filtered_length, raw_length, out.size());
  for (bool restored = false; !restored; wanted = std::min(filtered_length, 2 * wanted)) {
    NPK_ASSIGN(const ByteView filtered, read(wanted));
    NPK_ASSIGN(restored, filter.restore(filtered, filtered_length, raw_length, out));
  }
  return {};
}

Result<FilterDecoder*> FilterDecoderSet::get(format::CodecId id) {
  const FilterInfo* filter = find_filter(id);
  if (filter == nullptr) return unknown_codec(id);
  static_assert(kFilters.size() <= kKnownFilters);
  std::unique_ptr<FilterDecoder>& decoder = decoders_[static_cast<std::size_t>(filter - kFilters.data())];
  if (decoder == nullptr) decoder = filter->create_decoder();
  return decoder.get();
}

}  // namespace npk::codec
