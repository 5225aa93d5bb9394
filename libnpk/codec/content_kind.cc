#include "codec/content_kind.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "codec/ascii.h"
#include "codec/filter/numeric/encoder/alike_bytes.h"
#include "codec/filter/numeric/encoder/byte_cost.h"
#include "codec/json_kind.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastBytes = 32;
constexpr std::size_t kShapeBytes = 16;
// Text of this length that is no source code is worth a trial of the lines filter whatever its lines look like.
constexpr std::uint64_t kLargeTextBytes = 256U << 10;

bool begins_with(ByteView bytes, std::string_view magic) noexcept { return as_text(bytes).starts_with(magic); }

bool opens_comment(ByteView text) noexcept { return begins_with(text, "/*") || begins_with(text, "//"); }

// Sixteen bytes at once; what compares true is all ones.
using Lanes __attribute__((vector_size(16))) = std::uint8_t;

constexpr std::uint8_t kFieldMark = 0x01;  // between fields, as 0x1C to 0x1F are

auto are_control(const auto& bytes) noexcept {
  return ((bytes < 0x1B) & (bytes != '\t') & (bytes != '\n') & (bytes != '\r') & (bytes != '\f') & (bytes != kFieldMark)) | (bytes == 0x7F);
}

// Of at most 255 strides: lanes count in a byte.
std::size_t count_control(ByteView bytes) noexcept {
  std::size_t count = 0;
  Lanes counts{};
  for (; bytes.size() >= sizeof(Lanes); bytes = bytes.subspan(sizeof(Lanes))) {
    Lanes some;
    std::memcpy(&some, bytes.data(), sizeof some);
    counts -= reinterpret_cast<Lanes>(are_control(some));
  }
  for (std::size_t lane = 0; lane < sizeof(Lanes); ++lane) count += counts[lane];
  return count + static_cast<std::size_t>(std::ranges::count_if(bytes, [](std::uint8_t byte) { return are_control(byte); }));
}

// No control bytes but white space, but for `allowed` and one in 256.
bool is_text(ByteView head, std::size_t allowed = 0) noexcept {
  static_assert(kKindHeadBytes / 2 <= 255 * sizeof(Lanes));
  const std::size_t half = head.size() / 2;
  return (count_control(head.first(half)) + count_control(head.subspan(half)) - allowed) * 256 <= head.size();
}

// Text whose pieces end in zeros.
bool holds_strings(ByteView bytes) noexcept {
  constexpr std::size_t kLeastStringBytes = 8;
  const auto zeros = static_cast<std::size_t>(std::ranges::count(bytes, 0));
  return zeros * kLeastStringBytes <= bytes.size() && is_text(bytes, zeros);
}

ContentKind machine_kind(unsigned machine, unsigned x86, unsigned x86_64, unsigned arm64) noexcept {
  if (machine == x86 || machine == x86_64) return ContentKind::x86_code;
  return machine == arm64 ? ContentKind::arm64_code : ContentKind::general;
}

// An archive of object files: as its first, or, where a table of symbols fills the head, as if it were x86-64 code, which a trial will tell.
ContentKind archive_kind(ByteView head) noexcept {
  constexpr std::size_t kMachineEnd = 20, kFirstName = 8;
  static constexpr std::array<std::uint8_t, 4> kElf = {0x7F, 'E', 'L', 'F'};
  const auto found = std::ranges::search(head, kElf).begin();
  const ByteView object(found, head.end());
  if (object.size() >= kMachineEnd && object[5] == 1) return machine_kind(load_le<std::uint16_t>(&object[18]), 3, 62, 183);
  return begins_with(head.subspan(kFirstName), "/ ") ? ContentKind::x86_code : ContentKind::general;
}

// ELF: e_machine; PE: the machine behind the signature, where the DOS header says.
ContentKind executable_kind(ByteView head) noexcept {
  if (begins_with(head, "!<arch>\n")) return archive_kind(head);
  if (begins_with(head, "\x7F" "ELF") && head[5] == 1) return machine_kind(load_le<std::uint16_t>(&head[18]), 3, 62, 183);
  if (begins_with(head, "MZ") && head.size() >= 64) {
    const std::size_t at = load_le<std::uint32_t>(&head[60]);
    if (at + 6 <= head.size() && begins_with(head.subspan(at), std::string_view("PE\0\0", 4)))
      return machine_kind(load_le<std::uint16_t>(&head[at + 4]), 0x14C, 0x8664, 0xAA64);
  }
  return ContentKind::general;
}

