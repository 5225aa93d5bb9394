#include "codec/filter/json/json_scan_encode.h"

#include <algorithm>
#include <array>
#include <bit>

#include "codec/filter/json/json_format.h"
#include "codec/filter/json/json_intern_encode.h"
#include "codec/filter/json/json_layout_encode.h"
#include "codec/filter/json/json_text_encode.h"
#include "codec/filter/short_bytes_encode.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec::json {
namespace {

constexpr std::size_t kMaxDepth = 256;         // levels that have a field of their own
constexpr std::size_t kSkeletonRoom = 32;      // a token ends where its skeleton has become this long
constexpr std::size_t kVariedSkeletons = 768;  // when there are so many, tokens are made of one item each: there are under 256 of these
constexpr std::size_t kLongestSpace = 16;      // in a skeleton
constexpr std::size_t kFieldBits = 24;
constexpr unsigned kPlaceBits = std::bit_width(kPlaces - 1U);
constexpr std::size_t kLeastBytesPerToken = 3;  // of text, on average: denser is declined

// Splitting adds two for each, at most.
static_assert(3 * (kVariedSkeletons + 256) <= kMaxSkeletons);
static_assert(kMaxFilteredRawBytes <= std::size_t{1} << Occurrence::kOffsetBits);
// An encoder has no memory for more, with their followers.
static_assert(std::uint64_t{Occurrence::kMostShapes} * (sizeof(Shape) + sizeof(std::uint32_t)) > structural_encoder_memory(kMaxFilteredRawBytes));

class Scanner {
 public:
  explicit Scanner(ByteView raw) : raw_(raw) {
    result_.keys.emplace_back();
    stack_.reserve(kMaxDepth);
  }

  std::optional<Scan> run();

 private:
  struct Level {
    std::uint32_t key = kNoKey;   // of the object or array
    bool is_array = false;
    std::uint8_t place = 0;       // of its next value
    std::uint8_t last_place = 0;
  };

  void step();
  void take_space();
  void take_blanks();
  void take_line_end(const Layout::Line& line, std::size_t end);
  void take_open();
  void take_close();
  void take_comma();
  void take_colon();
  void take_quote();
  void take_word();
  void take_key(std::size_t end);
  void take_literal(std::size_t end);

  [[nodiscard]] bool is_key_behind(std::size_t from) const;
  [[nodiscard]] Level level_of_array();
  void append(std::uint8_t byte) { skeleton_[size_++] = byte; }
  void append_from_raw() { append(raw_[at_++]); }
  void end_token(Piece value, std::uint32_t field);
  void flush() {
    if (size_ > 0) end_token({}, kNoKey);
  }
  void flush_if_long() {
    if (size_ >= kSkeletonRoom || is_plain()) flush();
  }
  [[nodiscard]] bool is_plain() const { return result_.skeletons.size() >= kVariedSkeletons; }
  void end_with_value(std::uint8_t slot, std::size_t from, std::size_t length, std::uint32_t field);
  [[nodiscard]] std::uint32_t number_skeleton();
  [[nodiscard]] std::uint32_t number_shape(std::uint32_t field);
  [[nodiscard]] bool is_as_before(const Shape& shape, std::uint32_t number) const;
  [[nodiscard]] std::uint32_t number_key(ByteView key);

