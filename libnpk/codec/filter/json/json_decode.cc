#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "codec/filter/code_space.h"
#include "codec/filter/copy_short.h"
#include "codec/filter/field_column.h"
#include "codec/filter/json/json_dictionary.h"
#include "codec/filter/json/json_format.h"
#include "codec/filter/parts.h"
#include "codec/filter/varint.h"
#include "codec/filter_factories.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using namespace json;

// Appends to a buffer of fixed length; what is beyond its end is dropped.
class Output {
 public:
  explicit Output(MutableBytes out) : begin_(out.data()), to_(out.data()), end_(out.data() + out.size()) {}

  [[nodiscard]] bool is_full() const { return to_ == end_; }
  // Whether bytes were dropped.
  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] std::size_t room() const { return static_cast<std::size_t>(end_ - to_); }

  // `padding` bytes behind `from + length` can be read.
  void put_padded(const std::uint8_t* from, std::size_t length) {
    if (room() < length + Dictionary::kTextPadding) return put(from, length);
    for (std::size_t done = 0; done < length || done == 0; done += Dictionary::kTextPadding) std::memcpy(to_ + done, from + done, Dictionary::kTextPadding);
    to_ += length;
  }
  void put(const std::uint8_t* from, std::size_t length) {
    const std::size_t fits = std::min(length, room());
    if (fits > 0) std::memcpy(to_, from, fits);
    to_ += fits;
    over_ |= fits < length;
  }
  // Of a field, whose part is in memory that ends at `end`.
  void put_value(ByteView value, const std::uint8_t* end) {
    if (value.size() > kQuickBytes || room() < kQuickRoom || !has_quick_room(value.data(), end)) [[unlikely]] return put(value.data(), value.size());
    copy_quickly(to_, value.data(), value.size());
    to_ += value.size();
  }
  void put_line_end(const LineStyle& style) {
    if (room() < style.line_end.size()) return put(style.line_end.data(), style.line_end_bytes);
    std::memcpy(to_, style.line_end.data(), style.line_end.size());
    to_ += style.line_end_bytes;
  }
  void put(std::uint8_t byte) {
    if (to_ == end_) {
      over_ = true;
    } else {
      *to_++ = byte;
    }
  }
  [[nodiscard]] std::size_t length() const { return static_cast<std::size_t>(to_ - begin_); }
  // What was put out at `offset`, all of it before what comes now.
  void repeat(std::size_t offset, std::size_t length) { put_value({begin_ + offset, length}, end_); }
  void fill(std::uint8_t byte, std::uint64_t count) {
    if (count <= kQuickBytes && room() >= kQuickRoom) {
      for (std::size_t done = 0; done < count; done += kValueSlack) std::memset(to_ + done, byte, kValueSlack);
      to_ += count;
      return;
    }
    const auto fits = static_cast<std::size_t>(std::min<std::uint64_t>(count, room()));
    std::memset(to_, byte, fits);
    to_ += fits;
    over_ |= fits < count;
  }

 private:
  std::uint8_t* begin_;
  std::uint8_t* to_;
  std::uint8_t* end_;
  bool over_ = false;
};

// Names the tokens in their order.
class StructureReader {
 public:
  void open(ByteView codes, std::size_t tokens) {
    codes_ = codes;
    tokens_ = tokens;
    space_ = CodeSpace(tokens, kTokenLeads);
    history_ = {};
    left_ = 0;
  }

  // False if the payload contradicts itself.
  [[nodiscard]] bool take(std::size_t& token) {
    if (left_ == 0 && !take_code(token)) return false;
    if (left_ > 0) {
      --left_;
      token = history_[(taken_ - period_) % kMostPeriod];
    }
    history_[taken_++ % kMostPeriod] = static_cast<std::uint16_t>(token);
    return token < tokens_;
  }
  [[nodiscard]] bool is_at_end() const { return codes_.empty() && left_ == 0; }

 private:
  [[nodiscard]] bool take_code(std::size_t& token) {
    if (codes_.empty()) return false;
    token = codes_[0];
    codes_ = codes_.subspan(1);
    if (token < space_.single) return true;
    if (token == kTokenLeads) return take_run();
    if (codes_.empty()) return false;
    token = space_.single + ((token - space_.single) << 8U | codes_[0]);
    codes_ = codes_.subspan(1);
    return true;
  }
  [[nodiscard]] bool take_run();

  ByteView codes_;
  std::size_t tokens_ = 0;
  CodeSpace space_{0, kTokenLeads};
  std::array<std::uint16_t, kMostPeriod> history_{};  // of tokens taken, in turn
  std::size_t taken_ = 0;
  std::uint64_t left_ = 0;  // of a run
  std::size_t period_ = 1;
};

bool StructureReader::take_run() {
  const auto run = take_varint(codes_);
  if (!run || *run < kMostPeriod || *run / kMostPeriod > kMaxFilteredRawBytes) return false;
  left_ = *run / kMostPeriod;
  period_ = static_cast<std::size_t>(*run % kMostPeriod) + 1;
  return true;
}

