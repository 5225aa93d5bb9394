#include "codec/filter/json/json_emit_encode.h"

#include <algorithm>
#include <cstring>

#include "codec/filter/field_column_encode.h"
#include "codec/filter/json/json_format.h"
#include "codec/filter/json/json_intern_encode.h"
#include "codec/filter/varint.h"

namespace npk::codec::json {
namespace {

constexpr std::size_t kVotingBytes = 4U << 20;  // of the block are looked at for copies
constexpr std::size_t kRecentSlots = 4096;
constexpr std::int32_t kMostVotes = 64;
constexpr std::int32_t kEnoughVotes = 8;

}  // namespace

template <class Use>
void Emitter::each_token(const Use& use) const {
  for (const Occurrence& occurrence : scanned_.occurrences) {
    const Choice& choice = plan_.choices[occurrence.shape];
    if (choice.head != kNoToken) use(choice.head, scanned_.keys[scanned_.shapes[occurrence.shape].key]);
    if (choice.whole != kNoToken && !use(choice.whole, occurrence.value)) return;
  }
}

Emitter::Emitter(ByteView raw, const Scan& scanned, const Plan& planned)
    : raw_(raw), scanned_(scanned), plan_(planned), sources_(planned.tokens.size()), plain_(planned.tokens.size(), kNoToken),
      copying_(planned.tokens.size(), kNoToken), last_(planned.columns), begins_(planned.columns + 1) {
  const auto count = [&](std::uint16_t token, std::uint32_t times) {
    if (token != kNoToken && planned.tokens[token].column != kNoColumn) begins_[planned.tokens[token].column + 1U] += times;
  };
  for (std::size_t i = 0; i < scanned.shapes.size(); ++i) {
    count(planned.choices[i].head, scanned.shapes[i].count);
    count(planned.choices[i].whole, scanned.shapes[i].count);
  }
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  values_.resize(begins_.back());
  ends_ = begins_;
}

bool Emitter::is_last(std::uint16_t column, const Piece& value) const {
  const Piece& last = last_[column];
  return last.length == value.length && value.length > 0 && std::memcmp(raw_.data() + last.offset, raw_.data() + value.offset, value.length) == 0;
}

// Counts for and against the source that was in favour; the loser makes room. A short value that differs weighs more: such values are
// often the same by chance.
void Emitter::vote(std::uint16_t token, const Piece& value, std::vector<std::uint16_t>& recent) {
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
  std::vector<std::uint16_t> recent(kRecentSlots, kNoColumn);
  each_token([&](std::uint16_t token, const Piece& value) {
    if (plan_.tokens[token].column != kNoColumn) vote(token, value, recent);
    return value.offset < kVotingBytes;
  });
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

void Emitter::emit(std::uint16_t token, const Piece& value) {
  const std::uint16_t own = plan_.tokens[token].column;
  const std::uint16_t source = sources_[token].column;
  if (source != kNoColumn && is_last(source, value)) return put(copying_[token], token, source);
  put(plain_[token], token, kNoColumn);
  if (own == kNoColumn) return;
  last_[own] = value;
  values_[ends_[own]++] = view(value);
}

bool Emitter::run() {
  find_sources();
  each_token([&](std::uint16_t token, const Piece& value) {
    emit(token, value);
    return dictionary_.size() < kMaxTokens;
  });
  structure_.finish();
  return dictionary_.size() < kMaxTokens;
}

void Emitter::add_parts(std::vector<Bytes>& parts) const {
  std::vector<ByteView> keys;
  std::vector<std::uint32_t> numbers(plan_.columns);  // by column of the plan: its number + 1, in the order of the dictionary
  std::vector<std::uint16_t> order;
  for (const FinalToken& final_token : dictionary_) {
    const Token& token = plan_.tokens[final_token.planned];
    append_varint(token.skeleton, parts[kTokenSkeletonsPart]);
    if (token.key != kNoKey) keys.push_back(view(scanned_.keys[token.key]));
    if (token.column == kNoColumn) continue;
    const bool copies = final_token.copied_column != kNoColumn;
    std::uint32_t& number = numbers[copies ? final_token.copied_column : token.column];
    const bool is_new = number == 0;
    if (is_new) {
      order.push_back(token.column);
      number = static_cast<std::uint32_t>(order.size());
    }
    append_varint(is_new ? 0 : 2 * number - (copies ? 0U : 1U), parts[kTokenColumnsPart]);
  }
  parts[kKeysPart] = encode_field_column(keys);
  parts[kStructurePart] = structure_.structure();
  parts[kIdsPart] = structure_.ids();
  for (const std::uint16_t column : order) parts.push_back(encode_field_column(std::span(values_).subspan(begins_[column], ends_[column] - begins_[column])));
}

}  // namespace npk::codec::json
