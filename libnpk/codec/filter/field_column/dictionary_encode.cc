#include "codec/filter/field_column/dictionary_encode.h"

#include <algorithm>
#include <bit>

#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastUses = 3;         // of an entry, on average
constexpr std::size_t kEnoughEntries = 1024;  // to see that most values are new

// Multiplies 8 bytes at a time. Only ever compared within one column: collisions cost time, nothing else, and that is bounded by kMostProbes.
std::uint64_t hash_of(ByteView value) {
  std::uint64_t hash = value.size() * 0x9E3779B97F4A7C15ULL;
  const std::uint8_t* at = value.data();
  std::size_t left = value.size();
  for (; left >= 8; left -= 8, at += 8) hash = std::rotl((hash ^ load_le<std::uint64_t>(at)) * 0x9E3779B97F4A7C15ULL, 29);
  hash = (hash ^ load_word(at, left)) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 32);
}

// Open addressing over entries' numbers; slots are twice the most entries there may be.
class EntryTable {
 public:
  static constexpr std::size_t kFull = SIZE_MAX;

  explicit EntryTable(std::size_t most_entries) : slots_(std::bit_ceil(2 * most_entries + 2), kEmpty), most_(most_entries) {}

  // The number of the entry that is `value`, added if new; kFull if there is no room.
  std::size_t find_or_add(ByteView value, FieldDictionary& dictionary) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of(value) & mask;
    for (std::size_t probes = 0; probes < kMostProbes; ++probes, at = (at + 1) & mask) {
      if (slots_[at] == kEmpty) {
        if (dictionary.places.size() == most_) return kFull;
        slots_[at] = static_cast<std::uint16_t>(dictionary.places.size());
        dictionary.places.push_back(dictionary.values.place_of(value));
        return slots_[at];
      }
      const ByteView entry = dictionary.entries()[slots_[at]];
      if (entry.size() == value.size() && same_bytes(entry.data(), value.data(), value.size())) return slots_[at];
    }
    return kFull;
  }

 private:
  static constexpr std::uint16_t kEmpty = 0xFFFF;
  static constexpr std::size_t kMostProbes = 64;
  FilterVector<std::uint16_t> slots_;
  std::size_t most_;
};

}  // namespace

std::optional<FieldDictionary> find_dictionary(FieldValues values) {
  const std::size_t most = std::min(kMaxFieldEntries, values.size() / kLeastUses);
  if (most == 0) return std::nullopt;
  FieldDictionary dictionary;
  dictionary.values = values;
  EntryTable table(most);
  dictionary.indices.reserve(values.size());
  for (const ByteView value : values) {
    const std::size_t index = table.find_or_add(value, dictionary);
    const std::size_t entries = dictionary.places.size();
    if (index == EntryTable::kFull || (entries > kEnoughEntries && entries > dictionary.indices.size() / 2)) return std::nullopt;
    dictionary.indices.push_back(static_cast<std::uint16_t>(index));
  }
  return dictionary;
}

void append_indices(std::span<const std::uint16_t> indices, std::size_t entries, FilterBytes& part) {
  for (const std::uint16_t index : indices) part.push_back(static_cast<std::uint8_t>(index));
  if (entries <= 256) return;
  for (const std::uint16_t index : indices) part.push_back(static_cast<std::uint8_t>(index >> 8));
}

std::optional<FilterBytes> encode_dictionary_column(const FieldDictionary& dictionary) {
  const auto terminator = free_terminator(dictionary.entries());
  if (!terminator) return std::nullopt;
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::dictionary)};
  append_varint(dictionary.places.size(), part);
  append_varint(dictionary.indices.size(), part);
  const std::size_t head = part.size();
  part.push_back(*terminator);
  append_terminated(dictionary.entries(), *terminator, part);
  append_indices(dictionary.indices, dictionary.places.size(), part);
  if (part.size() < kMinimumTypedBytes || part.size() - head < kBytesPerFieldEntry * dictionary.places.size()) return std::nullopt;
  return part;
}

}  // namespace npk::codec
