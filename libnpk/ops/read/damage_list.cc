#include "ops/read/damage_list.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace npk::ops {
namespace {

constexpr std::size_t kMostDamages = 100'000;
constexpr std::size_t kNowhere = SIZE_MAX;

bool is_damage_code(Errc code) noexcept { return code != Errc::io && code != Errc::cancelled && code != Errc::internal; }

// One for each frame; several chunks of a block, and damages that lie nowhere, stand for themselves.
bool describes_frame(DamageKind kind) noexcept {
  return kind == DamageKind::frame || kind == DamageKind::commit || kind == DamageKind::catalog_page || kind == DamageKind::chunk_page ||
         kind == DamageKind::block;
}

}  // namespace

std::string_view name_of(DamageKind kind) noexcept {
  switch (kind) {
    case DamageKind::opening: return "opening";
    case DamageKind::frame: return "frame";
    case DamageKind::trailing: return "trailing";
    case DamageKind::commit: return "commit";
    case DamageKind::catalog_page: return "catalog_page";
    case DamageKind::chunk_page: return "chunk_page";
    case DamageKind::reference: return "reference";
    case DamageKind::block: return "block";
    case DamageKind::chunk: return "chunk";
    case DamageKind::digest: return "digest";
    case DamageKind::totals: return "totals";
  }
  return "unknown";
}

// Where the damage is to be put: a new place, the one of a frame's damage that says less, or kNowhere.
std::size_t DamageList::place_for(const Damage& damage) {
  if (describes_frame(damage.kind) && damage.error.offset) {
    const auto [known, is_new] = frames_.try_emplace(*damage.error.offset, damages_.size());
    if (!is_new && (damage.kind == DamageKind::frame || damages_[known->second].kind != DamageKind::frame)) return kNowhere;
    if (!is_new) return known->second;
  }
  if (damages_.size() == kMostDamages) {
    ++left_out_;
    return kNowhere;
  }
  damages_.emplace_back();
  return damages_.size() - 1;
}

Result<void> DamageList::note(DamageKind kind, Error error, std::vector<ChunkRange> lost, std::vector<std::string> paths) {
  if (!is_damage_code(error.code)) return std::unexpected(std::move(error));
  const std::scoped_lock lock(mutex_);
  Damage damage{kind, std::move(error), std::move(paths)};
  const std::size_t place = place_for(damage);
  if (place == kNowhere) return {};
  damages_[place] = std::move(damage);
  for (const ChunkRange& chunks : lost) lost_.push_back({chunks, place});
  return {};
}

void DamageList::prepare_losses() {
  std::ranges::sort(lost_, {}, [](const Loss& loss) { return loss.chunks.first; });
}

void DamageList::add_losses(const format::EntryRow& row) {
  for (const format::Run& run : row.runs) {
    if (run.chunk_count == 0) continue;
    const std::uint64_t end = run.first_chunk + run.chunk_count;
    auto loss = std::ranges::upper_bound(lost_, run.first_chunk, {}, [](const Loss& other) { return other.chunks.last; });
    for (; loss != lost_.end() && loss->chunks.first < end; ++loss) {
      std::vector<std::string>& paths = damages_[loss->damage].paths;
      if (paths.empty() || paths.back() != row.path) paths.emplace_back(row.path);
    }
  }
}

void DamageList::finish(VerifyReport& report) {
  // In the same order whichever thread was first.
  std::ranges::sort(damages_, {}, [](const Damage& damage) {
    return std::tuple(damage.error.offset.value_or(UINT64_MAX), damage.kind, std::string_view(damage.error.message));
  });
  report.damages = std::move(damages_);
  report.damages_left_out = left_out_;
}

}  // namespace npk::ops
