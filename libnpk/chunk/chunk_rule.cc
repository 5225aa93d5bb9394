#include <bit>
#include <string>

#include "chunk/chunker.h"

namespace npk::chunk {
namespace {

Result<void> expect_range(std::string_view field, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  if (value >= low && value <= high) return {};
  return fail(Errc::misuse, "chunk " + std::string(field) + " is " + std::to_string(value) + " bytes; it must be from " +
                                std::to_string(low) + " to " + std::to_string(high));
}

bool begins_with_zeros(std::uint64_t hash, unsigned highest_bits) { return hash >> (64 - highest_bits) == 0; }

}  // namespace

Result<void> check_parameters(const ChunkParameters& parameters) {
  NPK_TRY(expect_range("average", parameters.average, kSmallestAverage, kLargestAverage));
  if (!std::has_single_bit(parameters.average)) return fail(Errc::misuse, "chunk average is not a power of two");
  NPK_TRY(expect_range("minimum", parameters.minimum, kSmallestMinimum, parameters.average));
  return expect_range("maximum", parameters.maximum, parameters.average, kLargestMaximum);
}

GearTable make_gear_table(std::uint64_t seed) noexcept {
  GearTable table;
  for (std::uint64_t& entry : table) {
    seed += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    entry = z ^ (z >> 31);
  }
  return table;
}

std::vector<std::uint32_t> reference_chunk_lengths(ByteView file, const ChunkParameters& parameters) {
  const GearTable table = make_gear_table(parameters.seed);
  const auto average_log = static_cast<unsigned>(std::countr_zero(parameters.average));
  std::vector<std::uint32_t> lengths;
  std::uint64_t hash = 0;
  std::uint32_t length = 0;
  for (std::size_t position = 1; position <= file.size(); ++position) {
    hash = 2 * hash + table[file[position - 1]];
    ++length;
    const bool strict = length >= parameters.minimum && length < parameters.average && begins_with_zeros(hash, average_log + 2);
    const bool loose = length >= parameters.average && begins_with_zeros(hash, average_log - 2);
    if (strict || loose || length == parameters.maximum || position == file.size()) {
      lengths.push_back(length);
      length = 0;
    }
  }
  return lengths;
}

}  // namespace npk::chunk
