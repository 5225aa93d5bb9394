// Texts between tags, plain or with codes for words (spec/filters/markup.md).
#pragma once

#include "codec/filter/markup/output.h"
#include "codec/word_dictionary.h"
#include "npk/result.h"

namespace npk::codec::markup {

// Keeps a view of the part it was opened with.
class TextReader {
 public:
  // Errc::corrupt if `part` is of no known form or its dictionary cannot be one.
  [[nodiscard]] Result<void> open(ByteView part);
  // Writes the next text. False if there is none, or if it has a code without a word; true once `out` is cut.
  [[nodiscard]] bool take(Output& out) { return has_words_ ? take_words(out) : take_plain(out); }
  [[nodiscard]] bool at_end() const noexcept { return texts_.empty(); }

 private:
  bool take_plain(Output& out);
  bool take_words(Output& out);

  ByteView texts_;
  bool has_words_ = false;
  words::Dictionary dictionary_;
};

}  // namespace npk::codec::markup
