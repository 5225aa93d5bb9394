#include <array>
#include <cstring>
#include <vector>

#include "codec/filter/field_column.h"
#include "codec/filter/markup/format.h"
#include "codec/filter/markup/numbers.h"
#include "codec/filter/markup/output.h"
#include "codec/filter/markup/templates.h"
#include "codec/filter/markup/text_reader.h"
#include "codec/filter/parts.h"
#include "codec/filter_factories.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace markup {
namespace {

class Restorer final : public FilterDecoder {
 public:
  Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override;
  void release() noexcept override;

 private:
  struct Space {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };

  Result<void> open(ByteView filtered);
  bool run(Output& out);
  bool step(const Template& used, Output& out);
  bool append_text(std::uint32_t slot, std::size_t depth, Output& out);
  bool append_from_column(std::size_t column, Output& out);
  bool append_tag(const Template& used, Output& out);
  Result<void> expect_end() const;

  Templates templates_;
  TextReader texts_;
  NumberReader numbers_;
  std::vector<FieldReader> columns_;
  std::vector<std::uint16_t> stack_;  // templates of start tags
  std::array<Space, kSpaceDepths> spaces_{};
  ByteView codes_;
};

Result<void> Restorer::open(ByteView filtered) {
  NPK_ASSIGN(const auto parts, split_parts(filtered));
  if (parts.size() < kFirstColumn || parts.size() > kFirstColumn + kMaxColumns) return fail_corrupt("a markup payload has a wrong number of parts");
  NPK_TRY(templates_.parse(parts[kTemplates], parts.size() - kFirstColumn));
  codes_ = parts[kCodes];
  NPK_TRY(texts_.open(parts[kText]));
  NPK_TRY(numbers_.open(parts[kShapes], parts[kShapeCodes], parts[kDigits], parts[kRareShapes]));
  columns_.clear();
  columns_.reserve(parts.size() - kFirstColumn);
  for (std::size_t i = kFirstColumn; i < parts.size(); ++i) {
    NPK_ASSIGN(FieldReader column, FieldReader::open(parts[i]));
    columns_.push_back(std::move(column));
  }
  stack_.clear();
  spaces_.fill({});
  return {};
}

bool Restorer::append_from_column(std::size_t column, Output& out) {
  ByteView value;
  if (!columns_[column].take(value)) return false;
  out.append(value.data(), value.size());
  return true;
}

bool Restorer::append_text(std::uint32_t slot, std::size_t depth, Output& out) {
  Space& space = spaces_[std::min(depth, kSpaceDepths - 1)];
  switch (slot) {
    case kNoText: return true;
    case kKnownSpace: out.repeat(space.offset, space.length); return true;
    case kTextStream: return texts_.take(out);
    case kTextNumbers: return numbers_.take(out);
    default: break;
  }
  const std::size_t begin = out.written();
  if (!append_from_column(slot - kTextColumn, out)) return false;
  const std::size_t length = out.written() - begin;
  if (slot == kTextColumn && length <= kMaxSpace) space = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(length)};
  return true;
}

bool Restorer::append_tag(const Template& used, Output& out) {
  const Piece* piece = &templates_.pieces[used.first_piece];
  for (const Piece* const last = piece + used.slots; piece != last; ++piece) {
    out.append_padded(&templates_.text[piece->offset], piece->length);
    if (!(piece->slot == kValueNumbers ? numbers_.take(out) : append_from_column(piece->slot - kValueColumn, out))) return false;
  }
  out.append_padded(&templates_.text[piece->offset], piece->length);
  return true;
}

bool Restorer::step(const Template& used, Output& out) {
  if (used.kind <= kEnd) {
    if (used.text_slot != kNoText && !append_text(used.text_slot, stack_.size(), out)) return false;
    if (!append_tag(used, out)) return false;
    if (used.kind == kStart && stack_.size() < kMaxDepth) stack_.push_back(static_cast<std::uint16_t>(&used - templates_.templates.data()));
    return true;
  }
  const std::size_t distance = used.kind - kEnd;
  if (distance > stack_.size()) return false;
  const Template& start = templates_.templates[stack_[stack_.size() - distance]];
  stack_.resize(stack_.size() - distance);
  if (used.text_slot != kNoText && !append_text(used.text_slot, stack_.size(), out)) return false;
  out.append_padded(&templates_.text[start.closing], start.closing_length);
  return true;
}

// False if the payload contradicts itself.
bool Restorer::run(Output& out) {
  const CodeSpace space(templates_.templates.size(), kTemplateLeads);
  while (!codes_.empty() && !out.is_cut()) {
    std::size_t code = codes_[0];
    codes_ = codes_.subspan(1);
    if (code >= space.single) {
      if (codes_.empty()) return false;
      code = space.single + ((code - space.single) << 8U | codes_[0]);
      codes_ = codes_.subspan(1);
    }
    if (code >= templates_.templates.size() || !step(templates_.templates[code], out)) return false;
  }
  return true;
}

Result<void> Restorer::expect_end() const {
  if (!codes_.empty() || !texts_.at_end() || !numbers_.at_end()) return fail_corrupt("a markup payload goes on beyond its block");
  for (const FieldReader& column : columns_) NPK_TRY(column.expect_end());
  return {};
}

Result<bool> Restorer::restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) {
  if (raw_length > kMaxFilteredRawBytes) return fail_corrupt("a block is too long for the markup filter");
  if (filtered.size() < filtered_length) return false;
  NPK_TRY(open(filtered));
  Output restored(out);
  if (!run(restored)) return fail_corrupt("a markup payload contradicts itself");
  if (restored.written() < out.size()) return fail_corrupt("a markup payload ends short of its block");
  if (out.size() < raw_length) return true;
  if (restored.is_cut()) return fail_corrupt("a markup payload goes on beyond its block");
  NPK_TRY(expect_end());
  return true;
}

void Restorer::release() noexcept {
  templates_ = {};
  texts_ = {};
  numbers_ = {};
  columns_ = std::vector<FieldReader>();
  stack_ = {};
}

}  // namespace
}  // namespace markup

std::unique_ptr<FilterDecoder> create_markup_decoder() { return std::make_unique<markup::Restorer>(); }

// Templates, pieces, their text, the stack and shapes at most, and words; columns: half the payload and 8 KiB each.
std::uint64_t markup_decoder_memory(std::uint64_t raw_length) { return raw_length + (4ULL << 20); }

}  // namespace npk::codec
