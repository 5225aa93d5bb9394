// Private to npk_synth: what the generations did to a file.
#pragma once

#include <vector>

#include "npk/synth_tree.h"
#include "synth/tree_draws.h"

namespace npk::synth::internal {

// TreeEdits in millionths.
struct EditRule {
  std::uint64_t changed = 0, renamed = 0, removed = 0, added = 0, bytes = 0;
  std::uint32_t places = 1;

  // Errc::misuse.
  [[nodiscard]] static Result<EditRule> of(const TreeEdits& edits);
};

struct FileFate {
  bool present = true;
  std::uint32_t born_in = 0;
  std::uint32_t renamed_in = 0;          // last; 0: never
  std::vector<std::uint32_t> changed_in;

  // Of file `number` of a tree of `files` files, up to and with `generation`.
  [[nodiscard]] static FileFate of(const EditRule& rule, const Draws& draws, std::uint64_t files, std::uint64_t number, std::uint32_t generation);
  [[nodiscard]] std::uint32_t last_touched() const noexcept;
};

// How many files the generations up to this one have added.
[[nodiscard]] std::uint64_t added_through(const EditRule& rule, std::uint64_t files, std::uint32_t generation) noexcept;

// What generation `generation` does to a file's content. `seed`: of its new bytes.
[[nodiscard]] Result<void> edit(TreeContent& content, const EditRule& rule, const Draws& draws, const ObjectOptions& style, std::uint64_t number,
                                std::uint32_t generation);

}  // namespace npk::synth::internal