class JsonDecoder final : public FilterDecoder {
 public:
  [[nodiscard]] Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override;
  void release() noexcept override {
    dictionary_.release();
    std::vector<FieldReader>().swap(readers_);
    last_values_ = {};
  }

 private:
  [[nodiscard]] Result<void> open(std::span<const ByteView> parts);
  [[nodiscard]] Result<void> decode(Output& out);
  [[nodiscard]] Result<void> check_end() const;
  [[nodiscard]] Result<void> put_value(const DecodedToken& token, Output& out);
  void put_text(const DecodedToken& token, Output& out);
  void put_line_end(const TokenPiece& piece, Output& out) const;

  Dictionary dictionary_;
  std::vector<FieldReader> readers_;
  StructureReader structure_;
  struct LastValue {
    std::size_t offset = 0;  // in the raw bytes
    std::size_t length = 0;
  };
  std::vector<LastValue> last_values_;  // by column
  std::int64_t level_ = 0;
  const std::uint8_t* payload_end_ = nullptr;
};

Result<void> JsonDecoder::open(std::span<const ByteView> parts) {
  const auto columns = parts.subspan(kFirstColumnPart);
  NPK_TRY(dictionary_.parse(parts, columns.size()));
  readers_.clear();
  readers_.reserve(columns.size());
  for (const ByteView column : columns) {
    NPK_ASSIGN(FieldReader reader, FieldReader::open(column));
    readers_.push_back(std::move(reader));
  }
  structure_.open(parts[kStructurePart], dictionary_.tokens().size());
  last_values_.assign(columns.size(), {});
  level_ = 0;
  return {};
}

void JsonDecoder::put_line_end(const TokenPiece& piece, Output& out) const {
  const LineStyle& style = dictionary_.style(piece.style);
  const std::int64_t level = level_ + piece.raise;
  out.put_line_end(style);
  if (level > 0) out.fill(style.filler, static_cast<std::uint64_t>(level) * style.unit);
}

void JsonDecoder::put_text(const DecodedToken& token, Output& out) {
  const std::uint8_t* text = dictionary_.text() + token.text;
  const TokenPiece* piece = dictionary_.pieces() + token.first_piece;
  for (unsigned i = token.pieces; i > 0; --i, ++piece) {
    out.put_padded(text, piece->length);
    text += piece->length;
    if (piece->style != kNoStyle) put_line_end(*piece, out);
  }
  level_ += token.raise;
}

Result<void> JsonDecoder::put_value(const DecodedToken& token, Output& out) {
  LastValue& last = last_values_[token.column];
  if (token.copies) {
    if (last.length == 0) return fail_corrupt("a token of a json payload copies nothing");
    out.repeat(last.offset, last.length);
    return {};
  }
  ByteView value;
  if (!readers_[token.column].take(value)) return fail_corrupt("a column of a json payload ends early or contradicts itself");
  if (token.slot == kBare && value.empty()) return fail_corrupt("a bare value of a json payload is empty");
  last = {out.length(), value.size()};
  out.put_value(value, payload_end_);
  return {};
}

// Ends, as every token puts out a byte at least.
Result<void> JsonDecoder::decode(Output& out) {
  const std::span<const DecodedToken> tokens = dictionary_.tokens();
  while (!out.is_full()) {
    std::size_t number = 0;
    if (!structure_.take(number)) return fail_corrupt("the structure of a json payload ends early or names no token");
    const DecodedToken& token = tokens[number];
    put_text(token, out);
    if (token.slot == 0) continue;
    NPK_TRY(put_value(token, out));
    if (token.slot == kQuoted) out.put('"');
  }
  return {};
}

Result<void> JsonDecoder::check_end() const {
  if (!structure_.is_at_end()) return fail_corrupt("a json payload goes on beyond its block");
  for (const FieldReader& reader : readers_) NPK_TRY(reader.expect_end());
  return {};
}

Result<bool> JsonDecoder::restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) {
  if (raw_length > kMaxFilteredRawBytes) return fail_corrupt("a block is too long for the json filter");
  if (filtered.size() < filtered_length) return false;
  ByteView head = filtered;
  NPK_ASSIGN(const std::uint64_t count, take_varint(head));
  if (count < kFirstColumnPart || count > kFirstColumnPart + kMaxColumns) return fail_corrupt("a json payload has a wrong number of parts");
  NPK_ASSIGN(const std::vector<ByteView> parts, split_parts(filtered));
  NPK_TRY(open(parts));
  payload_end_ = filtered.data() + filtered.size();
  Output output(out);
  NPK_TRY(decode(output));
  if (out.size() < raw_length) return true;
  if (output.is_over()) return fail_corrupt("a json payload goes on beyond its block");
  NPK_TRY(check_end());
  return true;
}

}  // namespace

std::unique_ptr<FilterDecoder> create_json_decoder() { return std::make_unique<JsonDecoder>(); }
std::uint64_t json_decoder_memory(std::uint64_t raw_length) { return raw_length + (4ULL << 20); }

}  // namespace npk::codec
