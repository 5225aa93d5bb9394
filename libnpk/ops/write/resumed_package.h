// A package that is written with what a run before has left of it.
#pragma once

#include "npk/ops/create.h"
#include "package/writer/write_package.h"

namespace npk::ops {

class ResumedPackage {
 public:
  // Locks the file. Errors: misuse (options; other options than the run before had; no regular file), io.
  [[nodiscard]] static Result<ResumedPackage> open(const CreateOptions& options);
  ResumedPackage(ResumedPackage&&) noexcept;
  ResumedPackage& operator=(ResumedPackage&&) noexcept;
  ~ResumedPackage();

  // Writes it and puts it in place. Errors: writer::write_package's; no_key, for a sealed one that none of the options'
  // identities opens. What has been written stays for another run.
  [[nodiscard]] Result<WriteReport> write(const writer::InputTree& input, writer::WriteBounds bounds = {});

 private:
  class Parts;
  explicit ResumedPackage(std::unique_ptr<Parts> parts) noexcept;
  std::unique_ptr<Parts> parts_;
};

}  // namespace npk::ops
