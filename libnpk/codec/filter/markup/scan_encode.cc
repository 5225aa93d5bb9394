#include "codec/filter/markup/scan_encode.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "codec/filter/copy_short.h"

namespace npk::codec::markup {
namespace {

constexpr std::size_t kMaxSkeleton = 1024;
// What is under kMaxSkeleton takes one attribute more: name, white space before and behind `=`, each at most as long.
constexpr std::size_t kTextRoom = 4 * kMaxSkeleton + 8;
constexpr std::size_t kMaxFoldedValue = 64;
constexpr std::size_t kMaxSpellings = 1U << 18;
constexpr std::size_t kSamples = 256;

enum ByteClass : std::uint8_t { kOther, kSpace, kSlash, kGreater, kEquals, kForbidden };

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (const char byte : {' ', '\t', '\n', '\r'}) classes[static_cast<std::uint8_t>(byte)] = kSpace;
  for (const char byte : {'<', '"', '\'', '\0'}) classes[static_cast<std::uint8_t>(byte)] = kForbidden;
  classes['/'] = kSlash;
  classes['>'] = kGreater;
  classes['='] = kEquals;
  return classes;
}();

constexpr std::array<bool, 256> kNameStarts = [] {
  std::array<bool, 256> starts{};
  for (unsigned byte = 0; byte < 256; ++byte)
    starts[byte] = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == ':' || byte >= 0x80;
  return starts;
}();

bool is_raw_element(ByteView name) noexcept {
  constexpr std::string_view kScript = "script", kStyle = "style";
  const auto is = [name](std::string_view wanted) {
    return std::ranges::equal(name, wanted, [](std::uint8_t byte, char letter) { return (byte | 0x20U) == static_cast<std::uint8_t>(letter); });
  };
  return is(kScript) || is(kStyle);
}

class Scanner {
 public:
  Scanner(ByteView raw, Scan& scan) : raw_(raw), scan_(scan), end_(raw.size()) {}

  bool run();

 private:
  void scan_tag();
  void scan_bang();
  void scan_until(std::string_view opening, std::string_view closing, bool& gone);
  void scan_end_tag();
  void scan_start_tag();
  bool scan_attribute();
  bool scan_value();
  void finish(TagKind kind, std::size_t name_length);
  [[nodiscard]] std::uint32_t number_skeleton(TagKind kind);
  [[nodiscard]] ByteView text() const noexcept { return ByteView(text_).first(text_size_); }
  void skip_raw_text(ByteView name);
  void add_fields(Skeleton& skeleton);
  void note_value(Value& value, std::uint32_t field);

  // Bytes of the block into the skeleton.
  void take(std::size_t length) {
    copy_short(text_.data() + text_size_, raw_.data() + at_, length);
    text_size_ += length;
    at_ += length;
  }
  void take_value(std::size_t length) {
    scan_.values.push_back({static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(length), kNone});
    text_[text_size_++] = 0;
    at_ += length;
  }
  [[nodiscard]] std::size_t run_of_others(std::size_t from) const noexcept {
    while (from < end_ && kClasses[raw_[from]] == kOther) ++from;
    return from;
  }
  [[nodiscard]] std::size_t find(std::string_view wanted, std::size_t from) const noexcept { return as_text(raw_).find(wanted, from); }

  ByteView raw_;
  Scan& scan_;
  std::size_t end_;
  std::size_t at_ = 0;
  std::array<std::uint8_t, kTextRoom> text_;  // of the skeleton
  std::size_t text_size_ = 0;
  FilterVector<std::uint32_t> followers_;  // by skeleton: what came next the last time
  std::uint32_t last_skeleton_ = kNone;
  // Set once a search has met the end of the block, so that no search is made twice.
  bool no_comment_end_ = false, no_cdata_end_ = false, no_greater_ = false, no_double_quote_ = false, no_single_quote_ = false, no_raw_end_ = false;
};

bool Scanner::run() {
  const std::size_t most_tags = raw_.size() / 4 + 64, most_values = raw_.size() / 8 + 64;
  std::size_t tag_bytes = 0;
  while (at_ < end_) {
    const void* found = std::memchr(&raw_[at_], '<', end_ - at_);
    if (found == nullptr) break;
    at_ = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - raw_.data());
    const std::size_t begin = at_;
    const std::size_t first_value = scan_.values.size();
    scan_.tags.push_back({static_cast<std::uint32_t>(begin), 0, 0, static_cast<std::uint32_t>(first_value)});
    text_size_ = 0;
    scan_tag();
    tag_bytes += scan_.tags.back().end - begin;
    if (scan_.tags.size() > most_tags || scan_.values.size() > most_values || scan_.skeleton_texts.count() > kMaxTemplates * 4) return false;
  }
  const auto end = static_cast<std::uint32_t>(end_);
  text_size_ = 0;
  at_ = end_;
  scan_.tags.push_back({end, end, 0, static_cast<std::uint32_t>(scan_.values.size())});
  finish(kPlain, 0);
  return scan_.tags.size() > 8 && tag_bytes >= raw_.size() / 64;
}

