#include "codec/filter/delimited/delimited_rows_encode.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string_view>

#include "codec/filter/byte_mask.h"
#include "codec/filter/templates/value_hash_encode.h"

namespace npk::codec {
namespace {

// Those behind the first four are looked for where none of them is: they are in much that is no table.
constexpr auto kDelimiters = [] {
  constexpr std::string_view kBytes = ",\t;|:&^~=!#$%*\\@<>[](){} \x01\x1F";
  std::array<std::uint8_t, kBytes.size()> delimiters{};
  std::ranges::copy(kBytes, delimiters.begin());
  return delimiters;
}();
constexpr std::size_t kUsualDelimiters = 4;
constexpr std::uint64_t kLeastUnusual = 4;  // a line, more than a time of day has
constexpr std::size_t kSampleBytes = 1U << 14;
constexpr std::size_t kSamples = 8;
constexpr std::size_t kLookBytes = 1U << 12;      // that the delimiter of what follows is looked for in,
constexpr std::size_t kMostLookBytes = 1U << 18;  // or as many as the fewest lines have
constexpr std::size_t kLookEach = 1U << 15;       // at least so often, or each time that eight times as much has followed, and
constexpr std::uint32_t kLoneCells = 4;           // after so many rows of one cell, but
constexpr std::size_t kLeastBetween = 1U << 12;  // not sooner than this after the last time
constexpr std::uint32_t kFewestLines = 8;
// A quotation mark whose fellow is further away than this is a byte like others.
constexpr std::size_t kLongestQuoted = 1U << 16;

// Of bytes: which delimiter, or
enum ByteKind : std::uint8_t { kQuote = kDelimiters.size(), kLineFeed, kOrdinary };

constexpr std::array<std::uint8_t, 256> kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  kinds.fill(kOrdinary);
  for (std::uint8_t i = 0; i < kDelimiters.size(); ++i) kinds[kDelimiters[i]] = i;
  kinds['"'] = kQuote;
  kinds['\n'] = kLineFeed;
  return kinds;
}();

struct Tally {
  std::uint32_t here = 0;
  std::array<std::uint32_t, 2> before{};  // in the last two lines: rows may have a line of marks between them
  std::uint32_t equal_lines = 0;
  std::uint64_t in_equal_lines = 0;
};

void count_sample(ByteView sample, std::array<Tally, kDelimiters.size()>& tallies, std::uint32_t& lines) {
  bool quoted = false;
  for (const std::uint8_t byte : sample) {
    const std::uint8_t kind = kKinds[byte];
    if (kind == kOrdinary) continue;
    if (kind != kLineFeed) {
      if (kind == kQuote)
        quoted = !quoted;
      else if (!quoted)
        ++tallies[kind].here;
      continue;
    }
    quoted = false;
    ++lines;
    for (Tally& tally : tallies) {
      if (tally.here > 0 && (tally.here == tally.before[0] || tally.here == tally.before[1])) ++tally.equal_lines, tally.in_equal_lines += tally.here;
      tally.before = {tally.here, tally.before[0]};
      tally.here = 0;
    }
  }
}

// Of those of `tallies` that are in a line at least so often.
std::optional<std::size_t> most_equal(std::span<const Tally> tallies, std::uint32_t lines, std::uint64_t least_each) {
  std::optional<std::size_t> best;
  const auto rank = [&](std::size_t i) { return std::pair(tallies[i].equal_lines, tallies[i].in_equal_lines); };
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    if (tallies[i].equal_lines < std::max(1U, lines / 2) || tallies[i].in_equal_lines < least_each * tallies[i].equal_lines) continue;
    if (!best || rank(i) > rank(*best)) best = i;
  }
  return best;
}

// The byte that most lines have equally often; nothing if none does.
std::optional<std::uint8_t> delimiter_of(ByteView sample) {
  std::array<Tally, kDelimiters.size()> tallies{};
  std::uint32_t lines = 0;
  count_sample(sample, tallies, lines);
  if (lines < kFewestLines) return std::nullopt;
  if (const auto usual = most_equal(std::span(tallies).first(kUsualDelimiters), lines, 1)) return kDelimiters[*usual];
  const auto unusual = most_equal(std::span(tallies).subspan(kUsualDelimiters), lines, kLeastUnusual);
  return unusual ? std::optional<std::uint8_t>(kDelimiters[kUsualDelimiters + *unusual]) : std::nullopt;
}

// The front of `from`: `bytes`, or more if its rows are long.
ByteView sample_of(ByteView from, std::size_t bytes) {
  const auto front = [&](std::size_t length) { return from.first(std::min(from.size(), length)); };
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(front(bytes), '\n'));
  if (lines >= kFewestLines) return front(bytes);
  std::size_t end = std::min(from.size(), bytes);
  for (std::uint32_t missing = kFewestLines + 1 - lines; missing > 0; --missing) {
    const void* feed = std::memchr(from.data() + end, '\n', front(kMostLookBytes).size() - std::min(end, kMostLookBytes));
    if (feed == nullptr) return front(bytes);
    end = static_cast<std::size_t>(static_cast<const std::uint8_t*>(feed) - from.data()) + 1;
  }
  return from.first(end);
}

