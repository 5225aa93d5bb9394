// Work in several threads with the order kept: an ordered pipeline and a parallel loop over oneTBB. No thread outlives
// a call but oneTBB's own idle workers. In a forked child whatever the parent's threads were doing: where the parent (or
// one before it) had run any in several threads, the child's run on the calling thread alone, or else as anywhere. A
// parent's other uses of oneTBB are not known here. May be used from several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "npk/result.h"

namespace npk::pool {

enum class StageKind : std::uint8_t {
  serial_in_order,  // one token at a time, in the order the source gave them
  parallel,         // any tokens at once, in any order
};

struct PipelineOptions {
  unsigned threads = 0;  // at most this many, the caller's among them, and at most 1024; 0: as many as processors; 1:
                         // all on the caller
  std::size_t max_tokens = 0;  // between the source and the end of the last stage at any time; 0: twice the threads
  std::stop_token stop = {};
};

// What a Stage does to each token. Everything it captures must outlive run_pipeline.
template <class Token>
struct Stage {
  StageKind kind = StageKind::parallel;
  std::function<Result<void>(Token&)> run;
};

// nullptr: no more. Called by one thread at a time.
template <class Token>
using TokenSource = std::function<Result<std::unique_ptr<Token>>()>;

[[nodiscard]] unsigned processor_count() noexcept;               // that this process may use, at least 1
[[nodiscard]] unsigned thread_count(unsigned threads) noexcept;  // what `threads` of the options comes to

namespace erased {

using Token = std::shared_ptr<void>;
struct Stage {
  StageKind kind;
  std::function<Result<void>(void*)> run;
};
[[nodiscard]] Result<void> run_pipeline(const PipelineOptions& options, const std::function<Result<Token>()>& source,
                                        const std::vector<Stage>& stages);

}  // namespace erased

// Sends every token of the source through all stages; each is destroyed behind the last one. Returns when nothing runs
// any more.
//
// Errors: as if everything had run one after another. The first in token order counts (a source's error comes after all
// tokens it gave): no token after it reaches a stage once the error is known, none passes a serial stage that the
// failed one did not pass, and all before it go through. Errc::cancelled: the stop token was triggered; no stage is
// begun after that. An exception of a source or stage becomes Errc::limit (std::bad_alloc) or Errc::internal.
template <class Token>
[[nodiscard]] Result<void> run_pipeline(const PipelineOptions& options, const TokenSource<Token>& source,
                                        const std::vector<Stage<Token>>& stages) {
  std::vector<erased::Stage> plain;
  for (const Stage<Token>& stage : stages)
    plain.push_back({stage.kind, [&run = stage.run](void* token) { return run(*static_cast<Token*>(token)); }});
  const auto plain_source = [&source]() -> Result<erased::Token> {
    NPK_ASSIGN(std::unique_ptr<Token> token, source());
    return erased::Token(std::move(token));
  };
  return erased::run_pipeline(options, plain_source, plain);
}

// run(0) to run(count - 1), begun in this order. Errors, cancellation and exceptions as in run_pipeline.
[[nodiscard]] Result<void> parallel_for_each_index(const PipelineOptions& options, std::uint64_t count,
                                                   const std::function<Result<void>(std::uint64_t)>& run);

}  // namespace npk::pool