void Scanner::scan_tag() {
  const std::uint8_t next = at_ + 1 < end_ ? raw_[at_ + 1] : std::uint8_t{0};
  if (kNameStarts[next]) return scan_start_tag();
  if (next == '/') return scan_end_tag();
  if (next == '!' || next == '?') return scan_bang();
  take(1);
  finish(kPlain, 0);
}

void Scanner::scan_bang() {
  const std::string_view rest = as_text(raw_.subspan(at_));
  if (rest.starts_with("<!--")) return scan_until("<!--", "-->", no_comment_end_);
  if (rest.starts_with("<![CDATA[")) return scan_until("<![CDATA[", "]]>", no_cdata_end_);
  scan_until(rest.substr(0, 2), ">", no_greater_);
}

void Scanner::scan_until(std::string_view opening, std::string_view closing, bool& gone) {
  const std::size_t closed = gone ? std::string_view::npos : find(closing, at_ + opening.size());
  gone = closed == std::string_view::npos;
  const std::size_t opening_size = opening.size();
  take(opening_size);
  if (!gone) {
    take_value(closed - at_);
    take(closing.size());
  }
  finish(kPlain, gone ? 0 : opening_size - 1);
}

void Scanner::scan_end_tag() {
  const std::size_t name_end = std::min(run_of_others(at_ + 2), at_ + kMaxSkeleton);
  const bool whole = name_end < end_ && raw_[name_end] == '>' && name_end > at_ + 2;
  take(name_end - at_ + (whole ? 1 : 0));
  finish(whole ? kEnd : kPlain, 0);
}

void Scanner::scan_start_tag() {
  const std::size_t name_end = std::min(run_of_others(at_ + 1), at_ + kMaxSkeleton);
  const std::size_t name_length = name_end - at_ - 1;
  take(name_end - at_);
  const bool named = at_ < end_ && ends_name(raw_[at_]);
  TagKind kind = kPlain;
  while (named && at_ < end_ && text_size_ < kMaxSkeleton) {
    if (raw_[at_] == '>') {
      kind = text_[text_size_ - 1] == '/' ? kPlain : kStart;
      take(1);
      break;
    }
    if (!scan_attribute()) break;
  }
  finish(kind, name_length);
}

// White space, a slash, or an attribute with or without value. False if what follows is none, or does not end.
bool Scanner::scan_attribute() {
  const std::uint8_t kind = kClasses[raw_[at_]];
  if (kind == kSpace || kind == kSlash) {
    std::size_t length = 1;
    while (at_ + length < end_ && length < kMaxSkeleton && kClasses[raw_[at_ + length]] == kSpace) ++length;
    take(length);
    return true;
  }
  if (kind == kForbidden || kind == kGreater) return false;
  const std::size_t name_end = std::min(run_of_others(at_), at_ + kMaxSkeleton);
  take(name_end - at_);
  std::size_t equals = at_;
  while (equals < end_ && kClasses[raw_[equals]] == kSpace && equals < at_ + kMaxSkeleton) ++equals;
  if (equals == end_ || raw_[equals] != '=') return true;
  std::size_t value = equals + 1;
  while (value < end_ && kClasses[raw_[value]] == kSpace && value < equals + kMaxSkeleton) ++value;
  take(value - at_);
  return scan_value();
}

bool Scanner::scan_value() {
  if (at_ == end_ || scan_.values.size() - scan_.tags.back().first_value == kMaxSlots) return false;
  const std::uint8_t quote = raw_[at_];
  if (quote != '"' && quote != '\'') {
    std::size_t value_end = at_;
    while (value_end < end_ && (kClasses[raw_[value_end]] == kOther || raw_[value_end] == '/' || raw_[value_end] == '=')) ++value_end;
    if (value_end == at_) return false;
    take_value(value_end - at_);
    return true;
  }
  bool& gone = quote == '"' ? no_double_quote_ : no_single_quote_;
  take(1);
  const void* found = gone ? nullptr : std::memchr(raw_.data() + at_, quote, end_ - at_);
  gone = found == nullptr;
  if (gone) return false;
  take_value(static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - raw_.data()) - at_);
  take(1);
  return true;
}

