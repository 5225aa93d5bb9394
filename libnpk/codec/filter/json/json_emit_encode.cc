#include "codec/filter/json/json_emit_encode.h"

#include <algorithm>

#include "codec/filter/field_column_encode.h"
#include "codec/filter/json/json_format.h"
#include "codec/filter/json/json_intern_encode.h"
#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/varint.h"

namespace npk::codec::json {
namespace {

constexpr std::size_t kVotingBytes = 2U << 20;  // of the block are looked at for copies
constexpr std::size_t kRecentSlots = 4096;
constexpr std::int32_t kMostVotes = 64;
constexpr std::int32_t kEnoughVotes = 8;

}  // namespace

template <class Use>
bool Emitter::each_token_of(const Occurrence& occurrence, const Use& use) const {
  const Choice& choice = plan_.choices[occurrence.shape()];
  if (choice.head != kNoToken) use(choice.head, scanned_.keys[scanned_.shapes[occurrence.shape()].key]);
  return choice.whole == kNoToken || use(choice.whole, scanned_.value_of(occurrence));
}

Emitter::Emitter(ByteView raw, Scan& scanned, const Plan& planned)
    : raw_(raw), scanned_(scanned), plan_(planned), sources_(planned.tokens.size()), plain_(planned.tokens.size(), kNoToken),
      copying_(planned.tokens.size(), kNoToken), last_(planned.columns), begins_(planned.columns + 1) {
  std::size_t tokens = 0;
  const auto count = [&](std::uint16_t token, std::uint32_t times) {
    tokens += token != kNoToken ? times : 0U;
    if (token != kNoToken && planned.tokens[token].column != kNoColumn) begins_[planned.tokens[token].column + 1U] += times;
  };
  for (std::size_t i = 0; i < scanned.shapes.size(); ++i) {
    count(planned.choices[i].head, scanned.shapes[i].count);
    count(planned.choices[i].whole, scanned.shapes[i].count);
  }
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  values_.resize(begins_.back());
  structure_.reserve(tokens);
  ends_ = begins_;
}

bool Emitter::is_last(std::uint16_t column, const Piece& value) const {
  const Piece& last = last_[column];
  return last.length == value.length && value.length > 0 && same_bytes(raw_.data() + last.offset, raw_.data() + value.offset, value.length);
}

// Counts for and against the source that was in favour; the loser makes room. A short value that differs weighs more: such values are
// often the same by chance.
void Emitter::vote(std::uint16_t token, const Piece& value, FilterVector<std::uint16_t>& recent) {
  const std::uint16_t own = plan_.tokens[token].column;
  Source& source = sources_[token];
  std::uint16_t& slot = recent[hash_bytes(view(value)) % kRecentSlots];
  std::uint16_t found = kNoColumn;
  if (source.column != kNoColumn && is_last(source.column, value)) {
    found = source.column;
  } else if (slot != kNoColumn && slot != own && is_last(slot, value)) {
    found = slot;
  }
  if (found != kNoColumn && found == source.column) {
    source.votes = std::min(source.votes + 1, kMostVotes);
    return;
  }
  source.votes -= value.length >= 8 ? 1 : 4;
  if (source.votes <= 0) source = {found, found == kNoColumn ? 0 : 1};
  if (found != kNoColumn) return;
  last_[own] = value;
  slot = own;
}

void Emitter::find_sources() {
  FilterVector<std::uint16_t> recent(kRecentSlots, kNoColumn);
  const auto look = [&](std::uint16_t token, const Piece& value) {
    if (plan_.tokens[token].column != kNoColumn) vote(token, value, recent);
    return value.offset < kVotingBytes;
  };
  for (std::size_t i = 0; i < scanned_.occurrences.size() && each_token_of(scanned_.occurrences[i], look);) ++i;
  for (Source& source : sources_) {
    if (source.votes < kEnoughVotes) source.column = kNoColumn;
  }
  std::ranges::fill(last_, Piece{});
}

void Emitter::put(std::uint16_t& number, std::uint16_t token, std::uint16_t copied_column) {
  if (number == kNoToken) {
    number = static_cast<std::uint16_t>(dictionary_.size());
    dictionary_.push_back({token, copied_column});
  }
  structure_.add(number);
}

bool Emitter::may_copy(std::uint16_t token) {
  if (copying_[token] != kNoToken) return true;
  copying_budget_.add(scanned_, plan_.tokens[token]);
  return copying_budget_.is_within(4 - kPlannedQuarters);
}

void Emitter::emit(std::uint16_t token, const Piece& value) {
  const std::uint16_t own = plan_.tokens[token].column;
  const std::uint16_t source = sources_[token].column;
  if (source != kNoColumn && is_last(source, value) && may_copy(token)) return put(copying_[token], token, source);
  put(plain_[token], token, kNoColumn);
  if (own == kNoColumn) return;
  last_[own] = value;
  values_[ends_[own]++] = value;
}

void Emitter::run() {
  find_sources();
  const auto use = [&](std::uint16_t token, const Piece& value) {
    emit(token, value);
    return true;
  };
  for (std::size_t i = 0; i < scanned_.occurrences.size(); ++i) {
    (void)each_token_of(scanned_.occurrences[i], use);
    scanned_.occurrences.release_before(i);
  }
  scanned_.occurrences.clear();
  order_dictionary();
}

void Emitter::order_dictionary() {
  const FilterVector<std::uint16_t> places = structure_.places(dictionary_.size());
  codes_ = structure_.codes(places);
  structure_ = {};
  const FilterVector<FinalToken> unordered = std::move(dictionary_);
  dictionary_.resize(unordered.size());
  for (std::size_t i = 0; i < unordered.size(); ++i) dictionary_[places[i]] = unordered[i];
}

void Emitter::add_skeletons(FilterVector<FilterBytes>& parts) const {
  FilterVector<std::uint32_t> numbers(scanned_.skeletons.size());  // number + 1, in the order of the dictionary
  std::uint32_t count = 0;
  for (const FinalToken& token : dictionary_) {
    const std::uint16_t skeleton = plan_.tokens[token.planned].skeleton;
    if (numbers[skeleton] == 0) {
      numbers[skeleton] = ++count;
      const FilterBytes& bytes = scanned_.skeletons[skeleton];
      append_varint(bytes.size(), parts[kSkeletonsPart]);
      parts[kSkeletonsPart].insert(parts[kSkeletonsPart].end(), bytes.begin(), bytes.end());
    }
    append_varint(numbers[skeleton] - 1, parts[kTokenSkeletonsPart]);
  }
}

// Their order is that in which the dictionary names them first.
FilterVector<std::uint16_t> Emitter::add_columns_of_tokens(FilterBytes& part) const {
  FilterVector<std::uint32_t> numbers(plan_.columns);  // by column of the plan: its number + 1
  FilterVector<std::uint16_t> order;
  for (const FinalToken& token : dictionary_) {
    const std::uint16_t own = plan_.tokens[token.planned].column;
    if (own == kNoColumn) continue;
    const bool copies = token.copied_column != kNoColumn;
    const std::uint16_t named = copies ? token.copied_column : own;
    std::uint32_t& number = numbers[named];
    if (number == 0) {
      order.push_back(named);
      number = static_cast<std::uint32_t>(order.size());
    }
    append_varint(2 * (number - 1) + (copies ? 1U : 0U), part);
  }
  return order;
}

// What documents that resemble one another have in common are long rows of values, which a trial on some of them does not show: codes for
// values would only hide them.
FilterBytes Emitter::encode_column(std::uint16_t column) const {
  const FieldValues values(raw_, std::span(values_).subspan(begins_[column], ends_[column] - begins_[column]));
  const bool is_quoted = std::ranges::any_of(
      plan_.tokens, [&](const Token& token) { return token.column == column && scanned_.skeletons[token.skeleton].back() == kQuoted; });
  const bool is_text = plan_.grouping == Grouping::by_kind && is_quoted && values.size() > values_.size() / 4;
  return is_text ? encode_text_field(values) : encode_field_column(values);
}

void Emitter::add_parts(FilterVector<FilterBytes>& parts) const {
  add_skeletons(parts);
  FilterVector<Piece> keys;
  for (const FinalToken& token : dictionary_) {
    const std::uint32_t key = plan_.tokens[token.planned].key;
    if (key != kNoKey) keys.push_back(scanned_.keys[key]);
  }
  parts[kKeysPart] = encode_field_column({raw_, keys});
  parts[kStructurePart] = codes_;
  for (const std::uint16_t column : add_columns_of_tokens(parts[kTokenColumnsPart])) parts.push_back(encode_column(column));
}

}  // namespace npk::codec::json
