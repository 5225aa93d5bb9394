#include "ops/write/scan_input.h"

#include "io/partial_file.h"
#include "io/target_path.h"
#include "pool/pipeline.h"
#include "tree/stored_path.h"

namespace npk::ops {
namespace {

Result<tree::ScannedTree> scan_inputs(const CreateOptions& options, std::uint64_t& problems) {
  tree::ScanOptions scan;
  scan.exclude = options.excludes;
  scan.include = options.includes;
  scan.owner_names = !options.writer.reproducible;
  scan.limits = options.limits;
  scan.stop = options.writer.stop;
  scan.on_problem = [&](const Error& error) {
    ++problems;
    if (options.writer.problem) options.writer.problem(error);
  };
  scan.on_note = options.note;
  scan.threads = pool::thread_count(options.writer.threads);
  scan.run_jobs = [](unsigned count, const std::function<void(unsigned)>& job) {
    return pool::parallel_for_each_index({.threads = count, .max_tokens = count}, count, [&](std::uint64_t index) {
      return job(static_cast<unsigned>(index)), Result<void>();
    });
  };
  if (options.sink == nullptr) {
    scan.leave_out = io::PartialFile::paths_beside(options.package_path);
    scan.leave_out.push_back(options.package_path);
    if (const auto record = io::path_beside(options.package_path, ".npk-append")) scan.leave_out.push_back(*record);
  }
  std::vector<tree::ScanRoot> roots;
  for (const InputPath& input : options.inputs) roots.push_back({.path = input.path, .base = input.base_directory});
  return tree::scan(roots, scan);
}

// The clock that file systems go by may be a tick behind the one that the generation has its time from.
std::optional<std::int64_t> hint_seconds(const CreateOptions& options) {
  constexpr std::uint32_t kTickNanoseconds = 20'000'000;
  if (!options.hints || options.writer.reproducible) return std::nullopt;
  return options.writer.time_seconds - (options.writer.time_nanoseconds < kTickNanoseconds ? 1 : 0);
}

}  // namespace

Result<TreeInput> open_input(const CreateOptions& options, std::uint64_t& problems) {
  const ProfileSpan span(options.writer.profile.get(), ProfileStage::scan);
  NPK_ASSIGN(tree::ScannedTree scanned, scan_inputs(options, problems));
  TreeInput input(std::move(scanned), {.leave_out_owners = options.writer.reproducible,
                                       .clamp_times = options.clamp_times,
                                       .newest_seconds = options.writer.time_seconds,
                                       .hint_seconds = hint_seconds(options)});
  if (options.standard_input != nullptr) {
    const tree::StoredPrefix name = tree::stored_prefix(options.standard_input_name);
    if (const auto checked = tree::check_stored_path(name.path, options.limits); !checked)
      return std::unexpected(Error{.code = Errc::misuse, .message = "the name for standard input is " + checked.error().message, .path = name.path});
    NPK_TRY(input.add_pipe(name.path, *options.standard_input, options.writer.time_seconds));
  }
  return input;
}

}  // namespace npk::ops
