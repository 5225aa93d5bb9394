#include "npk/ops/recompress.h"

#include "ops/write/rewrite/history_survey.h"
#include "ops/write/rewrite/rewritten_package.h"
#include "package/reader/impl.h"

namespace npk::ops {

Result<RewriteReport> recompress(const std::string& path, const RecompressOptions& options) {
  NPK_TRY(check_writer_options(options.writer));
  NPK_ASSIGN(const auto package, RewrittenPackage::open(path, options.rewrite));
  const std::size_t generations = package->history().size();
  RewrittenPackage::Choice choice{.kept = std::vector<bool>(generations, true), .changed = std::vector<bool>(generations), .purged = {},
                                  .most_waste = 0, .recompressed = WriterOptions()};
  WriterOptions& writer = *choice.recompressed;
  writer.preset = options.writer.preset;
  writer.codec = options.writer.codec;
  writer.level = options.writer.level;
  writer.chain = options.writer.chain;
  writer.choose_filters = options.writer.choose_filters;
  writer.block_bytes = options.writer.block_bytes;
  writer.bases = options.writer.bases;
  LiveChunks live = package->no_chunks();
  Removal nothing({});
  HistorySurvey survey(package->reader().impl().frames(), live, nothing, {});
  for (const reader::PlacedCommit& commit : package->history()) NPK_TRY(survey.take(commit));
  live.number();
  return package->write(choice, live);
}

}  // namespace npk::ops
