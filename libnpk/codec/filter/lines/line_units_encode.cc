#include "codec/filter/lines/line_units_encode.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codec/filter/lines/aligned_lines_encode.h"
#include "codec/filter/lines/number_lists_encode.h"
#include "codec/filter/lines/time_stamp_encode.h"
#include "codec/filter/templates/value_hash_encode.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

static_assert(kMaxFilteredRawBytes <= std::size_t{1} << LineToken::kOffsetBits);

constexpr std::size_t kLongestFieldName = 60;
constexpr std::size_t kDeepestName = 16;
constexpr std::size_t kLongLine = 512;  // that may be a list of tuples
// Places in a line that are no piece's number.
constexpr std::uint64_t kFirstOfList = 16, kOfList = 17, kBehindList = 18;

enum ByteClass : std::uint8_t { kSeparator, kOther, kLetter, kDigit };

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool other = byte >= 0x80 || byte == '-' || byte == '+' || byte == '~' || byte == '%' || byte == '.';
    classes[byte] = letter ? kLetter : byte >= '0' && byte <= '9' ? kDigit : other ? kOther : kSeparator;
  }
  return classes;
}();

// What the end of a token goes by.
constexpr std::uint8_t kDigitMark = 1, kPointMark = 2, kSeparatorMark = 4;

constexpr std::array<std::uint8_t, 256> kMarks = [] {
  std::array<std::uint8_t, 256> marks{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::uint8_t kind = kClasses[byte];
    if (kind == kDigit) marks[byte] = kDigitMark;
    if (kind == kSeparator) marks[byte] = kSeparatorMark;
    if (byte == '.') marks[byte] = kPointMark;
  }
  return marks;
}();

bool is_alphanumeric(std::uint8_t byte) { return kClasses[byte] >= kLetter; }

class Splitter {
 public:
  Splitter(ByteView raw, bool with_lists) : raw_(raw), lists_(raw), aligned_(raw), with_lists_(with_lists) {}

  LineUnits run() {
    std::size_t at = 0;
    while (at < raw_.size()) {
      const void* feed = std::memchr(raw_.data() + at, '\n', raw_.size() - at);
      const std::size_t end = feed == nullptr ? raw_.size() : static_cast<std::size_t>(static_cast<const std::uint8_t*>(feed) - raw_.data()) + 1;
      if (end - at >= kLongLine && has_tuples(at, end)) at = add_tuples(at, end);
      if (feed == nullptr) break;
      add_line(at, end);
      at = end;
    }
    result_.length = at;
    return std::move(result_);
  }
  [[nodiscard]] bool found_lists() const { return lists_.found_any(); }

