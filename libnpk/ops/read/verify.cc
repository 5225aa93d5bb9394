#include "npk/ops/verify.h"

#include <algorithm>
#include <chrono>

#include "accel/chunk_offload.h"
#include "npk/checked.h"
#include "ops/read/file_digests.h"
#include "ops/read/verify_blocks.h"
#include "ops/read/verify_chunks.h"
#include "ops/read/verify_entries.h"
#include "ops/read/verify_frames.h"
#include "ops/read/verify_hints.h"
#include "package/reader/expansion.h"
#include "package/reader/signatures.h"

namespace npk::ops {
namespace {

// floor(total * k / n) without overflow.
std::uint64_t share(std::uint64_t total, std::uint64_t k, std::uint64_t n) noexcept { return total / n * k + total % n * k / n; }

class Verification {
 public:
  Verification(const PackageReader& reader, const VerifyOptions& options)
      : reader_(reader), package_(reader.impl()), options_(options), chunks_(package_, damages_), entries_(package_, reader, damages_) {}

  Result<VerifyReport> run() {
    std::optional<ProfileSpan> structure(std::in_place, options_.profile.get(), ProfileStage::plan);
    NPK_TRY(note_opening());
    NPK_TRY(chunks_.run());
    NPK_TRY(entries_.run());
    NPK_TRY(check_hints(package_, entries_.is_complete(), damages_));
    FrameCheck frames(package_, chunks_, damages_);
    NPK_TRY(frames.run(options_.stop));
    structure.reset();
    if (!options_.quick) NPK_TRY(check_blocks());
    else report_.blocks = frames.block_count();
    NPK_TRY(frames.note_missing_blocks());
    NPK_TRY(name_losses());
    fill_in(frames);
    return std::move(report_);
  }

 private:
  Result<void> note_opening() {
    for (const Error& warning : reader_.info().warnings) NPK_TRY(damages_.note(DamageKind::opening, warning));
    return {};
  }

  Result<void> check_blocks() {
    const std::uint64_t blocks = package_.chunks().totals().blocks;
    const BlockPart part{share(blocks, options_.part - 1, options_.parts), share(blocks, options_.part, options_.parts)};
    // Unpacking more than the limits allow is not begun; each block on its own is bounded.
    auto bounded = reader::check_expansion(reader_.info(), options_.limits);
    FileDigests files(reader_, bounded ? std::move(entries_.digest_tasks()) : std::vector<DigestTask>(), damages_, options_.profile.get());
    if (!bounded) NPK_TRY(damages_.note(DamageKind::totals, std::move(bounded).error()));
    NPK_ASSIGN(const auto offload, accel::ChunkOffload::make({.asked = options_.accel, .threads = options_.threads}));
    BlockCheck check(package_, part, {.threads = options_.threads, .stop = options_.stop}, files, *offload, damages_, options_.profile.get());
    NPK_TRY(check.run(chunks_, [this](const BlockCheck::Counts& counts) { tell(counts, false); }));
    NPK_TRY(files.finish(options_.part == 1, options_.threads, options_.stop));
    report_.accel = offload->use();
    report_.blocks = check.counts().blocks;
    report_.chunks = check.counts().chunks;
    report_.decoded_bytes = check.counts().bytes;
    report_.file_digests = files.computed();
    report_.digests_left_out = files.left_out();
    tell(check.counts(), true);
    return {};
  }

  void tell(const BlockCheck::Counts& counts, bool last) {
    constexpr auto kInterval = std::chrono::milliseconds(100);
    const auto now = std::chrono::steady_clock::now();
    if (!options_.progress || (!last && now < next_telling_)) return;
    next_telling_ = now + kInterval;
    const std::uint64_t total = package_.chunks().totals().bytes / options_.parts;
    options_.progress({.done_bytes = counts.bytes, .total_bytes = last ? counts.bytes : std::max(total, counts.bytes)});
  }

  Result<void> name_losses() {
    if (!damages_.loses_chunks()) return {};
    damages_.prepare_losses();
    const auto add = [this](const Entry& entry) -> Result<void> {
      damages_.add_losses(entry.row());
      return {};
    };
    NPK_ASSIGN(const bool complete, entries_.for_each_readable(add, false));
    static_cast<void>(complete);  // what can't be read has been noted
    return {};
  }

  void fill_in(const FrameCheck& frames) {
    report_.frames = frames.frame_count();
    report_.entries = entries_.tally().totals().entries;
    report_.files = entries_.tally().totals().files;
    report_.package_bytes = package_.extent().length;
    report_.content_root = entries_.content_root();
    report_.generation = reader_.info().commit.statement.generation;
    damages_.finish(report_);
  }

  const PackageReader& reader_;
  const PackageReader::Impl& package_;
  const VerifyOptions& options_;
  DamageList damages_;
  ChunkTreeCheck chunks_;
  EntryCheck entries_;
  VerifyReport report_;
  std::chrono::steady_clock::time_point next_telling_;
};

Result<std::vector<SignatureScope>> find_signatures(const PackageReader& reader, const VerifyOptions& options) {
  std::vector<SignatureScope> scopes;
  for (const SignatureKey& signer : options.expected.signers) {
    const reader::FrameReader& frames = reader.impl().frames();
    auto scope = reader::scope_signed_by(frames, reader.info(), signer);
    if (scope && *scope == SignatureScope::content && (options.quick || options.parts != 1))
      scope = fail(Errc::auth_failed, "the key " + signer.id().to_string() + " signed the content alone: verify all of it to check that");
    if (!scope) return std::unexpected(std::move(scope).error().in(frames.extent().source->name()));
    scopes.push_back(*scope);
  }
  return scopes;
}

}  // namespace

Result<VerifyReport> verify(std::shared_ptr<RandomAccessSource> source, const VerifyOptions& options) {
  if (options.part == 0 || options.part > options.parts) return fail(Errc::misuse, "part: from 1 to the number of parts");
  const ProfiledRun run(options.profile.get(), "verify", pool::thread_count(options.threads));
  NPK_ASSIGN(const PackageReader reader,
             PackageReader::open(std::move(source), {.limits = options.limits,
                                                     .identities = options.identities,
                                                     .generation = options.generation,
                                                     .not_after = options.not_after,
                                                     .profile = options.profile,
                                                     .expected = {.signers = {}, .statement_hash = options.expected.statement_hash}}));
  NPK_ASSIGN(auto scopes, find_signatures(reader, options));
  NPK_ASSIGN(VerifyReport report, Verification(reader, options).run());
  if (report.digests_left_out != 0 && std::ranges::find(scopes, SignatureScope::content) != scopes.end())
    return fail(Errc::auth_failed, "only the content was signed, and files with more than 16 GiB of holes are not compared with that");
  if (report.is_sound()) report.signed_by = std::move(scopes);
  return report;
}

}  // namespace npk::ops
