// Undoing filters: steps of a chain that come before its compressor and rewrite a block so that it compresses better (spec section 5.1).
// Input is hostile, as a Decoder's.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>

#include "npk/bytes.h"
#include "npk/format/ids.h"
#include "npk/result.h"

namespace npk::codec {

// Undoes one filter. Not thread-safe: one per thread. Reusable, after an error too.
class FilterDecoder {
 public:
  FilterDecoder() = default;
  virtual ~FilterDecoder() = default;
  FilterDecoder(const FilterDecoder&) = delete;
  FilterDecoder& operator=(const FilterDecoder&) = delete;

  // How much of the filtered bytes the first `wanted` of raw_length raw ones will need: what is guessed too low costs a second
  // try. wanted is in 1..raw_length; at most filtered_length.
  [[nodiscard]] virtual std::uint64_t prefix_guess(std::uint64_t filtered_length, std::uint64_t raw_length, std::uint64_t wanted) const;

  // Fills `out` with the first out.size() (not 0) of raw_length raw bytes, from `filtered`: the first bytes of filtered_length ones.
  // False if more of them are needed, which it never says when it has all. Only with out.size() == raw_length is everything checked:
  // nothing may be left over. Keeps no view. Takes no more memory than the filter's FilterInfo says, whatever the bytes hold.
  // Errors: corrupt, for whatever no encoder writes.
  [[nodiscard]] virtual Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) = 0;

  // Gives back what is kept between calls, but for what is small and costs time to make anew.
  virtual void release() noexcept {}
};

// The first n of a filtered payload's bytes; valid until the next call.
using ReadFiltered = std::function<Result<ByteView>(std::uint64_t n)>;

// FilterDecoder::restore, reading as much as the filter guesses, and twice that as long as it is not enough. `out` may be empty.
// Errors: misuse if out is longer than the block, and whatever `read` or restore fails with.
[[nodiscard]] Result<void> restore_prefix(FilterDecoder& filter, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out,
                                          const ReadFiltered& read);

// One decoder per filter, made when first needed. Not thread-safe: one per thread.
class FilterDecoderSet {
 public:
  // Never null; owned by the set. Errc::unsupported for an id that is no filter of this build.
  [[nodiscard]] Result<FilterDecoder*> get(format::CodecId id);

 private:
  static constexpr std::size_t kKnownFilters = 12;
  std::array<std::unique_ptr<FilterDecoder>, kKnownFilters> decoders_;
};

}  // namespace npk::codec
