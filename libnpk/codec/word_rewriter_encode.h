// Private to npk_codec_encode: a block rewritten with the codes of a lexicon.
#pragma once

#include <optional>

#include "codec/word_lexicon_encode.h"

namespace npk::codec::words {

// The codes of a words payload, to the front of `out`; nothing if there may not be room for them. Takes 24 KiB on the stack.
[[nodiscard]] std::optional<std::size_t> rewrite(ByteView block, const Lexicon& lexicon, MutableBytes out);

}  // namespace npk::codec::words
