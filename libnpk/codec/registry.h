// The codecs this build knows: one row each in registry.cc. Immutable; any thread may ask.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "codec/codec_step.h"
#include "npk/limits.h"
#include "npk/result.h"

namespace npk::codec {

class Decoder;

struct CodecInfo {
  format::CodecId id;
  std::string_view name;         // as on the command line; lower case
  std::string_view description;  // one line for people
  std::string (*library_version)();  // of the library linked in; empty if there is none
  std::unique_ptr<Decoder> (*create_decoder)(const Limits& limits);
};

// In the order of their ids.
[[nodiscard]] std::span<const CodecInfo> codecs() noexcept;
// nullptr if this build does not know it.
[[nodiscard]] const CodecInfo* find_codec(format::CodecId id) noexcept;
// Errc::unsupported, listing the names there are.
[[nodiscard]] Result<format::CodecId> codec_by_name(std::string_view name);
// "zstd"; "codec 77" for one this build does not know.
[[nodiscard]] std::string codec_name(format::CodecId id);
// Errc::unsupported naming the id.
[[nodiscard]] std::unexpected<Error> unknown_codec(format::CodecId id);

}  // namespace npk::codec
