// Private to npk_object_writer: plain bytes in, a compressed stream out, in bounded memory. (The package's codecs code whole blocks.)
#pragma once

#include <memory>
#include <optional>

#include "npk/object_writer.h"

namespace npk::synth::internal {

class StreamEncoder {
 public:
  virtual ~StreamEncoder() = default;
  [[nodiscard]] virtual Result<void> write(ByteView bytes, Sink& to) = 0;
  // What is still held back, and the stream's end.
  [[nodiscard]] virtual Result<void> finish(Sink& to) = 0;
};

// Errc::misuse for a level that does not fit, or one without compression.
[[nodiscard]] Result<std::unique_ptr<StreamEncoder>> make_stream_encoder(Compression compression, std::optional<int> level);

}  // namespace npk::synth::internal
