#include "package/reader/frames/frame_order.h"

#include <string>

namespace npk::reader {

Result<void> FrameOrder::follow(const format::FrameHeader& header, std::uint64_t position) {
  const bool follows = !next_sequence_ || (*next_sequence_ == header.sequence && last_commit_ == header.last_commit);
  const std::uint64_t wanted = next_sequence_.value_or(0);
  next_sequence_ = header.sequence + 1;
  last_commit_ = header.type == format::FrameType::commit ? position : header.last_commit;
  if (follows) return {};
  return fail(Errc::corrupt, "frame " + std::to_string(header.sequence) + " lies where frame " +
                                 std::to_string(wanted) + " belongs, or names another last commit");
}

Result<void> check_end(bool after_trailer) {
  if (!after_trailer) return fail(Errc::truncated, "the package ends without a trailer");
  return {};
}

}  // namespace npk::reader
