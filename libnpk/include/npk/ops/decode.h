// One entry's content out of a package that comes from a pipe. For whole trees see extract.h.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/bytes.h"
#include "npk/limits.h"
#include "npk/recipients.h"
#include "npk/result.h"
#include "npk/source.h"

namespace npk::ops {

struct DecodeOptions {
  std::string path = {};                   // of the entry; empty: the only regular file there is
  unsigned threads = 0;                    // 0: as many as processors; never changes the bytes
  std::uint64_t memory_bytes = 0;          // 0: no limit of its own; kept by using fewer threads; Errc::limit naming
                                           // the least that works if too little
  std::uint64_t spool_bytes = 1ULL << 30;  // bound of the unlinked file for stored data that came before its entry's name
  std::string spool_directory = {};        // empty: TMPDIR or /tmp
  Limits limits = {};
  std::shared_ptr<const std::vector<Identity>> identities = {};  // from a pipe: what opens a sealed package
  std::stop_token stop = {};
};

struct DecodeReport {
  std::uint64_t content_bytes = 0;
  Digest digest{};                  // BLAKE3 of the content, as checked
  std::uint64_t package_bytes = 0;  // read
};

// Writes the content to `content`, in order, and commits it once the whole package has been checked; nothing is
// committed after an error. A package names an entry when its data is complete: until then the stored data is kept, in
// memory and then in the spool file, so an entry of more stored data than spool_bytes can't be decoded from a pipe.
// Memory: a few blocks a thread, up to 96 MiB of stored data, 56 bytes a chunk.
// Errors: not_found: no such regular file; misuse: path is empty and there are several; limit, naming the bound: memory,
// spool or Limits; corrupt, truncated, trailing_data, unsupported, no_key: the package; io; cancelled.
[[nodiscard]] Result<DecodeReport> decode_stream(SequentialSource& package, Sink& content,
                                                 const DecodeOptions& options = {});

}  // namespace npk::ops
