// What decides an encoder's payloads beside the data.
#pragma once

#include <string>

#include "codec/encoder.h"

namespace npk::codec {

// A line of text, the library's version in it: options of which it is the same give the same payloads.
[[nodiscard]] std::string encoder_identity(const EncoderOptions& options);

}  // namespace npk::codec
