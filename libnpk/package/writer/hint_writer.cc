#include "package/writer/hint_writer.h"

#include <algorithm>

#include "block/seal.h"
#include "package/writer/page_tree.h"

namespace npk::writer {

Result<void> HintWriter::add_leaf(std::string_view first_path, std::span<const format::FileHint> rows) {
  if (!seconds_ || std::ranges::none_of(rows, [](const format::FileHint& hint) { return hint.inode != 0; })) return {};
  format::CatalogChild place{.first_path = std::string(first_path), .hash = {}, .entry_count = rows.size(), .content_hash = {}};
  NPK_ASSIGN(Bytes body, block::seal_page(format::encode_hint_page(*seconds_, rows), page_level_));
  leaves_.push_back({std::move(place), std::move(body)});
  return {};
}

void HintWriter::keep_leaf(std::string_view first_path) {
  if (!seconds_ || base_ == nullptr || !base_->find_hints) return;
  if (auto there = base_->find_hints(first_path)) leaves_.push_back({*std::move(there), {}});
}

Result<format::FrameReference> HintWriter::write(FrameWriter& frames) {
  std::vector<format::CatalogChild> places;
  for (Leaf& leaf : leaves_) {
    if (!leaf.body.empty()) {
      NPK_ASSIGN(const format::FrameReference frame, frames.write(format::FrameType::hint_page, leaf.body));
      leaf.place.position = frame.position;
      leaf.place.stored_length = frame.stored_length;
      leaf.place.hash = frame.hash;
      leaf.body = {};
    }
    places.push_back(std::move(leaf.place));
  }
  return write_hint_tree(places, base_ != nullptr ? base_->hint_nodes : KnownNodes(), page_level_, frames);
}

}  // namespace npk::writer