  ByteView raw_;
  std::size_t at_ = 0;
  std::array<std::uint8_t, 2 * kMaxSkeletonBytes> skeleton_{};
  std::size_t size_ = 0;
  std::uint32_t token_key_ = kNoKey;
  bool closed_ = false;      // the token has closing brackets, and nothing opened behind them
  bool after_value_ = false;
  bool expects_key_ = true;
  std::uint32_t key_ = kNoKey;
  FilterVector<Level> stack_;
  std::size_t depth_beyond_ = 0;
  std::size_t literal_bytes_ = 0;
  Layout layout_;
  FilterVector<std::uint32_t> shape_followers_{0}, key_followers_{0};  // by number: what came next the last time
  std::uint32_t last_shape_ = 0, last_key_ = kNoKey;
  Numbering skeleton_numbers_, key_numbers_, shape_numbers_;
  Scan result_;
};

std::uint32_t Scanner::number_skeleton() {
  const ByteView skeleton = ByteView(skeleton_).first(size_);
  const auto next = static_cast<std::uint32_t>(result_.skeletons.size());
  const std::uint32_t number =
      skeleton_numbers_.find_or_add(hash_bytes(skeleton), next, [&](std::uint32_t i) { return std::ranges::equal(result_.skeletons[i], skeleton); });
  if (number == next) result_.skeletons.emplace_back(skeleton.begin(), skeleton.end());
  return number;
}

// The same as what followed the last token's like before: most are, and need no search.
bool Scanner::is_as_before(const Shape& shape, std::uint32_t number) const {
  const Shape& other = result_.shapes[number];
  const FilterBytes& skeleton = result_.skeletons[other.skeleton];
  return other.key == shape.key && other.field == shape.field && other.parent == shape.parent && other.place == shape.place &&
         skeleton.size() == size_ && same_bytes(skeleton.data(), skeleton_.data(), size_);
}

std::uint32_t Scanner::number_shape(std::uint32_t field) {
  Shape shape{0, 0, token_key_, field, kNoKey, 0};
  if (has_slot(skeleton_[size_ - 1]) && field != kLiteralField && !stack_.empty()) {
    shape.parent = stack_.back().key;
    shape.place = stack_.back().place;
  }
  std::uint32_t& follower = shape_followers_[last_shape_];
  if (follower < result_.shapes.size() && is_as_before(shape, follower)) return last_shape_ = follower;
  shape.skeleton = static_cast<std::uint16_t>(number_skeleton());
  const std::uint64_t keys = (std::uint64_t{shape.key} << kFieldBits | shape.field) << kPlaceBits | shape.place;
  const std::uint64_t hash = mix(mix(keys) + (std::uint64_t{shape.parent} << 16U | shape.skeleton));
  const auto next = static_cast<std::uint32_t>(result_.shapes.size());
  const std::uint32_t number = shape_numbers_.find_or_add(mix(hash), next, [&](std::uint32_t i) {
    const Shape& other = result_.shapes[i];
    return other.skeleton == shape.skeleton && other.place == shape.place && other.key == shape.key && other.field == shape.field &&
           other.parent == shape.parent;
  });
  follower = number;
  if (number == next) {
    result_.shapes.push_back(shape);
    shape_followers_.push_back(0);
  }
  return last_shape_ = number;
}

void Scanner::end_token(Piece value, std::uint32_t field) {
  const std::uint32_t shape = number_shape(field);
  ++result_.shapes[shape].count;
  result_.occurrences.push_back({shape, value});
  if (value.length >= Occurrence::kLongLength) [[unlikely]] result_.long_values.push_back(value);
  size_ = 0;
  token_key_ = kNoKey;
  closed_ = false;
}

void Scanner::end_with_value(std::uint8_t slot, std::size_t from, std::size_t length, std::uint32_t field) {
  append(slot);
  end_token({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(length)}, field);
  after_value_ = true;
  expects_key_ = false;
}

void Scanner::take_literal(std::size_t end) {
  literal_bytes_ += end - at_;
  end_with_value(kBare, at_, end - at_, kLiteralField);
  at_ = end;
}

void Scanner::take_line_end(const Layout::Line& line, std::size_t end) {
  const Layout::Match match = layout_.match(line, end < raw_.size() && closes(raw_[end]));
  if (match.code == 0) {
    if (end - at_ > kLongestSpace || is_plain()) return take_literal(end);
    while (at_ < end) append_from_raw();
    return;
  }
  for (int i = 0; i < match.correction; ++i) append(kRaise);
  for (int i = 0; i > match.correction; --i) append(kLower);
  append(match.code);
  at_ = end;
}

// White space up to the end of the line; at least a byte.
void Scanner::take_blanks() {
  std::size_t end = at_ + 1;
  while (end < raw_.size() && (raw_[end] == ' ' || raw_[end] == '\t')) ++end;
  if (end - at_ > kLongestSpace || (is_plain() && end - at_ > 1)) return take_literal(end);
  while (at_ < end) append_from_raw();
}

void Scanner::take_space() {
  flush_if_long();
  const bool carriage_return = raw_[at_] == '\r' && at_ + 1 < raw_.size() && raw_[at_ + 1] == '\n';
  const std::size_t indentation = at_ + (carriage_return ? 2 : 1);
  if (raw_[at_] != '\n' && !carriage_return) return take_blanks();
  const bool tab = indentation < raw_.size() && raw_[indentation] == '\t';
  const std::size_t end = find_other(raw_, indentation, tab ? '\t' : ' ');
  take_line_end({carriage_return, tab, end - indentation}, end);
}

Scanner::Level Scanner::level_of_array() {
  Level level{.key = key_, .is_array = true};
  if (const std::uint8_t numbers = vector_length(raw_, at_); numbers != 0) {
    level.last_place = static_cast<std::uint8_t>(numbers - 1);
  } else if (!stack_.empty() && stack_.back().is_array) {
    level.place = kFirstRowPlace;
    level.last_place = kPlaces - 1;
    result_.has_rows = true;
  }
  return level;
}

void Scanner::take_open() {
  flush_if_long();
  const bool is_array = raw_[at_] == '[';
  append_from_raw();
  layout_.open();
  if (stack_.size() < kMaxDepth) {
    stack_.push_back(is_array ? level_of_array() : Level{.key = key_});
  } else {
    ++depth_beyond_;
  }
  closed_ = after_value_ = false;
  expects_key_ = !is_array;
  if (token_key_ != kNoKey) flush();
}

void Scanner::take_close() {
  append_from_raw();
  layout_.close();
  if (depth_beyond_ > 0) {
    --depth_beyond_;
  } else if (!stack_.empty()) {
    key_ = stack_.back().key;
    stack_.pop_back();
  }
  closed_ = true;
  after_value_ = expects_key_ = false;
  flush_if_long();
}

void Scanner::take_comma() {
  if (closed_) {
    const std::size_t next = find_space_end(raw_, at_ + 1);
    if (next < raw_.size() && raw_[next] == '"') flush();
  }
  flush_if_long();
  append_from_raw();
  after_value_ = false;
  expects_key_ = true;
  if (stack_.empty() || depth_beyond_ > 0) return;
  Level& level = stack_.back();
  key_ = level.key;
  if (level.place < level.last_place) ++level.place;
}

void Scanner::take_colon() {
  flush_if_long();
  append_from_raw();
  after_value_ = expects_key_ = false;
}

bool Scanner::is_key_behind(std::size_t from) const {
  const std::size_t next = find_space_end(raw_, from);
  return next < raw_.size() && raw_[next] == ':';
}

std::uint32_t Scanner::number_key(ByteView key) {
  const auto is_same = [&](std::uint32_t i) {
    const Piece& other = result_.keys[i];
    return other.length == key.size() && same_bytes(raw_.data() + other.offset, key.data(), key.size());
  };
  std::uint32_t& follower = key_followers_[last_key_];
  if (follower != kNoKey && is_same(follower)) return last_key_ = follower;
  const auto next = static_cast<std::uint32_t>(result_.keys.size());
  follower = key_numbers_.find_or_add(hash_bytes(key), next, is_same);
  last_key_ = follower;
  if (last_key_ == next) {
    result_.keys.push_back({static_cast<std::uint32_t>(key.data() - raw_.data()), static_cast<std::uint32_t>(key.size())});
    key_followers_.push_back(kNoKey);
  }
  return last_key_;
}

void Scanner::take_key(std::size_t end) {
  token_key_ = key_ = number_key(raw_.subspan(at_ + 1, end - at_ - 1));
  append(kKey);
  at_ = end + 1;
  expects_key_ = false;
}

void Scanner::take_quote() {
  const std::size_t end = after_value_ ? kNoEnd : find_string_end(raw_, at_ + 1);
  if (end == kNoEnd) return take_literal(find_word_end(raw_, at_ + 1));
  if (expects_key_ && is_key_behind(end + 1)) {
    if (token_key_ != kNoKey) flush();
    if (end - at_ <= kMaxKeyBytes) return take_key(end);
  }
  end_with_value(kQuoted, at_ + 1, end - at_ - 1, key_);
  at_ = end + 1;
}

void Scanner::take_word() {
  static constexpr std::array<std::uint8_t, 4> kNull = {'n', 'u', 'l', 'l'};
  flush_if_long();
  const std::size_t end = find_word_end(raw_, at_);
  const ByteView word = raw_.subspan(at_, end - at_);
  if (std::ranges::equal(word, kNull)) {
    for (const std::uint8_t letter : kNull) append(letter);
    flush();
    after_value_ = true;
  } else if (word.front() == '-' || (word.front() >= '0' && word.front() <= '9') || word.size() == 4 || word.size() == 5) {
    end_with_value(kBare, at_, word.size(), key_);
  } else {
    return take_literal(end);
  }
  at_ = end;
}

void Scanner::step() {
  switch (kByteClasses[raw_[at_]]) {
    case ByteClass::space: return take_space();
    case ByteClass::open: return take_open();
    case ByteClass::close: return take_close();
    case ByteClass::comma: return take_comma();
    case ByteClass::colon: return take_colon();
    case ByteClass::quote: return take_quote();
    case ByteClass::word: return take_word();
  }
}

std::optional<Scan> Scanner::run() {
  if (begins_in_string(raw_)) {
    const std::size_t end = find_string_end(raw_, 0);
    if (end != kNoEnd) take_literal(end + 1);
  }
  std::size_t next_check = 1U << 16U;
  while (at_ < raw_.size()) {
    step();
    if (at_ < next_check) continue;
    next_check = 2 * at_;
    if (literal_bytes_ > at_ / 4 || result_.occurrences.size() > at_ / kLeastBytesPerToken) return std::nullopt;
  }
  flush();
  if (literal_bytes_ > raw_.size() / 4 || result_.occurrences.size() > raw_.size() / kLeastBytesPerToken + 16) return std::nullopt;
  result_.styles = layout_.styles();
  return std::move(result_);
}

}  // namespace

std::optional<Scan> scan(ByteView raw) { return Scanner(raw).run(); }

}  // namespace npk::codec::json
