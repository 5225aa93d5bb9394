#include "npk/ops/purge.h"

#include <algorithm>
#include <set>

#include "ops/write/rewrite/history_survey.h"
#include "ops/write/rewrite/rewritten_package.h"
#include "package/reader/impl.h"

namespace npk::ops {
namespace {

class Purge {
 public:
  Purge(const RewrittenPackage& package, const PurgeOptions& options)
      : package_(package), options_(options), removal_(options.globs), live_(package.no_chunks()),
        choice_{.kept = std::vector<bool>(package.history().size(), true), .changed = {}, .purged = options.globs, .most_waste = 0} {}

  Result<PurgeReport> run() {
    report_.generations = package_.history().size();
    NPK_TRY(survey());
    live_.number();
    report_.messages_naming.assign(naming_.begin(), naming_.end());
    NPK_ASSIGN(report_.rewrite, package_.write(choice_, live_));
    return std::move(report_);
  }

 private:
  Result<void> survey() {
    HistorySurvey survey(package_.reader().impl().frames(), live_, removal_, [this](std::string_view path) { look_into_messages(path); });
    for (const reader::PlacedCommit& commit : package_.history()) {
      NPK_ASSIGN(const bool changes, survey.take(commit));
      choice_.changed.push_back(changes);
      if (!changes) continue;
      ++report_.changed_generations;
      if (!options_.rewrite_signed && package_.is_signed(commit))
        return fail(Errc::misuse, "generation " + std::to_string(commit.commit.statement.generation) +
                                      " is signed: without what is purged it would not be what was signed");
    }
    report_.purged_entries = survey.purged_entries();
    return removal_.check("any generation");
  }

  void look_into_messages(std::string_view path) {
    for (const reader::PlacedCommit& commit : package_.history()) {
      const format::Statement& statement = commit.commit.statement;
      if (statement.message.size() >= path.size() && statement.message.find(path) != std::string::npos) naming_.insert(statement.generation);
    }
  }

  const RewrittenPackage& package_;
  const PurgeOptions& options_;
  Removal removal_;
  LiveChunks live_;
  RewrittenPackage::Choice choice_;
  std::set<std::uint64_t> naming_;
  PurgeReport report_;
};

}  // namespace

Result<PurgeReport> purge(const std::string& path, const PurgeOptions& options) {
  if (options.globs.empty()) return fail(Errc::misuse, "nothing to purge: no glob is given");
  NPK_ASSIGN(const auto package, RewrittenPackage::open(path, options.rewrite));
  return Purge(*package, options).run();
}

}  // namespace npk::ops