bool has_numeric_magic(ByteView head) noexcept {
  static constexpr std::array kMagic = std::to_array<std::string_view>(
      {"SIMPLE  =", "XTENSION=", "CDF\x01", "CDF\x02", "CDF\x05", "\x89HDF\r\n\x1A\n", "\x93NUMPY", "FORM", ".snd", "MM\0*", "II*\0"});
  if (begins_with(head, "RIFF")) return begins_with(head.subspan(8), "WAVE") || begins_with(head.subspan(8), "AVI ");
  if (begins_with(head, "BM")) return load_le<std::uint32_t>(&head[6]) == 0 && head[14] >= 12 && head[15] == 0;
  if (begins_with(head, "P5") || begins_with(head, "P6")) return is_space(head[2]);
  if (begins_with(head, std::string_view("MM\0*", 4)) || begins_with(head, std::string_view("II*\0", 4))) return true;
  return std::ranges::any_of(kMagic, [&](std::string_view magic) { return magic.size() >= 4 && begins_with(head, magic); });
}

// Bytes at the same place of elements of 2, 4 or 8 are more alike than all are, in the latter half too, where no header is.
bool has_elements(ByteView head) noexcept {
  constexpr std::size_t kLeastSample = 1024;
  if (head.size() < kLeastSample) return false;
  for (const ByteView sample : {head, head.subspan(head.size() / 2)}) {
    const std::uint64_t all = numeric::plane_cost(sample, 1);
    const std::uint64_t least = std::min({numeric::plane_cost(sample, 2), numeric::plane_cost(sample, 4), numeric::plane_cost(sample, 8)});
    if (least > all - all / 16) return false;
  }
  return true;
}

// As noise, but for the highest bytes of numbers: of other binary data that compresses little, all bytes are alike.
bool is_dense_table(ByteView sample) noexcept {
  constexpr std::uint64_t kDenseBitsPerByte = 7;
  return numeric::plane_cost(sample, 1) >= sample.size() * 256 * kDenseBitsPerByte && numeric::alike_lag(sample) != 0;
}

// By its head, or by its middle where a header or a sound's faint beginning comes first. What is mostly alike there is rather for long matches.
// What begins with a table of its strings, as catalogs of messages do, is text. `later`: from its middle, however short it is.
bool is_table(ByteView head, ByteView middle, ByteView later) noexcept {
  constexpr std::uint64_t kMiddleBitsPerByte = 4;
  if (holds_strings(later) && !has_elements(later)) return false;
  if (has_elements(head) || (is_dense_table(middle) && is_dense_table(head))) return true;
  return has_elements(middle) && numeric::plane_cost(middle, 1) >= middle.size() * 256 * kMiddleBitsPerByte;
}

// What nothing but markup begins with, however long its first text, style sheet or path data is.
bool opens_markup(ByteView text) noexcept {
  static constexpr std::array kOpenings = std::to_array<std::string_view>({"<?xml", "<!doctype", "<svg", "<html"});
  const auto is_same = [](std::uint8_t byte, char letter) {
    return byte == static_cast<std::uint8_t>(letter) || (is_letter(byte) && (byte | 0x20) == letter);
  };
  return std::ranges::any_of(kOpenings, [&](std::string_view opening) {
    return text.size() > opening.size() && std::ranges::equal(text.first(opening.size()), opening, is_same) && !is_letter(text[opening.size()]);
  });
}

// Letters or a colon after "<", and tags all along: at least one for each 200 bytes.
bool is_markup(ByteView text) noexcept {
  if (text.size() < 2 || text[0] != '<' || !(is_letter(text[1]) || text[1] == '!' || text[1] == '?')) return false;
  if (opens_markup(text)) return true;
  std::size_t tags = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '<' && (is_letter(text[i + 1]) || text[i + 1] == '/' || text[i + 1] == '!' || text[i + 1] == '?')) ++tags;
  return tags * 200 >= text.size();
}

std::size_t cells(ByteView line, std::uint8_t delimiter) noexcept {
  std::size_t count = 0;
  bool quoted = false;
  for (const std::uint8_t byte : line) {
    quoted ^= byte == '"';
    count += !quoted && byte == delimiter ? 1U : 0U;
  }
  return count;
}

// Whole lines, as long as `visit` says to go on.
template <class Visit>
void for_each_line(ByteView text, Visit visit) {
  for (;;) {
    const auto end = std::ranges::find(text, '\n');
    if (end == text.end()) return;
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (!visit(text.first(length))) return;
    text = text.subspan(length + 1);
  }
}

constexpr std::size_t kLeastUnusual = 4;  // more than a time of day has colons

