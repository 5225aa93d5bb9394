// Which chunks are known, by content. Layers from cheap to sure: length and a short fingerprint find candidates, the full BLAKE3 decides;
// so two chunks that agree in length and fingerprint only are never merged.
//
// Not thread-safe. Memory: 40 bytes a chunk for length and hash, 8 to 16 for the table.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "npk/bytes.h"

namespace npk::dedup {

class ChunkIndex {
 public:
  // fingerprint_bits: how much of the hash the fingerprint takes, 0 to 32; fewer only to force collisions in tests.
  // first_number: chunks below it are not known here.
  explicit ChunkIndex(unsigned fingerprint_bits = 32, std::uint64_t first_number = 0);

  // Number of the chunk with this content; nullopt if there is none yet.
  [[nodiscard]] std::optional<std::uint64_t> find(const Digest& hash, std::uint32_t length) const noexcept;
  // Adds a chunk that find() does not know; returns its number: first_number, then one more each.
  std::uint64_t add(const Digest& hash, std::uint32_t length);
  // Room for so many more at once.
  void reserve(std::uint64_t count);

  // One more than the highest number.
  [[nodiscard]] std::uint64_t size() const noexcept { return first_number_ + chunks_.size(); }
  [[nodiscard]] std::uint64_t first_number() const noexcept { return first_number_; }
  // `number` is at least first_number().
  [[nodiscard]] const Digest& hash(std::uint64_t number) const noexcept { return chunks_[number - first_number_].hash; }
  [[nodiscard]] std::uint32_t length(std::uint64_t number) const noexcept { return chunks_[number - first_number_].length; }
  [[nodiscard]] std::uint64_t memory_bytes() const noexcept;

 private:
  struct Chunk {
    Digest hash;
    std::uint32_t length;
  };
  struct Slot {
    std::uint32_t fingerprint = 0;
    std::uint32_t number = 0;  // 1 + index of the chunk; 0: free
  };

  [[nodiscard]] std::uint32_t fingerprint(const Digest& hash) const noexcept;
  [[nodiscard]] std::size_t first_slot(std::uint32_t fingerprint, std::uint32_t length) const noexcept;
  void place(std::uint32_t fingerprint, std::uint32_t length, std::uint32_t number) noexcept;
  void grow_to(std::size_t slots);

  std::uint32_t fingerprint_mask_;
  std::uint64_t first_number_;
  std::vector<Chunk> chunks_;
  std::vector<Slot> slots_;  // open addressing, linear probing, a power of two, at most 3/4 full
};

}  // namespace npk::dedup
