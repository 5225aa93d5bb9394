#include "npk/ops/create.h"

#include "npk/files.h"
#include "ops/write/parity/parity_pass.h"
#include "ops/write/resumed_package.h"
#include "ops/write/scan_input.h"
#include "package/writer/plan.h"
#include "package/writer/write_package.h"

namespace npk::ops {
namespace {

Result<void> commit(Sink& sink, const CreateOptions& options) {
  const ProfileSpan span(options.writer.profile.get(), ProfileStage::sync);
  return sink.commit();
}

// Under its name only with its parity.
Result<void> create_protected(const TreeInput& input, const CreateOptions& options, CreateReport& report) {
  NPK_ASSIGN(const auto file, io::create_placed_file(options.package_path));
  NPK_ASSIGN(report.write, writer::write_package(input, *file, options.writer));
  NPK_ASSIGN(const ProtectReport added, add_parity(*file, {.package_path = options.package_path, .percent = options.recovery_percent, .limits = options.limits,
                                                           .progress = {}, .stop = options.writer.stop}, true));
  report.parity_bytes = added.parity_bytes;
  report.write.package_bytes = added.package_bytes;
  return commit(*file, options);
}

// What replaces a package is no empty one by mistake.
Result<TreeInput> open_input_of_something(const CreateOptions& options, std::uint64_t& problems) {
  NPK_ASSIGN(TreeInput input, open_input(options, problems));
  if (input.entry_count() == 0 && problems != 0) return fail(Errc::not_found, "nothing of what was named can be read: no package is made");
  return input;
}

}  // namespace

Result<CreateReport> create(const CreateOptions& options) {
  NPK_ASSIGN(const writer::WritePlan plan, writer::make_plan(options.writer));  // before the scan: a mistake is said at once
  const ProfiledRun run(options.writer.profile.get(), "pack", plan.threads);
  if (options.recovery_percent > kMaxRecoveryPercent || (options.recovery_percent != 0 && (options.sink != nullptr || options.writer.volume_bytes != 0)))
    return fail(Errc::misuse, "recovery: 1 to " + std::to_string(kMaxRecoveryPercent) + " percent, of a package in one file");
  CreateReport report;
  if (options.resume) {
    NPK_ASSIGN(ResumedPackage package, ResumedPackage::open(options));
    NPK_ASSIGN(const TreeInput input, open_input_of_something(options, report.scan_problems));
    NPK_ASSIGN(report.write, package.write(input));
    if (options.recovery_percent == 0) return report;
    NPK_ASSIGN(const ProtectReport added, protect({.package_path = options.package_path, .percent = options.recovery_percent, .limits = options.limits,
                                                   .progress = {}, .stop = options.writer.stop}));
    report.parity_bytes = added.parity_bytes;
    report.write.package_bytes = added.package_bytes;
    return report;
  }
  NPK_ASSIGN(const TreeInput input, open_input_of_something(options, report.scan_problems));
  if (options.sink != nullptr) {
    NPK_ASSIGN(report.write, writer::write_package(input, *options.sink, options.writer));
    NPK_TRY(commit(*options.sink, options));
    return report;
  }
  if (options.recovery_percent != 0) {
    NPK_TRY(create_protected(input, options, report));
    return report;
  }
  NPK_ASSIGN(const std::unique_ptr<Sink> file, options.writer.volume_bytes != 0
                                                   ? create_volumes(options.package_path, options.writer.volume_bytes)
                                                   : create_atomic_file(options.package_path));
  NPK_ASSIGN(report.write, writer::write_package(input, *file, options.writer));
  NPK_TRY(commit(*file, options));
  return report;
}

}  // namespace npk::ops
