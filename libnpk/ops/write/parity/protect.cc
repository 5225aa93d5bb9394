#include "npk/ops/protect.h"

#include "io/appended_file.h"
#include "ops/write/parity/parity_pass.h"

namespace npk::ops {

Result<ProtectReport> protect(const ProtectOptions& options) {
  NPK_ASSIGN(const auto file, io::AppendedFile::open(options.package_path));
  NPK_ASSIGN(const ProtectReport report, add_parity(*file, options, false));
  if (report.protected_bytes != 0) NPK_TRY(file->commit());
  return report;
}

}  // namespace npk::ops