// Lines have as many delimiters as the one before, and at least `least` (one that is last in the line does not do), but for one in ten.
bool is_delimited_by(ByteView text, char delimiter, std::size_t least) noexcept {
  constexpr std::size_t kLeastLines = 6;
  std::size_t lines = 0, odd = 0, before = 0;
  for_each_line(text, [&](ByteView line) {
    const std::size_t here = cells(line, static_cast<std::uint8_t>(delimiter));
    const bool ends = here == 1 && delimiter != '\t' && !line.empty() && line.back() == static_cast<std::uint8_t>(delimiter);
    odd += lines > 0 && (here != before || here < least || ends) ? 1U : 0U;
    before = here;
    ++lines;
    return odd <= 1 + lines / 10;
  });
  return lines >= kLeastLines && odd <= lines / 10;
}

bool is_number_or_empty(ByteView cell) noexcept {
  return std::ranges::all_of(cell, [](std::uint8_t byte) { return is_digit(byte) || std::string_view("+-.eE \"\r\n").contains(static_cast<char>(byte)); });
}

bool has_many_numbers_by(ByteView text, std::uint8_t delimiter) noexcept {
  constexpr std::size_t kLeastCells = 64;
  std::size_t count = 0, numbers = 0;
  for (auto end = std::ranges::find(text, delimiter); end != text.end(); end = std::ranges::find(text, delimiter), ++count) {
    const auto length = static_cast<std::size_t>(end - text.begin());
    numbers += is_number_or_empty(text.first(length)) ? 1U : 0U;
    text = text.subspan(length + 1);
  }
  return count >= kLeastCells && numbers * 4 >= count * 3;
}

// Of the unusual ones that the delimited filter knows, not spaces and brackets, which lines of source code and prose have as often by chance.
constexpr std::string_view kDelimiters = "\t,;|", kUnusualDelimiters = ":&^~=!#$%*\\@\x01\x1F";

bool is_delimited(ByteView text) noexcept {
  return std::ranges::any_of(kDelimiters, [&](char delimiter) { return is_delimited_by(text, delimiter, delimiter == ',' ? 2 : 1); });
}

bool is_delimited_unusually(ByteView text) noexcept {
  return std::ranges::any_of(kUnusualDelimiters, [&](char delimiter) { return is_delimited_by(text, delimiter, kLeastUnusual); });
}

// Lines too long for some to be compared, of many numbers.
bool has_wide_rows(ByteView text) noexcept {
  constexpr std::size_t kLeastRowBytes = 512;
  if (static_cast<std::size_t>(std::ranges::count(text, '\n')) * kLeastRowBytes > text.size()) return false;
  return std::ranges::any_of(kDelimiters, [&](char delimiter) { return has_many_numbers_by(text, static_cast<std::uint8_t>(delimiter)); });
}

// Letters, digits and marks of a line's first characters, each run as one, up to a colon or equals sign: what records and log lines have in common.
std::uint32_t shape_of(ByteView line) noexcept {
  std::uint32_t hash = 2166136261U;
  std::uint8_t before = 0;
  for (const std::uint8_t byte : line.first(std::min<std::size_t>(line.size(), kShapeBytes))) {
    const std::uint8_t kind = is_digit(byte) ? '0' : is_letter(byte) || byte >= 0x80 ? 'a' : byte;
    if (kind != before) hash = (hash ^ kind) * 16777619U;
    if (kind == ':' || kind == '=') break;
    before = kind;
  }
  return hash;
}

// Most lines of large text that are indented, as records and lists often are, are code only if they end like it.
bool looks_like_code(ByteView line, bool is_large) noexcept {
  static constexpr std::string_view kEndings = ";{},\\";
  const bool indented = line[0] == '\t' || (line[0] == ' ' && line.size() > 1 && line[1] == ' ');
  return (indented && (!is_large || kEndings.contains(static_cast<char>(line.back())))) || opens_comment(line) || line[0] == '*' || line[0] == '#' ||
         line[0] == '{' || line[0] == '}';
}

// Lines that begin in a letter, digit or bracket, not indented, and of few shapes: of five lines three have one that is not new.
bool has_few_shapes(ByteView text, bool is_large) noexcept {
  constexpr std::size_t kSlots = 256, kLeastLines = 12, kLeastLongLines = 6;
  std::array<std::uint32_t, kSlots> seen{};
  std::size_t lines = 0, new_shapes = 0, code = 0;
  for_each_line(text, [&](ByteView line) {
    if (line.empty()) return true;
    const std::uint32_t shape = shape_of(line) | 1U;
    std::uint32_t& slot = seen[shape % kSlots];
    new_shapes += slot == shape ? 0U : 1U;
    slot = shape;
    code += looks_like_code(line, is_large) ? 1U : 0U;
    ++lines;
    return lines < kLeastLines || (code * 4 <= lines && (is_large || new_shapes * 2 <= lines));
  });
  const bool are_few = new_shapes * 5 <= lines * 2;
  return lines >= (is_large && are_few ? kLeastLongLines : kLeastLines) && (is_large || are_few) && code * (is_large ? 4 : 8) <= lines;
}