class RowSplitter {
 public:
  explicit RowSplitter(ByteView raw) : raw_(raw) {
    for (end_ = raw.size(); end_ > 0 && raw[end_ - 1] != '\n';) --end_;
  }

  DelimitedRows run() {
    while (at_ < end_) {
      if (at_ >= next_look_ || (lone_cells_ >= kLoneCells && at_ >= last_look_ + kLeastBetween)) look();
      add_row();
    }
    return std::move(result_);
  }

 private:
  // Rows too long to say anything keep the delimiter that they have.
  void look() {
    const ByteView sample = sample_of(raw_.subspan(at_, end_ - at_), kLookBytes);
    if (const auto delimiter = delimiter_of(sample))
      delimiter_ = *delimiter;
    else if (static_cast<std::size_t>(std::ranges::count(sample, '\n')) >= kFewestLines)
      delimiter_ = kNoDelimiter;
    last_look_ = at_;
    next_look_ = at_ + std::max(kLookEach, 8 * sample.size());
    lone_cells_ = 0;
  }

  bool ends_cell(std::size_t at) const { return raw_[at] == delimiter_ || raw_[at] == '\n' || (raw_[at] == '\r' && at + 1 < end_ && raw_[at + 1] == '\n'); }

  // The first place from `at` on of a delimiter, a line feed or a carriage return: there is one.
  std::size_t next_stop(std::size_t at) {
    if (at - window_ >= kMaskBytes || stops_delimiter_ != delimiter_) find_stops(at);
    for (;;) {
      const std::uint64_t stops = stops_ >> (at - window_);
      if (stops != 0) return at + static_cast<std::size_t>(std::countr_zero(stops));
      at = window_ + kMaskBytes;
      find_stops(at);
    }
  }

  void find_stops(std::size_t at) {
    std::array<std::uint8_t, kMaskBytes> last{};
    const std::uint8_t* bytes = raw_.data() + at;
    if (raw_.size() - at < kMaskBytes) {
      std::ranges::copy(raw_.subspan(at), last.begin());
      bytes = last.data();
    }
    stops_ = mask_of_equal(bytes, delimiter_) | mask_of_equal(bytes, '\n') | mask_of_equal(bytes, '\r');
    window_ = at;
    stops_delimiter_ = delimiter_;
  }

  // The place of the mark that ends the quoted cell that begins at `at`; 0 if it does not end well.
  std::size_t closing_quote(std::size_t at) {
    if (at < no_quotes_before_) return 0;
    const std::size_t limit = std::min(end_, at + kLongestQuoted);
    for (std::size_t i = at + 1; i + 1 < limit; ++i) {
      if (raw_[i] != '"') continue;
      if (raw_[i + 1] == '"')
        ++i;
      else if (ends_cell(i + 1))
        return i;
    }
    no_quotes_before_ = limit;
    return 0;
  }

  void add_row() {
    DelimitedRow row{.offset = static_cast<std::uint32_t>(at_),
                     .length = 0,
                     .first_cell = static_cast<std::uint32_t>(result_.cells.size()),
                     .cells = 0,
                     .carriage_return = false,
                     .quotes = 0};
    std::uint64_t quotes = 0;
    for (bool more = true; more; ++row.cells) {
      const std::size_t closing = raw_[at_] == '"' ? closing_quote(at_) : 0;
      const std::size_t begin = closing > 0 ? at_ + 1 : at_;
      std::size_t end = closing;
      if (closing == 0) {
        for (end = next_stop(at_); !ends_cell(end); end = next_stop(end + 1)) {}
      }
      result_.cells.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin) & 0x7FFFFFFFU, closing > 0});
      quotes = mix_hash(quotes, closing > 0 ? 1 : 2);
      at_ = end + (closing > 0 ? 1 : 0);
      row.carriage_return = raw_[at_] == '\r' && raw_[at_] != delimiter_;
      if (row.carriage_return) ++at_;
      more = raw_[at_] == delimiter_ && delimiter_ != kNoDelimiter;
      ++at_;
    }
    lone_cells_ = row.cells > 1 ? 0 : lone_cells_ + 1;
    row.quotes = static_cast<std::uint32_t>(quotes ^ quotes >> 32U);
    row.length = static_cast<std::uint32_t>(at_) - row.offset;
    result_.length = at_;
    result_.rows.push_back(row);
  }

  ByteView raw_;
  static constexpr std::uint8_t kNoDelimiter = '\n';

  std::uint8_t delimiter_ = kNoDelimiter;
  std::size_t end_ = 0;
  std::size_t at_ = 0;
  std::size_t no_quotes_before_ = 0;
  std::size_t last_look_ = 0, next_look_ = 0;
  std::uint32_t lone_cells_ = 0;
  std::uint64_t stops_ = 0;  // in the window of kMaskBytes from window_ on
  std::size_t window_ = SIZE_MAX / 2;
  std::uint8_t stops_delimiter_ = kNoDelimiter;
  DelimitedRows result_;
};

}  // namespace

bool has_delimiter(ByteView raw) {
  for (std::size_t i = 0; i < kSamples; ++i) {
    const ByteView from = raw.subspan(raw.size() / kSamples * i);
    if (delimiter_of(sample_of(from, kSampleBytes))) return true;
  }
  return false;
}

DelimitedRows split_rows(ByteView raw) { return RowSplitter(raw).run(); }

}  // namespace npk::codec
