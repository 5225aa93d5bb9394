// FieldEncoding::dictionary: varint count of entries, varint count of values, a terminator, each entry and a terminator, then the indices: one byte
// for each value if there are at most 256 entries, else all low bytes and then all high ones.
#include <algorithm>
#include <cstring>
#include <vector>

#include "codec/filter/field_column/field_source.h"
#include "codec/filter/field_column/field_encoding.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

class DictionarySource final : public FieldSource {
 public:
  explicit DictionarySource(bool batched) noexcept : batched_(batched) {}
  // Takes the entries from the front of `part`; false if they do not end.
  bool read_entries(ByteView& part, std::size_t count, std::uint8_t terminator);
  bool read_indices(ByteView part, std::uint64_t count);

  bool take(ByteView& value) override {
    if (position_ == count_) return false;
    std::size_t index = indices_[position_];
    if (wide_) index |= std::size_t{indices_[count_ + position_]} << 8;
    ++position_;
    if (index + 1 >= starts_.size()) return false;
    value = {entries_ + starts_[index], starts_[index + 1] - starts_[index] - 1};
    return true;
  }
  bool at_end() const override { return position_ == count_; }
  bool fills_batches() const override { return batched_; }
  void fill(ValueBatch& batch) override {
    const std::size_t count = std::min(ValueBatch::kValues, count_ - position_);
    for (batch.count = 0; batch.count < count && take(batch.values[batch.count]);) ++batch.count;
    batch.failed = batch.count < count;
  }

 private:
  std::vector<std::uint32_t> starts_;  // of the entries, and the end of the last
  const std::uint8_t* entries_ = nullptr;
  const std::uint8_t* indices_ = nullptr;
  std::size_t count_ = 0;
  std::size_t position_ = 0;
  bool wide_ = false;
  bool batched_;
};

bool DictionarySource::read_entries(ByteView& part, std::size_t count, std::uint8_t terminator) {
  entries_ = part.data();
  starts_.reserve(count + 1);
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    starts_.push_back(static_cast<std::uint32_t>(at));
    if (at == part.size()) return false;
    const void* end = std::memchr(part.data() + at, terminator, part.size() - at);
    if (end == nullptr) return false;
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - part.data()) + 1;
  }
  starts_.push_back(static_cast<std::uint32_t>(at));
  part = part.subspan(at);
  return true;
}

bool DictionarySource::read_indices(ByteView part, std::uint64_t count) {
  wide_ = starts_.size() > 257;
  if (count > part.size() || (wide_ ? 2 : 1) * count != part.size()) return false;
  indices_ = part.data();
  count_ = static_cast<std::size_t>(count);
  return true;
}

static_assert(sizeof(DictionarySource) <= kMostSourceBytes);

}  // namespace

FieldSourceResult open_dictionary(ByteView part, unsigned depth) {
  NPK_ASSIGN(const std::uint64_t entries, take_varint(part));
  NPK_ASSIGN(const std::uint64_t count, take_varint(part));
  if (entries > kMaxFieldEntries || entries * kBytesPerFieldEntry > part.size() || part.size() > UINT32_MAX) {
    return bad_column("a column of a filtered block has too many entries");
  }
  auto source = std::make_unique<DictionarySource>(depth == 0 && part.size() >= kLeastBatchedBytes);
  const std::uint8_t terminator = part.empty() ? 0 : part[0];
  part = part.subspan(part.empty() ? 0 : 1);
  if (!source->read_entries(part, static_cast<std::size_t>(entries), terminator) || !source->read_indices(part, count)) {
    return bad_column("a column's dictionary or indices in a filtered block are cut");
  }
  return source;
}

}  // namespace npk::codec
