// Checks a package: every byte of every frame, every reference, every hash. Goes on after damage and says what it costs.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "npk/accel.h"
#include "npk/limits.h"
#include "npk/profile.h"
#include "npk/progress.h"
#include "npk/reader.h"

namespace npk::ops {

struct VerifyOptions {
  // Everything but the bodies of blocks: superblock, every frame's header and order, every page, manifest, commit and trailer whole,
  // every reference, totals and both roots. Shows that all metadata is sound and that a block of the right length and check lies
  // where each belongs; not that its bytes are still good.
  bool quick = false;
  // Block bodies and file digests of the K-th of N equal parts only (1 <= part <= parts), and of everything else all: N runs check everything.
  std::uint64_t part = 1;
  std::uint64_t parts = 1;
  unsigned threads = 0;  // 0: as many as processors
  // Where chunks are hashed; the report does not depend on it but for VerifyReport::accel. None: as the environment variable NPK_ACCEL says
  // (cpu, auto, opencl, cuda), else off. A device takes up to 32 MiB a thread here, and as much of its own (or four times the largest chunk).
  std::optional<AccelMode> accel;
  Limits limits;
  std::shared_ptr<const std::vector<Identity>> identities;  // what opens a sealed package
  std::uint64_t generation = 0;  // whose tree is checked; 0: the newest. All frames are checked anyway
  std::optional<std::int64_t> not_after;  // or the newest of this time or before
  ExpectedState expected;     // signers may have signed the content alone, where all of it is checked
  std::shared_ptr<Profile> profile;
  ProgressCallback progress;  // bytes: decoded
  std::stop_token stop;
};

enum class DamageKind : std::uint8_t {
  opening,       // the trailer, or the commit, could not be used: an older state or the manifests answered
  frame,         // a frame's header, body or place in the order
  trailing,      // bytes behind the package
  commit,        // a commit or its place in the history
  catalog_page,  // of the catalog tree, or its rows
  chunk_page,    // of the chunk tree
  reference,     // an entry that names content which is not there
  block,         // a block or dictionary can't be decoded, or is not where it should be
  chunk,         // decoded, but its hash is another
  digest,        // a file whose chunks are good but whose digest is another
  totals,        // the commit's totals, or a root, are not what the pages give
};

// "block", "chunk", …: stable.
[[nodiscard]] std::string_view name_of(DamageKind kind) noexcept;

struct Damage {
  DamageKind kind{};
  Error error;                    // error.offset: in the source
  std::vector<std::string> paths; // entries that lose content by it, in path order
};

struct VerifyReport {
  std::vector<Damage> damages;    // by offset, those without one last
  std::uint64_t damages_left_out = 0;  // beyond the first 100,000
  std::uint64_t frames = 0;
  std::uint64_t entries = 0;
  std::uint64_t files = 0;
  std::uint64_t chunks = 0;       // hashed
  std::uint64_t blocks = 0;       // decoded; quick: whose frame's header was compared
  std::uint64_t decoded_bytes = 0;
  std::uint64_t file_digests = 0; // of files of several chunks, recomputed
  std::uint64_t digests_left_out = 0;  // of files with more than 16 GiB of holes
  std::uint64_t package_bytes = 0;
  Digest content_root{};          // recomputed from the catalog
  std::uint64_t generation = 0;
  AccelUse accel;                 // where chunks were hashed
  std::vector<SignatureScope> signed_by;  // for each expected signer; empty unless the package is sound

  [[nodiscard]] bool is_sound() const noexcept { return damages.empty(); }
};

// Errors are what stops everything: io, no_key, auth_failed (also: not what is expected), unsupported, limit, cancelled; corrupt or
// truncated when nothing of the package could be opened. Everything else is in the report. Memory: a few blocks a thread, page caches,
// under 50 bytes a block, 32 a file of several chunks and 100 a group of hard links.
[[nodiscard]] Result<VerifyReport> verify(std::shared_ptr<RandomAccessSource> source, const VerifyOptions& options = {});

}  // namespace npk::ops
