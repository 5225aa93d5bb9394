// The hints of the generation before, as far as they can be read.
#pragma once

#include <optional>

#include "package/reader/hint_tree.h"

namespace npk::ops {

struct LeafHints {
  bool is_broken = false;                // there are some and they can't be told: nothing counts as unchanged
  std::optional<format::HintPage> page;  // as many rows as the leaf has
};

// Nothing in it is believed that does not decode. `frames` must outlive it.
class EarlierHints {
 public:
  // Errors: io, cancelled, internal; other trouble makes it broken.
  [[nodiscard]] static Result<EarlierHints> read(const reader::FrameReader& frames, const format::Placement& placement, std::uint64_t commit_position);

  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }
  // Of the catalog's leaf. Errors: as read().
  [[nodiscard]] Result<LeafHints> of(const format::CatalogChild& leaf) const;
  // Where they lie.
  [[nodiscard]] std::optional<format::CatalogChild> find(std::string_view first_path) const;
  [[nodiscard]] const reader::NodePlaces& nodes() const noexcept { return tree_.nodes; }

 private:
  EarlierHints(const reader::FrameReader& frames, std::uint64_t commit_position) : frames_(&frames), commit_position_(commit_position) {}

  const reader::FrameReader* frames_;
  std::uint64_t commit_position_;
  reader::HintTree tree_;
  bool is_broken_ = false;
};

}  // namespace npk::ops
