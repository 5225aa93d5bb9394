// Compresses a package's data anew, as a later npk or other options would, and leaves what it says as it is.
#pragma once

#include "npk/ops/compact.h"
#include "npk/writer.h"

namespace npk::ops {

struct RecompressOptions {
  RewriteOptions rewrite;
  // How: preset, codec, level, choose_filters, chain, block_bytes, bases. The others are not looked at.
  WriterOptions writer;
};

// Every block's chunks are packed into new ones: by kind of content, as far as whole old blocks show it. All generations stay, with their content,
// times, messages, numbers and content roots; storage roots and so statements change, and signed statements are kept as records. Hint pages and
// parity are dropped. Memory and errors: as compact().
[[nodiscard]] Result<RewriteReport> recompress(const std::string& path, const RecompressOptions& options);

}  // namespace npk::ops
