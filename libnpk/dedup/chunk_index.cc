#include "dedup/chunk_index.h"

namespace npk::dedup {
namespace {

constexpr std::size_t kFirstSlots = 1024;

std::uint64_t mix(std::uint64_t value) noexcept {  // SplitMix64's finaliser
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

}  // namespace

ChunkIndex::ChunkIndex(unsigned fingerprint_bits, std::uint64_t first_number)
    : fingerprint_mask_(fingerprint_bits == 0 ? 0U : 0xFFFFFFFFU >> (32U - fingerprint_bits)), first_number_(first_number), slots_(kFirstSlots) {}

std::uint32_t ChunkIndex::fingerprint(const Digest& hash) const noexcept { return load_le<std::uint32_t>(hash.data()) & fingerprint_mask_; }

std::size_t ChunkIndex::first_slot(std::uint32_t fingerprint, std::uint32_t length) const noexcept {
  return mix((std::uint64_t{length} << 32) | fingerprint) & (slots_.size() - 1);
}

std::optional<std::uint64_t> ChunkIndex::find(const Digest& hash, std::uint32_t length) const noexcept {
  const std::uint32_t wanted = fingerprint(hash);
  for (std::size_t at = first_slot(wanted, length); slots_[at].number != 0; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].fingerprint != wanted) continue;
    const Chunk& candidate = chunks_[slots_[at].number - 1];
    if (candidate.length == length && candidate.hash == hash) return first_number_ + slots_[at].number - 1;
  }
  return std::nullopt;
}

void ChunkIndex::place(std::uint32_t fingerprint, std::uint32_t length, std::uint32_t number) noexcept {
  std::size_t at = first_slot(fingerprint, length);
  while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {fingerprint, number};
}

std::uint64_t ChunkIndex::add(const Digest& hash, std::uint32_t length) {
  if ((chunks_.size() + 1) * 4 > slots_.size() * 3) grow_to(slots_.size() * 2);
  chunks_.push_back({hash, length});
  place(fingerprint(hash), length, static_cast<std::uint32_t>(chunks_.size()));
  return size() - 1;
}

void ChunkIndex::reserve(std::uint64_t count) {
  const std::size_t chunks = chunks_.size() + static_cast<std::size_t>(count);
  chunks_.reserve(chunks);
  std::size_t slots = slots_.size();
  while (chunks * 4 > slots * 3) slots *= 2;
  if (slots != slots_.size()) grow_to(slots);
}

void ChunkIndex::grow_to(std::size_t slots) {
  slots_.assign(slots, {});
  for (std::size_t i = 0; i < chunks_.size(); ++i) place(fingerprint(chunks_[i].hash), chunks_[i].length, static_cast<std::uint32_t>(i + 1));
}

std::uint64_t ChunkIndex::memory_bytes() const noexcept { return chunks_.capacity() * sizeof(Chunk) + slots_.capacity() * sizeof(Slot); }

}  // namespace npk::dedup
