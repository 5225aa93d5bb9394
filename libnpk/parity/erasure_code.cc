#include "parity/erasure_code.h"

#include <algorithm>
#include <isa-l/erasure_code.h>

namespace npk::parity {
namespace {

constexpr std::size_t kTableBytes = 32;  // of ISA-L, for each coefficient
// As much of each shard at once: N + M pieces of it stay in the second-level cache.
constexpr std::size_t kPieceBytes = 4U << 10;
constexpr std::size_t kCacheLineBytes = 64;

using Pointers = std::vector<std::uint8_t*>;

// ISA-L reads all shards side by side, which are more streams than the processor fetches ahead: each by itself before makes it half as fast again.
void fetch(const std::uint8_t* piece, std::size_t bytes) noexcept {
  for (std::size_t at = 0; at < bytes; at += kCacheLineBytes) static_cast<void>(*static_cast<const volatile std::uint8_t*>(piece + at));
}

// ISA-L takes pointers that are not const; it reads what `from` points to and writes what `to` does.
void multiply(std::size_t bytes, const std::vector<std::uint8_t>& tables, Pointers from, Pointers to) {
  for (std::size_t done = 0; done < bytes;) {
    const std::size_t piece = std::min(kPieceBytes, bytes - done);
    for (const std::uint8_t* const pointer : from) fetch(pointer, piece);
    ::ec_encode_data(static_cast<int>(piece), static_cast<int>(from.size()), static_cast<int>(to.size()),
                     const_cast<std::uint8_t*>(tables.data()), from.data(), to.data());
    for (std::uint8_t*& pointer : from) pointer += piece;
    for (std::uint8_t*& pointer : to) pointer += piece;
    done += piece;
  }
}

std::vector<std::uint8_t> tables_of(std::size_t columns, std::size_t rows, const std::uint8_t* matrix) {
  std::vector<std::uint8_t> tables(kTableBytes * columns * rows);
  ::ec_init_tables(static_cast<int>(columns), static_cast<int>(rows), const_cast<std::uint8_t*>(matrix), tables.data());
  return tables;
}

}  // namespace

ErasureCode::ErasureCode(unsigned data_shards, unsigned parity_shards)
    : data_shards_(data_shards), parity_shards_(parity_shards), matrix_(std::size_t{data_shards + parity_shards} * data_shards) {
  ::gf_gen_cauchy1_matrix(matrix_.data(), static_cast<int>(data_shards + parity_shards), static_cast<int>(data_shards));
  tables_ = tables_of(data_shards, parity_shards, matrix_.data() + std::size_t{data_shards} * data_shards);
}

void ErasureCode::encode(std::size_t bytes, std::span<std::uint8_t* const> data, std::span<std::uint8_t* const> parity) const {
  multiply(bytes, tables_, Pointers(data.begin(), data.end()), Pointers(parity.begin(), parity.end()));
}

bool ErasureCode::recover(std::size_t bytes, std::span<std::uint8_t* const> shards, std::span<const unsigned> lost) const {
  if (lost.size() > parity_shards_) return false;
  const auto parity = std::ranges::lower_bound(lost, data_shards_);
  if (parity != lost.begin()) recover_data(bytes, shards, lost);
  if (parity != lost.end()) recover_parity(bytes, shards, lost.subspan(static_cast<std::size_t>(parity - lost.begin())));
  return true;
}

// With e data shards lost and as many parity shards P that are there: P = C * lost + D * (data there), so the lost ones
// are inv(C) * (P + D * (data there)). C is a part of a Cauchy matrix: it has an inverse, and is small.
void ErasureCode::recover_data(std::size_t bytes, std::span<std::uint8_t* const> shards, std::span<const unsigned> lost) const {
  std::vector<unsigned> missing, there, used;
  for (unsigned i = 0; i < data_shards_; ++i) (std::ranges::binary_search(lost, i) ? missing : there).push_back(i);
  for (unsigned j = 0; used.size() < missing.size(); ++j) {
    if (!std::ranges::binary_search(lost, data_shards_ + j)) used.push_back(j);
  }
  const std::size_t count = missing.size();
  std::vector<std::uint8_t> square, inverse(count * count), rows;
  for (const unsigned j : used) {
    for (const unsigned i : missing) square.push_back(coefficient(j, i));
  }
  ::gf_invert_matrix(square.data(), inverse.data(), static_cast<int>(count));
  for (std::size_t row = 0; row < count; ++row) {
    for (const unsigned i : there) {
      std::uint8_t sum = 0;
      for (std::size_t k = 0; k < count; ++k) sum ^= ::gf_mul(inverse[row * count + k], coefficient(used[k], i));
      rows.push_back(sum);
    }
    rows.insert(rows.end(), inverse.begin() + static_cast<std::ptrdiff_t>(row * count), inverse.begin() + static_cast<std::ptrdiff_t>((row + 1) * count));
  }
  Pointers from, to;
  for (const unsigned i : there) from.push_back(shards[i]);
  for (const unsigned j : used) from.push_back(shards[data_shards_ + j]);
  for (const unsigned i : missing) to.push_back(shards[i]);
  const auto tables = tables_of(from.size(), count, rows.data());
  multiply(bytes, tables, std::move(from), std::move(to));
}

// All data is there by now.
void ErasureCode::recover_parity(std::size_t bytes, std::span<std::uint8_t* const> shards, std::span<const unsigned> lost) const {
  std::vector<std::uint8_t> rows;
  Pointers to;
  for (const unsigned place : lost) {
    const auto row = matrix_.begin() + static_cast<std::ptrdiff_t>(std::size_t{place} * data_shards_);
    rows.insert(rows.end(), row, row + static_cast<std::ptrdiff_t>(data_shards_));
    to.push_back(shards[place]);
  }
  const auto data = shards.first(data_shards_);
  multiply(bytes, tables_of(data_shards_, lost.size(), rows.data()), Pointers(data.begin(), data.end()), std::move(to));
}

}  // namespace npk::parity
