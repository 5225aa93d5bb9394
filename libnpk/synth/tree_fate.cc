#include "synth/tree_fate.h"

#include <algorithm>
#include <cmath>

namespace npk::synth::internal {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

Result<std::uint64_t> millionths(double share, const char* field) {
  if (!(share >= 0 && share <= 1)) return fail(Errc::misuse, std::string("edits.") + field + " must be from 0 to 1");
  return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(kMillion)));
}

// The first generation by which more than `before` files were added.
std::uint32_t generation_that_added(const EditRule& rule, std::uint64_t files, std::uint64_t before) noexcept {
  const Wide a_generation = Wide{files} * rule.added;
  return static_cast<std::uint32_t>((Wide{before + 1} * kMillion + a_generation - 1) / a_generation);
}

}  // namespace

Result<EditRule> EditRule::of(const TreeEdits& edits) {
  constexpr std::uint32_t kMostPlaces = 1000;
  EditRule rule;
  NPK_ASSIGN(rule.changed, millionths(edits.changed, "changed"));
  NPK_ASSIGN(rule.renamed, millionths(edits.renamed, "renamed"));
  NPK_ASSIGN(rule.removed, millionths(edits.removed, "removed"));
  NPK_ASSIGN(rule.added, millionths(edits.added, "added"));
  NPK_ASSIGN(rule.bytes, millionths(edits.bytes, "bytes"));
  if (rule.changed + rule.renamed + rule.removed > kMillion) return fail(Errc::misuse, "edits: changed, renamed and removed must be at most 1 together");
  if (edits.places == 0 || edits.places > kMostPlaces) return fail(Errc::misuse, "edits.places must be from 1 to 1000");
  rule.places = edits.places;
  return rule;
}

std::uint64_t added_through(const EditRule& rule, std::uint64_t files, std::uint32_t generation) noexcept {
  return static_cast<std::uint64_t>(Wide{files} * rule.added * generation / kMillion);
}

FileFate FileFate::of(const EditRule& rule, const Draws& draws, std::uint64_t files, std::uint64_t number, std::uint32_t generation) {
  FileFate fate;
  if (number >= files) fate.born_in = generation_that_added(rule, files, number - files);
  fate.present = fate.born_in <= generation;
  for (std::uint32_t now = fate.born_in + 1; now <= generation && fate.present; ++now) {
    const std::uint64_t lot = draws.word(Purpose::fate, number, now) % kMillion;
    if (lot < rule.removed) {
      fate.present = false;
    } else if (lot < rule.removed + rule.renamed) {
      fate.renamed_in = now;
    } else if (lot < rule.removed + rule.renamed + rule.changed) {
      fate.changed_in.push_back(now);
    }
  }
  return fate;
}

std::uint32_t FileFate::last_touched() const noexcept { return changed_in.empty() ? born_in : changed_in.back(); }

Result<void> edit(TreeContent& content, const EditRule& rule, const Draws& draws, const ObjectOptions& style, std::uint64_t number,
                  std::uint32_t generation) {
  for (std::uint32_t place = 0; place < rule.places; ++place) {
    const std::uint64_t size = content.size();
    const auto share = static_cast<std::uint64_t>(Wide{size} * rule.bytes / kMillion / rule.places);
    const std::uint64_t length = std::max<std::uint64_t>(1, share);
    const std::uint64_t which = std::uint64_t{generation} * 1000 + place;
    enum : std::uint64_t { replaces, inserts, deletes };
    const std::uint64_t kind = size == 0 ? std::uint64_t{inserts} : draws.word(Purpose::edit_kind, number, which) % 3;
    const std::uint64_t at = draws.word(Purpose::edit_place, number, which) % (kind == inserts ? size + 1 : size - length + 1);
    if (kind != inserts) content.erase(at, length);
    if (kind == deletes) continue;
    ObjectOptions fresh = style;
    fresh.seed = style.seed.derived(number).derived(which);
    fresh.size_bytes = length;
    NPK_ASSIGN(const ObjectGenerator object, ObjectGenerator::create(fresh));
    content.insert(at, object);
  }
  return {};
}

}  // namespace npk::synth::internal
