#include "npk/ops/compact.h"

#include <algorithm>

#include "ops/write/rewrite/history_survey.h"
#include "ops/write/rewrite/rewritten_package.h"
#include "package/reader/impl.h"

namespace npk::ops {
namespace {

// A thirty-second. On a kernel tree after ten generations of edits, the newest alone is 8 % larger than a fresh package
// where an eighth may be copied along.
constexpr std::uint64_t kMostWaste = 8;

std::vector<Generation> generations_of(const RewrittenPackage& package) {
  std::vector<Generation> history;
  for (const reader::PlacedCommit& commit : package.history())
    history.push_back({commit.place.position, commit.commit.statement, commit.statement_hash, commit.commit.placement.totals});
  return history;
}

}  // namespace

Result<CompactReport> compact(const std::string& path, const CompactOptions& options) {
  NPK_ASSIGN(const auto package, RewrittenPackage::open(path, options.rewrite));
  CompactReport report;
  NPK_ASSIGN(report.generations, apply_keep_rules(generations_of(*package), options.keep));
  RewrittenPackage::Choice choice{.kept = {}, .changed = std::vector<bool>(package->history().size()), .purged = {}, .most_waste = kMostWaste};
  LiveChunks live = package->no_chunks();
  Removal nothing({});
  HistorySurvey survey(package->reader().impl().frames(), live, nothing, {});
  for (std::size_t i = 0; i < package->history().size(); ++i) {
    choice.kept.push_back(report.generations[i].is_kept());
    if (choice.kept.back()) NPK_TRY(survey.take(package->history()[i]));
  }
  live.number();
  NPK_ASSIGN(report.rewrite, package->write(choice, live));
  return report;
}

}  // namespace npk::ops
