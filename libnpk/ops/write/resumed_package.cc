#include "ops/write/resumed_package.h"

#include "io/partial_file.h"
#include "ops/write/earlier_package.h"
#include "package/writer/block_identity.h"
#include "package/writer/plan.h"

namespace npk::ops {
namespace {

bool is_sealed(const WriterOptions& options) noexcept { return options.recipients != nullptr && !options.recipients->empty(); }

Error hint_at_key(Error error) {
  if (error.code == Errc::no_key)
    error.message += "; what was written so far can be gone on with only by who can open it: give -i or -p, or remove it to start anew";
  return error;
}

}  // namespace

class ResumedPackage::Parts {
 public:
  Parts(const CreateOptions& options, std::unique_ptr<io::PartialFile> file) : options_(options), file_(std::move(file)) {}

  Result<WriteReport> write(const writer::InputTree& input, writer::WriteBounds bounds) {
    std::unique_ptr<EarlierPackage> earlier;
    if (file_->earlier() != nullptr) {
      auto read = EarlierPackage::read(file_->earlier(), options_.identities, options_.limits);
      if (!read) return std::unexpected(hint_at_key(std::move(read).error()));
      earlier = std::move(*read);
    }
    bounds.earlier = earlier.get();
    NPK_ASSIGN(const WriteReport report, writer::write_package(input, *file_, options_.writer, bounds));
    const ProfileSpan span(options_.writer.profile.get(), ProfileStage::sync);
    NPK_TRY(file_->commit());
    return report;
  }

 private:
  const CreateOptions& options_;
  std::unique_ptr<io::PartialFile> file_;
};

ResumedPackage::ResumedPackage(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
ResumedPackage::ResumedPackage(ResumedPackage&&) noexcept = default;
ResumedPackage& ResumedPackage::operator=(ResumedPackage&&) noexcept = default;
ResumedPackage::~ResumedPackage() = default;

// A sealed package is sealed anew under keys of its own, whatever of its blocks is there.
Result<ResumedPackage> ResumedPackage::open(const CreateOptions& options) {
  if (options.sink != nullptr) return fail(Errc::misuse, "resume: what went into a pipe is gone, so nothing can be gone on with: name a file");
  if (options.writer.volume_bytes != 0)
    return fail(Errc::misuse, "resume: parts get their names when all are written, so a run that was stopped leaves nothing to go on with");
  NPK_ASSIGN(const writer::WritePlan plan, writer::make_plan(options.writer));
  const bool sealed = is_sealed(options.writer);
  const std::string made_by = std::string(sealed ? "sealed, " : "") + writer::block_identity(plan);
  NPK_ASSIGN(auto file, io::PartialFile::open(options.package_path, made_by,
                                              sealed ? io::PartialFile::Earlier::apart : io::PartialFile::Earlier::in_place));
  return ResumedPackage(std::make_unique<Parts>(options, std::move(file)));
}

Result<WriteReport> ResumedPackage::write(const writer::InputTree& input, writer::WriteBounds bounds) {
  return parts_->write(input, bounds);
}

}  // namespace npk::ops
