// Private to npk_codec_encode: a dictionary chosen by a part of the block, for where time counts.
#pragma once

#include <cstdint>

#include "codec/word_choice_encode.h"

namespace npk::codec::words {

// By a third of the block, `most_bytes` of it at most. Deterministic. Takes less than 3 MiB.
[[nodiscard]] Choice choose_words_by_sample(ByteView block, std::size_t most_bytes);

// Of bytes in the block, from above: by words, and a third of what runs of neither words nor white space save. Columns of numbers have few.
[[nodiscard]] std::uint64_t estimated_saving(ByteView block, const Choice& choice) noexcept;

}  // namespace npk::codec::words