// What follows lines of '#' at the front, which most tables of data begin with, and empty ones.
ByteView without_heading(ByteView text) noexcept {
  while (!text.empty() && (text[0] == '#' || text[0] == '\n' || text[0] == '\r')) {
    const auto end = std::ranges::find(text, '\n');
    if (end == text.end()) return {};
    text = text.subspan(static_cast<std::size_t>(end - text.begin()) + 1);
  }
  return text;
}

// Numbers rather than words, whatever lines look like. Source code has 2 to 8 digits in 100 bytes, its tables of registers 16.
bool has_many_digits(ByteView text) noexcept {
  constexpr std::size_t kLeastShare = 5;
  return static_cast<std::size_t>(std::ranges::count_if(text, is_digit)) * kLeastShare >= text.size();
}

// Rows one behind another, as statements of SQL dumps have them in lines of any length.
bool holds_tuples(ByteView text) noexcept {
  constexpr std::size_t kMostTupleBytes = 512;
  std::size_t count = 0;
  for (std::size_t at = as_text(text).find("),("); at != std::string_view::npos; at = as_text(text).find("),(", at + 1)) ++count;
  return count * kMostTupleBytes >= text.size();
}

ContentKind kind_of_lines(ByteView text, bool is_large) noexcept {
  if (is_delimited(text) || has_wide_rows(text)) return ContentKind::delimited;
  return has_few_shapes(text, is_large) || is_delimited_unusually(text) ? ContentKind::lines : ContentKind::general;
}

ContentKind kind_of_middle(ByteView middle, bool is_large) noexcept {
  if (middle.empty() || !is_text(middle)) return ContentKind::general;
  if (has_wide_rows(middle)) return ContentKind::delimited;
  const auto end = std::ranges::find(middle, '\n');
  if (end == middle.end()) return ContentKind::general;
  return kind_of_lines(middle.subspan(static_cast<std::size_t>(end - middle.begin()) + 1), is_large);
}

// Of a script or a large source: data that it carries, as most of its middle then is.
ContentKind kind_of_source(ByteView middle) noexcept {
  if (middle.empty() || !is_text(middle)) return ContentKind::general;
  if (holds_json_within(middle)) return ContentKind::json;
  return is_delimited({std::ranges::find(middle, '\n'), middle.end()}) ? ContentKind::delimited : ContentKind::general;
}

}  // namespace

ContentKind kind_of(ByteView head, std::uint64_t total_bytes, ByteView middle) noexcept {
  if (middle.empty() && head.size() >= kKindMiddleFileBytes) middle = head.subspan(head.size() / 2, kKindHeadBytes);
  const ByteView latter_half = head.subspan(head.size() / 2), later = middle.empty() ? latter_half.first(std::min(latter_half.size(), kKindHeadBytes)) : middle;
  head = head.first(std::min(head.size(), kKindHeadBytes));
  if (head.size() < kLeastBytes) return ContentKind::general;
  if (const ContentKind code = executable_kind(head); code != ContentKind::general) return code;
  if (has_numeric_magic(head)) return ContentKind::numeric;
  if (!is_text(head)) return is_table(head, middle, later) ? ContentKind::numeric : ContentKind::general;
  ByteView text = begins_with(head, "\xEF\xBB\xBF") ? head.subspan(3) : head;
  text = without_space(text);
  const ByteView behind_comments = without_comments(text);
  if (is_json(behind_comments) || hands_on_json(behind_comments)) return ContentKind::json;
  const bool is_large = total_bytes >= kLargeTextBytes;
  if (behind_comments.empty() || opens_comment(text)) return is_large ? kind_of_source(middle) : ContentKind::general;
  if (is_markup(text)) return ContentKind::markup;
  if (begins_with(text, "#!") || begins_with(text, "#include")) return is_large ? kind_of_source(middle) : ContentKind::general;
  if (const ContentKind kind = kind_of_lines(without_heading(text), is_large); kind != ContentKind::general) return kind;
  if (const ContentKind kind = kind_of_middle(middle, is_large); kind != ContentKind::general) return kind;
  const ByteView inner = middle.empty() ? text : middle;
  if (has_many_digits(inner) || holds_tuples(inner)) return ContentKind::lines;
  return is_large ? kind_of_source(middle) : ContentKind::general;
}

bool holds_dense_numbers(ByteView bytes) noexcept { return numeric::has_alike_elements(bytes); }

std::string_view kind_name(ContentKind kind) noexcept {
  static constexpr std::array<std::string_view, kContentKinds> kNames = {"general", "json", "markup", "delimited", "lines", "numeric", "x86 code", "arm64 code"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace npk::codec
