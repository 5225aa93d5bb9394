#include "npk/ops/create.h"

#include "npk/files.h"
#include "ops/write/resumed_package.h"
#include "ops/write/scan_input.h"
#include "package/writer/plan.h"
#include "package/writer/write_package.h"

namespace npk::ops {
Result<CreateReport> create(const CreateOptions& options) {
  NPK_TRY(writer::make_plan(options.writer));  // before the scan: a mistake is said at once
  CreateReport report;
  if (options.resume) {
    NPK_ASSIGN(ResumedPackage package, ResumedPackage::open(options));
    NPK_ASSIGN(const TreeInput input, open_input(options, report.scan_problems));
    NPK_ASSIGN(report.write, package.write(input));
    return report;
  }
  NPK_ASSIGN(const TreeInput input, open_input(options, report.scan_problems));
  if (options.sink != nullptr) {
    NPK_ASSIGN(report.write, writer::write_package(input, *options.sink, options.writer));
    NPK_TRY(options.sink->commit());
    return report;
  }
  NPK_ASSIGN(const std::unique_ptr<Sink> file, options.writer.volume_bytes != 0
                                                   ? create_volumes(options.package_path, options.writer.volume_bytes)
                                                   : create_atomic_file(options.package_path));
  NPK_ASSIGN(report.write, writer::write_package(input, *file, options.writer));
  NPK_TRY(file->commit());
  return report;
}

}  // namespace npk::ops
