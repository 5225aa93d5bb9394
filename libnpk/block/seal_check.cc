#include "block/seal_check.h"

#include <cstring>

#include "codec/filter_decoder.h"

namespace npk::block {
namespace {

bool restore(format::CodecId id, ByteView filtered, MutableBytes out, Profile* profile) {
  ProfileSpan span(profile, {ProfileStage::unfilter, id});
  span.add_bytes(filtered.size(), out.size());
  codec::FilterDecoderSet decoders;
  const auto decoder = decoders.get(id);
  if (!decoder) return false;
  const auto restored = (*decoder)->restore(filtered, filtered.size(), out.size(), out);
  return restored && *restored;
}

}  // namespace

// What the second filter was given, and the fourth, is as long as room at most: BlockFilterer::apply made it there.
bool comes_back(const FilteredBlock& block, ByteView raw, MutableBytes room, Profile* profile) {
  if (block.steps.empty()) return true;
  codec::FilterBuffer between;
  ByteView restored = block.bytes;
  for (std::size_t step = block.steps.size(); step-- > 0;) {
    const std::size_t length = step == 0 ? raw.size() : block.steps[step - 1].parameter;
    const MutableBytes out = step % 2 == 0 ? room.first(length) : between.take(length).first(length);
    if (!restore(block.steps[step].id, restored, out, profile)) return false;
    restored = out;
  }
  return std::memcmp(restored.data(), raw.data(), raw.size()) == 0;
}

}  // namespace npk::block
