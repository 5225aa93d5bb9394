#include "hash/hash.h"
#include "npk/ops/hash.h"
#include "ops/read/manifest_restorer.h"
#include "ops/read/package_stream.h"
#include "ops/read/stream_memory.h"

namespace npk::ops {
namespace {

class ProfiledSource final : public SequentialSource {
 public:
  ProfiledSource(SequentialSource& inner, Profile* profile) : inner_(inner), profile_(profile) {}
  Result<std::size_t> read(MutableBytes out) override {
    ProfileSpan span(profile_, ProfileStage::read);
    auto count = inner_.read(out);
    if (count) span.add_bytes(*count, *count);
    return count;
  }
  std::string name() const override { return inner_.name(); }

 private:
  SequentialSource& inner_;
  Profile* profile_;
};

}  // namespace

// What is wrong with the package is said when everything that could be extracted has been.
Result<ExtractReport> extract_stream(SequentialSource& source, const ExtractOptions& options) {
  if (!options.tags.empty()) return fail(Errc::misuse, "tags are known from a package's end: from a pipe entries can't be chosen by them");
  Profile* const profile = options.profile.get();
  const ProfiledRun run(profile, "extract", pool::thread_count(options.threads));
  ProfiledSource profiled(source, profile);
  ExtractSession session(options);
  PackageStream package(
      profiled, options.limits,
      StreamBlocks(options.spool_directory, options.spool_bytes, StreamMemory(options.memory_bytes).stored_bytes()), options.stop,
      options.identities, profile);
  ManifestRestorer manifests(session, package.chunks(), package.blocks());
  session.reporter().expect_unknown();
  NPK_TRY(package.open());
  NPK_TRY(session.open_target("pipe " + hex_of(hash::blake3(format::encode_superblock(package.superblock())))));
  NPK_TRY(package.walk([&](const format::CatalogPage& manifest, std::uint64_t stored_bytes) {
    return manifests.restore(manifest, stored_bytes);
  }));
  NPK_TRY(session.finish());
  if (package.wrong()) return std::unexpected(*package.wrong());
  return session.reporter().finish(true);
}

}  // namespace npk::ops
