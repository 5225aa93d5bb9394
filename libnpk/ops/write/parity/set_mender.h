// Mends one protected range and its parity frames into a new file.
#pragma once

#include <functional>
#include <stop_token>

#include "io/placed_sink.h"
#include "ops/write/parity/moved_shards.h"
#include "ops/write/parity/parity_search.h"
#include "ops/write/parity/range_list.h"
#include "ops/write/parity/stored_frames.h"
#include "ops/write/parity/stripe_group.h"

namespace npk::ops {

// What repair has found so far.
struct MendingAccount {
  RangeList mended, lost;
  std::uint64_t moved_bytes = 0;
};

struct DamagedFile {
  const RandomAccessSource& source;
  std::uint64_t bytes = 0;
  Limits limits;
};

// The bytes that belong at `position` and lie `shift` further on; those that are not there are zeros. Errors: io.
[[nodiscard]] Result<void> read_moved(const DamagedFile& file, std::uint64_t position, std::int64_t shift, MutableBytes out);

// The checks of one group of a set; none if no head of it is left.
[[nodiscard]] Result<std::vector<format::ShardCheck>> read_checks(const DamagedFile& file, const FoundSet& set, std::uint32_t group);

// One thread. Memory: a StripeGroup.
class SetMender {
 public:
  SetMender(const DamagedFile& file, const FoundSet& set, const ShardPlaces& places, io::PlacedSink& to, MendingAccount& account);

  // `tell` is called with the bytes of the range done.
  [[nodiscard]] Result<void> run(const std::stop_token& stop, const std::function<void(std::uint64_t)>& tell);

 private:
  using Checks = std::vector<format::ShardCheck>;
  [[nodiscard]] Result<void> mend_group(const Checks& checks);
  [[nodiscard]] Result<bool> read_slot(std::uint32_t slot, const Checks& checks);
  [[nodiscard]] Result<bool> find_elsewhere(std::uint32_t slot, std::uint32_t stripe, const format::ShardCheck& check);
  void recover_stripe(std::uint32_t stripe, const Checks& checks);
  [[nodiscard]] Result<void> write_slot(std::uint32_t slot, const Checks& checks);
  [[nodiscard]] Result<void> write_row(std::uint32_t row, const Checks& checks);
  [[nodiscard]] Result<void> copy_group();
  [[nodiscard]] Result<void> copy(std::uint64_t position, MutableBytes buffer);
  [[nodiscard]] Result<void> write_trailer();
  [[nodiscard]] Result<Bytes> make_trailer() const;
  [[nodiscard]] Result<bool> is_there(std::uint64_t position, ByteView expected);
  [[nodiscard]] const format::ShardCheck& check_of(const Checks& checks, std::uint32_t slot, std::uint32_t stripe) const {
    return checks[std::size_t{stripe} * set_.layout.stripe_shards() + slot];
  }
  // Clipped to what lies in the file.
  [[nodiscard]] PackageRange shard_range(std::uint32_t slot, std::uint32_t stripe) const noexcept;

  const DamagedFile& file_;
  const FoundSet& set_;
  const ShardPlaces& places_;
  io::PlacedSink& to_;
  MendingAccount& account_;
  StripeGroup group_;
  std::vector<std::vector<unsigned>> lost_;  // of each stripe of the group: slots
  Bytes buffer_;
};

}  // namespace npk::ops
