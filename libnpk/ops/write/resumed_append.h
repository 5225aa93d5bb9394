// A generation that is added with what a run before has left of it.
#pragma once

#include "io/appended_file.h"
#include "npk/ops/append.h"
#include "ops/write/earlier_package.h"

namespace npk::ops {

class ResumedAppend {
 public:
  // `base`: of the last whole generation, behind which the file has been kept (AppendedFile::keep_behind); `commit`: the
  // hash of its commit. What nobody vouches for is cut off. Errors: io; misuse, if what is there was compressed with
  // other options.
  [[nodiscard]] static Result<ResumedAppend> begin(io::AppendedFile& file, const reader::PackageExtent& base, const Digest& commit,
                                                   const AppendOptions& options);
  // For an append that does not go on with anything: what is said of a run before holds no more.
  [[nodiscard]] static Result<void> forget(const std::string& package_path);

  [[nodiscard]] const writer::EarlierBlocks* earlier() const noexcept { return earlier_.get(); }
  [[nodiscard]] std::uint64_t cut_bytes() const noexcept { return cut_bytes_; }

 private:
  std::unique_ptr<EarlierPackage> earlier_;
  std::uint64_t cut_bytes_ = 0;
};

}  // namespace npk::ops
