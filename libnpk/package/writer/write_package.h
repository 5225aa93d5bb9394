// Writes a whole package: the pipeline  source -> read -> cut -> hash -> fill -> seal -> write , then the trees, the commit and the trailer.
// Source, cut, fill and write run in order on one thread at a time; read, hash and seal on any number. Same bytes whatever the threads.
#pragma once

#include <optional>
#include <vector>

#include "npk/writer.h"
#include "package/writer/base_generation.h"
#include "package/writer/batch.h"
#include "package/writer/block_filler.h"
#include "package/writer/earlier_blocks.h"

namespace npk::writer {

// What a package keeps that is written anew of another's only generation: the statement's lineage, number, time, message
// and the one before it; the placement's sections.
struct Renewed {
  format::Statement statement;
  std::vector<format::CommitSection> sections;
};

// What tests alone set otherwise, but for the last two.
struct WriteBounds {
  Limits reader_limits = {};          // a package never expands further than these allow (spec section 16): padding is put in
  std::size_t most_runs = kMostRuns;  // of an entry
  unsigned fingerprint_bits = 32;     // fewer force collisions
  std::uint64_t segment_input_bytes = kSegmentInputBytes;
  std::optional<Renewed> renewed = {};
  const EarlierBlocks* earlier = nullptr;  // of a writing that was stopped; outlives the call
};

// Does not commit the sink. Errors: misuse and limit for options (plan.h), cancelled (also when a source says so), io from the sink; trouble with an entry's content goes to
// options.problem, and the entry is left out if it could not be read.
[[nodiscard]] Result<WriteReport> write_package(const InputTree& input, Sink& sink, const WriterOptions& options, const WriteBounds& bounds = {});

// A further generation behind the end of a package, which `sink` appends to. `input` is all of it: what it keeps of the
// generation before, it says (InputTree::is_kept). Recipients, cipher and padding of the options are the package's own
// affair. Errors: as write_package.
[[nodiscard]] Result<WriteReport> append_generation(const InputTree& input, Sink& sink, const WriterOptions& options, BaseGeneration base,
                                                    const WriteBounds& bounds = {});

}  // namespace npk::writer