 private:
  // Where the next tuple of a list begins, as statements of SQL dumps have them; 0 if none does.
  [[nodiscard]] std::size_t next_tuple(std::size_t at, std::size_t end) const {
    static constexpr std::string_view kBetween = "),(";
    const void* found = ::memmem(raw_.data() + at, end - at, kBetween.data(), kBetween.size());
    return found == nullptr ? 0 : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - raw_.data()) + kBetween.size() - 1;
  }

  [[nodiscard]] bool has_tuples(std::size_t at, std::size_t end) const {
    constexpr std::size_t kLookBytes = 4096;
    constexpr int kFewest = 4;
    const std::size_t limit = std::min(end, at + kLookBytes);
    for (int i = 0; i < kFewest; ++i) {
      at = next_tuple(at, limit);
      if (at == 0) return false;
    }
    return true;
  }

  // A line for each. Returns where the last one begins.
  std::size_t add_tuples(std::size_t at, std::size_t end) {
    for (std::size_t next = 0; (next = next_tuple(at, end)) != 0; at = next) {
      add_line(at, next);
      result_.units[result_.units.size() - 1].listed = true;  // no text: that ends in a line feed or a quotation mark
    }
    return at;
  }

  // Where a name may begin: behind spaces, and behind the mark of an item of a list, as YAML has them.
  [[nodiscard]] std::size_t name_begin(std::size_t at, std::size_t end) const {
    std::size_t i = at;
    while (i < end && i - at < kDeepestName && raw_[i] == ' ') ++i;
    return i + 2 < end && raw_[i] == '-' && raw_[i + 1] == ' ' ? i + 2 : i;
  }

  // The length of "Name: ", "Name:" before the line's end, "name = " or "name=" at the front of a line; 0 if it has none.
  [[nodiscard]] std::size_t field_head(std::size_t at, std::size_t end) const {
    std::size_t i = name_begin(at, end);
    if (kClasses[raw_[i]] != kLetter) return 0;
    const std::size_t most = std::min(end, i + kLongestFieldName);
    while (i < most && (is_alphanumeric(raw_[i]) || raw_[i] == '-' || raw_[i] == '_')) ++i;
    if (raw_[i] != ':') return std::max(assignment_head(i, end), at) - at;
    if (raw_[i + 1] == ' ') return i + 2 - at;
    return raw_[i + 1] == '\n' || raw_[i + 1] == '\r' ? i + 1 - at : 0;
  }

  // Where what is assigned begins, to a name that ends before `at`, or goes on with points. A line of several assignments is no field.
  [[nodiscard]] std::size_t assignment_head(std::size_t at, std::size_t end) const {
    const auto in_name = [](std::uint8_t byte) { return is_alphanumeric(byte) || byte == '-' || byte == '_' || byte == '.'; };
    for (const std::size_t most = std::min(end, at + kLongestFieldName); at < most && in_name(raw_[at]);) ++at;
    const bool spaced = at + 2 < end && raw_[at] == ' ' && raw_[at + 1] == '=' && raw_[at + 2] == ' ';
    if (at == end || (raw_[at] != '=' && !spaced)) return 0;
    const std::size_t begin = at + (spaced ? 3 : 1);
    return std::memchr(raw_.data() + begin, '=', end - begin) == nullptr ? begin : 0;
  }

  // From one quotation mark to the next.
  [[nodiscard]] bool is_quoted(std::size_t at, std::size_t end) const {
    return end >= at + 2 && raw_[at] == '"' && raw_[end - 1] == '"' && std::memchr(raw_.data() + at + 1, '"', end - at - 2) == nullptr;
  }

  void add_line(std::size_t at, std::size_t end) {
    const std::size_t head = field_head(at, end);
    if (head > 0)
      field_ = hash_bytes(raw_.subspan(at, head));
    else if (raw_[at] != ' ' && raw_[at] != '\t')
      field_ = 0;
    place_has_tokens_ = true;
    const AlignedGroup* group = head == 0 ? aligned_.group_of(raw_, at, end - 1 - at) : nullptr;
    if (group != nullptr) return add_aligned(at, end, *group);
    if (head > 0 && is_quoted(at + head, end - ending_of(at, end))) return add_unit(at, end, head + 1, ending_of(at, end) + 1, mix_hash(field_ + 3, 0));
    const std::size_t rest = with_lists_ && head == 0 && lists_.has_lists(at) ? add_list(at, end) : at;
    place_has_tokens_ = rest == at;  // What is behind a list is mostly prose, and the lists' units take memory enough.
    add_pieces(rest, end, rest == at ? head : 0, rest == at ? 0 : kBehindList);
  }

  // The fields that are filled with spaces are tokens with them.
  void add_aligned(std::size_t at, std::size_t end, const AlignedGroup& group) {
    LineUnit& unit = new_unit(at, end, 0, 1, mix_hash(field_ + 2, group.context));
    const std::size_t first = result_.tokens.size(), most = first + kMostUnitTokens;
    for (const AlignedField& field : group.fields) {
      const std::size_t begin = at + field.begin;
      if (result_.tokens.size() + 1 >= most || (group.is_ragged && &field == &group.fields.back())) {
        add_token(begin, end - 1, false, at);
        break;
      }
      if (field.padded) add_token(begin, at + field.end, false, at);
      else add_tokens(begin, at + field.end, most - 1);
    }
    unit.tokens = static_cast<std::uint8_t>(result_.tokens.size() - unit.first_token);
  }

  // A unit for each long number of a line, with what is before it. Returns where the rest begins.
  std::size_t add_list(std::size_t at, std::size_t end) {
    std::uint64_t place = kFirstOfList;
    for (std::size_t stop = 0; (stop = long_number_end(raw_, at, end - 1)) != 0; at = stop) {
      add_unit(at, stop, 0, 1, mix_hash(field_ + 2, place));
      result_.units[result_.units.size() - 1].listed = true;
      place = kOfList;
    }
    return at;
  }

  [[nodiscard]] std::size_t ending_of(std::size_t at, std::size_t end) const { return end - at >= 2 && raw_[end - 2] == '\r' ? 2 : 1; }

  void add_pieces(std::size_t at, std::size_t end, std::size_t head, std::uint64_t first_place) {
    std::uint64_t piece = 0;
    const std::uint64_t context = field_ + (head > 0 ? 3 : 2);
    while (at < end) {
      const void* quote = std::memchr(raw_.data() + at, '"', end - at);
      const std::size_t stop = quote == nullptr ? end : static_cast<std::size_t>(static_cast<const std::uint8_t*>(quote) - raw_.data()) + 1;
      const std::uint64_t place = piece < 8 ? piece : 8 + piece % 2;
      add_unit(at, stop, piece == 0 ? head : 0, quote == nullptr ? ending_of(at, stop) : 1, mix_hash(context, first_place + place));
      at = stop;
      ++piece;
    }
  }

  void add_unit(std::size_t at, std::size_t end, std::size_t head, std::size_t ending, std::uint64_t context) {
    LineUnit& unit = new_unit(at, end, head, ending, context);
    if (place_has_tokens_) add_tokens(at + head, end - ending, result_.tokens.size() + kMostUnitTokens);
    unit.tokens = static_cast<std::uint8_t>(result_.tokens.size() - unit.first_token);
  }

  // Its tokens come next.
  LineUnit& new_unit(std::size_t at, std::size_t end, std::size_t head, std::size_t ending, std::uint64_t context) {
    result_.tokens.keep_together(kMostUnitTokens);
    result_.units.push_back({.offset = static_cast<std::uint32_t>(at),
                             .length = static_cast<std::uint32_t>(end - at),
                             .first_token = static_cast<std::uint32_t>(result_.tokens.size()),
                             .tokens = 0,
                             .head_length = static_cast<std::uint8_t>(head),
                             .ending_length = static_cast<std::uint8_t>(ending),
                             .field = head > 0,
                             .listed = false,
                             .may_repeat = head > 0 || raw_[end - 1] == '"',
                             .context = context});
    return result_.units[result_.units.size() - 1];
  }

  void add_token(std::size_t at, std::size_t stop, bool word, std::size_t start) {
    const Place place{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(stop - at)};
    const bool after_space = at > start && raw_[at - 1] == ' ';
    result_.tokens.push_back({place, static_cast<std::uint32_t>(hash_within(raw_, at, stop - at)), {word, after_space}});
    if (place.length >= LineToken::kLongLength) [[unlikely]] result_.long_tokens.push_back(place);
  }

  // Until there are `most` tokens, of which the last takes all that is left.
  void add_tokens(std::size_t at, std::size_t end, std::size_t most) {
    const std::size_t start = at;
    while (at < end) {
      if (!is_alphanumeric(raw_[at]) && !starts_number(at, start, end)) {
        ++at;
        continue;
      }
      bool word = true;
      const std::size_t stop = result_.tokens.size() + 1 == most ? end : token_end(at, end, word);
      add_token(at, stop, word, start);
      at = stop;
    }
  }

  // A sign or a byte that is not ASCII starts a token too.
  [[nodiscard]] bool starts_number(std::size_t at, std::size_t start, std::size_t end) const {
    if (raw_[at] >= 0x80) return true;
    return raw_[at] == '-' && at + 1 < end && kClasses[raw_[at + 1]] == kDigit && (at == start || kClasses[raw_[at - 1]] == kSeparator);
  }

  [[nodiscard]] std::size_t token_end(std::size_t at, std::size_t end, bool& word) const {
    const ByteView text = raw_.subspan(at, end - at);
    const std::size_t stamp = has_time_stamp_marks(text) ? time_stamp_length(text) : 0;
    if (stamp > 0) {
      word = false;
      return at + stamp;
    }
    std::size_t i = at;
    std::uint8_t seen = 0;
    for (; i < end; ++i) {
      const std::uint8_t marks = kMarks[raw_[i]];
      if (marks >= kPointMark && (marks == kSeparatorMark || ends_at_point(i, end))) break;
      seen |= marks;
    }
    word = (seen & kDigitMark) == 0;
    return std::max(i, at + 1);
  }

  // Points join numbers and names, but not what follows a number with a name, as in "1.2.tar".
  [[nodiscard]] bool ends_at_point(std::size_t at, std::size_t end) const {
    if (at + 1 >= end || !is_alphanumeric(raw_[at + 1])) return true;
    return kClasses[raw_[at - 1]] == kDigit && kClasses[raw_[at + 1]] == kLetter;
  }

  ByteView raw_;
  NumberLists lists_;
  AlignedLines aligned_;
  bool with_lists_;
  bool place_has_tokens_ = true;
  LineUnits result_;
  std::uint64_t field_ = 0;
};

}  // namespace

LineUnits split_lines(ByteView raw, bool& with_lists) {
  Splitter splitter(raw, with_lists);
  LineUnits lines = splitter.run();
  with_lists = splitter.found_lists();
  return lines;
}

}  // namespace npk::codec
