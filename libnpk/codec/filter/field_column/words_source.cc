// FieldEncoding::words: header and dictionary of the words filter (spec section 5.1), then its codes for all values, each with kWordValueEnd behind it.
#include <algorithm>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column/field_encoding.h"
#include "codec/filter/field_column/field_source.h"
#include "codec/word_dictionary.h"
#include "codec/word_filter_format.h"

namespace npk::codec {
namespace {

class WordsSource final : public FieldSource {
 public:
  [[nodiscard]] Result<void> open(ByteView part);

  bool take(ByteView& value) override {
    words::Progress at;
    if (!dictionary_.decode_text(codes_, MutableBytes(value_).first(value_.size() - kValueSlack), at, kWordValueEnd)) return false;
    if (!at.stopped || at.cut) return false;
    codes_ = codes_.subspan(at.read);
    value = ByteView(value_).first(at.written);
    return true;
  }
  bool at_end() const override { return codes_.empty(); }

 private:
  words::Dictionary dictionary_;
  ByteView codes_;
  Bytes value_;
};

Result<void> WordsSource::open(ByteView part) {
  const std::size_t bytes = part.size() + 1;  // with that of the encoding
  if (bytes < kLeastWordPartBytes) return bad_column("a column of a filtered block is too short for words");
  if (part[0] + load_le<std::uint16_t>(&part[2]) > most_words_of_part(bytes)) return bad_column("a column of a filtered block has too many words");
  const std::size_t most_text = std::min(most_word_text_of_part(bytes), words::kMaxInnerDictionaryText);
  NPK_ASSIGN(const bool whole, dictionary_.parse(part, part.size(), most_text));
  if (!whole) return bad_column("the words of a column of a filtered block end early");
  codes_ = part.subspan(dictionary_.bytes());
  value_.resize(most_value_of_word_part(bytes) + kValueSlack);
  return {};
}

}  // namespace

FieldSourceResult open_words(ByteView part) {
  auto source = std::make_unique<WordsSource>();
  NPK_TRY(source->open(part));
  return source;
}

}  // namespace npk::codec
