// links: npk_format
// Input: the commit's position (8 bytes), then a commit. What is accepted is what would be written, and refers to what
// is before it only.
#include "fuzz/fuzz_input.h"
#include "npk/format/commit.h"
#include "npk/format/package_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npk;
  fuzz::Input input(data, size);
  const auto position = input.take<std::uint64_t>();
  const ByteView raw = input.rest();
  const auto commit = format::decode_commit(raw, position, fuzz::limits());
  if (!commit) return 0;
  fuzz::require(std::ranges::equal(format::encode_commit(*commit), raw), "the same bytes again");
  const format::Placement& placement = commit->placement;
  for (const auto& root : {placement.catalog_root, placement.chunk_root, placement.hint_root})
    fuzz::require(!root.exists() || (root.position >= format::kSuperblockBytes && root.position < position),
                  "roots before the commit");
  fuzz::require(placement.previous_commit == 0 || placement.previous_commit < position,
                "the commit before lies before");
  const format::CommitSection* metadata = format::metadata_section(placement);
  const format::PackageMetadata pairs = format::package_metadata(placement);
  fuzz::require(pairs.empty() == (metadata == nullptr), "metadata has a pair at least");
  fuzz::require(format::check_package_metadata(pairs).has_value(), "metadata in its bounds");
  fuzz::require(metadata == nullptr || format::encode_package_metadata(pairs).bytes == metadata->bytes, "the same metadata again");
  fuzz::require(format::check_features(placement.features).has_value(), "no unknown incompatible feature");
  return 0;
}
