// Reed-Solomon over GF(2^8) by ISA-L: N data shards, M parity shards, any N of the N + M give all of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "npk/bytes.h"

namespace npk::parity {

// Immutable: any number of threads. The coefficient of data shard i in parity shard j is 1 / ((N + j) xor i)
// (a Cauchy matrix, polynomial 0x11D).
class ErasureCode {
 public:
  // 1 <= data_shards, 1 <= parity_shards, data_shards + parity_shards <= 255.
  ErasureCode(unsigned data_shards, unsigned parity_shards);

  // Shards of `bytes` bytes each; `data` has N, `parity` M pointers. What the first point to is not written.
  void encode(std::size_t bytes, std::span<std::uint8_t* const> data, std::span<std::uint8_t* const> parity) const;

  // `shards` has N + M pointers, data first; those whose place is in `lost` (ascending, at most M) are written from the
  // others. False: more are lost than can be had back, nothing is written.
  [[nodiscard]] bool recover(std::size_t bytes, std::span<std::uint8_t* const> shards, std::span<const unsigned> lost) const;

 private:
  void recover_data(std::size_t bytes, std::span<std::uint8_t* const> shards, std::span<const unsigned> lost) const;
  void recover_parity(std::size_t bytes, std::span<std::uint8_t* const> shards, std::span<const unsigned> lost) const;
  [[nodiscard]] std::uint8_t coefficient(unsigned parity, unsigned data) const noexcept { return matrix_[(data_shards_ + parity) * data_shards_ + data]; }

  unsigned data_shards_, parity_shards_;
  std::vector<std::uint8_t> matrix_;  // N + M rows of N: the first N the identity
  std::vector<std::uint8_t> tables_;  // ISA-L's, of the parity rows
};

}  // namespace npk::parity
