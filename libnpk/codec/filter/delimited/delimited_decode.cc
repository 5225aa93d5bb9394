#include "codec/filter/templates/template_decoder.h"
#include "codec/filter/templates/template_format.h"
#include "codec/filter_factories.h"

namespace npk::codec {

std::unique_ptr<FilterDecoder> create_delimited_decoder() { return std::make_unique<TemplateDecoder>(); }
std::uint64_t delimited_decoder_memory(std::uint64_t raw_length) { return template_decoder_memory(raw_length); }

}  // namespace npk::codec
