// Writes the hint tree behind the catalog: a leaf for each leaf of the catalog that has any hints.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "npk/format/hint_page.h"
#include "package/writer/base_generation.h"
#include "package/writer/frame_writer.h"

namespace npk::writer {

// Memory: the new leaves as they are stored, about 8 bytes a file.
class HintWriter {
 public:
  // Without `seconds` nothing is taken or written. `base`: whose leaves and nodes are not written again; may be null.
  HintWriter(std::optional<std::int64_t> seconds, const BaseGeneration* base, int page_level) : seconds_(seconds), base_(base), page_level_(page_level) {}

  // Leaves of the catalog in order: a new one with hints of all its rows, or one that stays with what hints it has.
  Result<void> add_leaf(std::string_view first_path, std::span<const format::FileHint> rows);
  void keep_leaf(std::string_view first_path);
  // The root; none if there are no hints.
  [[nodiscard]] Result<format::FrameReference> write(FrameWriter& frames);

 private:
  struct Leaf {
    format::CatalogChild place;
    Bytes body;  // empty: it is there already
  };

  std::optional<std::int64_t> seconds_;
  const BaseGeneration* base_;
  int page_level_;
  std::vector<Leaf> leaves_;
};

}  // namespace npk::writer
