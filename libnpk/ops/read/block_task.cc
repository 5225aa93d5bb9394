#include "ops/read/block_task.h"

#include <algorithm>

namespace npk::ops {
namespace {

// Calls `visit` with the pieces of each file.
template <class Visit>
Result<void> for_each_file(std::span<const Piece> pieces, Visit visit) {
  while (!pieces.empty()) {
    const auto other =
        std::ranges::find_if(pieces, [&](const Piece& piece) { return piece.file != pieces.front().file; });
    const auto count = static_cast<std::size_t>(other - pieces.begin());
    NPK_TRY(visit(pieces.first(count)));
    pieces = pieces.subspan(count);
  }
  return {};
}

}  // namespace

Result<void> restore_block(ExtractSession& session, std::span<const Piece> pieces, std::size_t needed_bytes,
                           const LoadBlock& load) {
  BlockBuffers::Lease buffer(session.buffers(), needed_bytes);
  const MutableBytes block = buffer.first(needed_bytes);
  if (const auto loaded = load(block); !loaded) {
    const Error& error = loaded.error();
    if (error.code == Errc::cancelled || error.code == Errc::internal) return std::unexpected(error);
    return for_each_file(pieces, [&](std::span<const Piece> own) -> Result<void> {
      session.files().fail(own.front().file, error, is_damage(error));
      return {};
    });
  }
  ProfileSpan span(session.options().profile.get(), ProfileStage::restore);
  for (const Piece& piece : pieces) span.add_bytes(piece.length, piece.length);
  return for_each_file(pieces, [&](std::span<const Piece> own) -> Result<void> {
    if (session.options().stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    return session.files().write(own, block);
  });
}

}  // namespace npk::ops
