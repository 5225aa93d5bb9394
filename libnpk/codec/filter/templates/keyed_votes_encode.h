// Which columns say what others have: the same value whenever theirs is the same.
#pragma once

#include <array>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/templates/template_format.h"

namespace npk::codec {

// Of the values of all columns in order, how often a keyed predictor would have given each column's, for the best of some sources.
class KeyedVotes {
 public:
  explicit KeyedVotes(std::size_t columns);

  struct Best {
    std::uint16_t source = 0;
    std::uint32_t hits = 0;
    std::uint64_t bytes = 0;  // of the values that would have been given
    // Of them, those that did not follow the value before as the last time: else a compressor finds them all at once.
    std::uint32_t lone_hits = 0;
    std::uint64_t lone_bytes = 0;
  };

  void add(std::uint16_t column, std::uint32_t hash, std::uint32_t length);
  [[nodiscard]] Best best(std::uint16_t column) const;

 private:
  static constexpr std::size_t kTried = 12, kKept = 1;
  static constexpr std::uint32_t kTrial = 256;  // values after which few sources are kept

  struct Column {
    std::uint32_t count = 0;
    std::uint32_t last = 0;  // hash
    std::uint32_t tried = 0;
    std::array<Best, kTried> sources{};
  };
  struct Seen {
    std::uint32_t key = 0, value = 0;  // hashes
  };

  // Whether a value of that hash has been kept for the key, which it is from now on.
  bool was_seen(std::uint64_t key, std::uint32_t value);
  void try_neighbours(Column& mine, std::uint16_t column);
  static void keep_best(Column& mine);

  FilterVector<Column> columns_;
  FilterVector<Seen> seen_;
  std::array<std::uint16_t, kTried> neighbours_{};  // columns of the last values
  std::size_t next_neighbour_ = 0;
};

}  // namespace npk::codec