void Scanner::add_fields(Skeleton& skeleton) {
  std::size_t piece = 0;
  for (std::size_t i = 0; i < text_size_; ++i) {
    if (text_[i] != 0) continue;
    ByteView attribute = text().subspan(piece, i - piece);
    while (!attribute.empty() && (is_space(attribute.back()) || attribute.back() == '"' || attribute.back() == '\'' || attribute.back() == '='))
      attribute = attribute.first(attribute.size() - 1);
    const auto space = std::ranges::find_if(attribute.rbegin(), attribute.rend(), is_space).base() - attribute.begin();
    attribute = attribute.subspan(static_cast<std::size_t>(space));
    skeleton.fields.push_back(scan_.field_names.add(attribute, skeleton.name));
    piece = i + 1;
  }
  scan_.fields.resize(scan_.field_names.count());
}

void Scanner::note_value(Value& value, std::uint32_t field_number) {
  Field& field = scan_.fields[field_number];
  const ByteView bytes = raw_.subspan(value.begin, value.length);
  field.bytes += value.length;
  ++field.values;
  if (field.samples < kSamples) field.sample(bytes);
  if (value.length > kMaxFoldedValue || (field.spellings > 256 && field.spellings > field.values / 4)) return;
  if (scan_.spellings.count() >= kMaxSpellings) return;
  value.spelling = scan_.spellings.add(bytes, field_number);
  if (value.spelling == scan_.spelling_counts.size()) {
    scan_.spelling_counts.push_back(0);
    ++field.spellings;
  }
  ++scan_.spelling_counts[value.spelling];
}

// Most are what followed the last tag's like before, and need no search.
std::uint32_t Scanner::number_skeleton(TagKind kind) {
  followers_.resize(scan_.skeletons.size() + 1, kNone);
  std::uint32_t& follower = followers_[last_skeleton_ + 1];
  if (follower != kNone && scan_.skeletons[follower].kind == kind) {
    const ByteView known = scan_.skeleton_texts[follower];
    if (known.size() == text_size_ && same_bytes(known.data(), text_.data(), text_size_)) return last_skeleton_ = follower;
  }
  return last_skeleton_ = follower = scan_.skeleton_texts.add(text(), kind);
}

// The tag ends at at_. name_length: of the element, from the skeleton's second byte.
void Scanner::finish(TagKind kind, std::size_t name_length) {
  Tag& tag = scan_.tags.back();
  tag.end = static_cast<std::uint32_t>(at_);
  tag.skeleton = number_skeleton(kind);
  if (tag.skeleton == scan_.skeletons.size()) {
    Skeleton& skeleton = scan_.skeletons.emplace_back();
    skeleton.kind = kind;
    ByteView name;
    if (kind == kEnd)
      name = text().subspan(2, text_size_ - 3);
    else if (text_size_ > 0)
      name = text().subspan(1, name_length);
    skeleton.name = scan_.names.add(name);
    add_fields(skeleton);
  }
  Skeleton& skeleton = scan_.skeletons[tag.skeleton];
  ++skeleton.count;
  for (std::size_t i = 0; i < skeleton.fields.size(); ++i) note_value(scan_.values[tag.first_value + i], skeleton.fields[i]);
  if (kind == kStart && (text_[1] | 0x20U) == 's') skip_raw_text(scan_.names[skeleton.name]);
}

// What stands in a script or style element is text up to its end tag.
void Scanner::skip_raw_text(ByteView name) {
  if (!is_raw_element(name) || no_raw_end_) return;
  for (std::size_t from = at_;; ++from) {
    from = find("</", from);
    if (from == std::string_view::npos) {
      no_raw_end_ = true;
      return;
    }
    const ByteView rest = raw_.subspan(from + 2);
    if (rest.size() < name.size() || !std::ranges::equal(rest.first(name.size()), name)) continue;
    at_ = from;
    return;
  }
}

}  // namespace

void Field::sample(ByteView value) noexcept {
  ++samples;
  for (const std::uint8_t byte : value.first(std::min<std::size_t>(value.size(), 512))) {
    ++sampled_bytes;
    sampled_digits += byte >= '0' && byte <= '9' ? 1U : 0U;
    sampled_marks += byte == '.' || byte == ',' || byte == '-' || is_space(byte) ? 1U : 0U;
  }
}

bool Field::lists_numbers() const noexcept {
  return values >= 8 && sampled_bytes >= 16 * samples && sampled_digits * 5ULL >= sampled_bytes * 2ULL && sampled_marks * 8ULL >= sampled_bytes;
}

std::optional<Scan> scan_markup(ByteView raw) {
  Scan scan;
  if (!Scanner(raw, scan).run()) return std::nullopt;
  return scan;
}

}  // namespace npk::codec::markup
