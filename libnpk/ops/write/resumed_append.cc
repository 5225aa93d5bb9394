#include "ops/write/resumed_append.h"

#include "io/resume_record.h"
#include "io/set_apart.h"
#include "io/target_path.h"
#include "npk/ops/hash.h"
#include "package/writer/block_identity.h"

namespace npk::ops {
namespace {

struct Beside {
  std::string record, apart;
};

Result<Beside> paths_beside(const std::string& package_path) {
  Beside beside;
  NPK_ASSIGN(beside.record, io::path_beside(package_path, ".npk-append"));
  NPK_ASSIGN(beside.apart, io::path_beside(package_path, ".npk-earlier"));
  return beside;
}

Result<std::string> identity_of(const WriterOptions& options) {
  WriterOptions writer = options;
  writer.recipients = nullptr;
  writer.pad = false;
  NPK_ASSIGN(const writer::WritePlan plan, writer::make_plan(writer));
  return writer::block_identity(plan);
}

}  // namespace

// Sealed frames are never the same bytes twice, so what they are made of is read from a copy.
Result<ResumedAppend> ResumedAppend::begin(io::AppendedFile& file, const reader::PackageExtent& base, const Digest& commit,
                                           const AppendOptions& options) {
  NPK_ASSIGN(const Beside beside, paths_beside(options.package_path));
  NPK_ASSIGN(const std::string identity, identity_of(options.create.writer));
  NPK_ASSIGN(const std::uint64_t size, file.all()->size());
  const std::string place = "after " + std::to_string(base.length) + " " + hex_of(commit) + ": ";
  const auto before = io::read_resume_record(beside.record);
  ResumedAppend resumed;
  if (before == place + identity) {
    reader::PackageExtent all = base;
    all.source = file.all();
    if (base.opener != nullptr) {
      NPK_ASSIGN(all.source, io::set_apart(*file.all(), base.length, size, beside.apart));
    }
    NPK_ASSIGN(all.length, all.source->size());
    if (all.length <= base.length) return resumed;
    NPK_ASSIGN(resumed.earlier_, EarlierPackage::read(all, base.length, options.create.limits));
    return resumed;
  }
  if (size != base.length && before && before->starts_with(place)) {
    return std::unexpected(Error{.code = Errc::misuse,
                                 .message = "the generation that was begun was made with other options (" + before->substr(place.size()) +
                                            "; now " + identity + "): give the same again, or append without --resume, which drops it",
                                 .path = options.package_path});
  }
  resumed.cut_bytes_ = size - base.length;
  if (size != base.length) NPK_TRY(file.cut_to(base.length));
  NPK_TRY(io::remove_resume_record(beside.apart));
  NPK_TRY(io::write_resume_record(beside.record, place + identity));
  return resumed;
}

Result<void> ResumedAppend::forget(const std::string& package_path) {
  NPK_ASSIGN(const Beside beside, paths_beside(package_path));
  NPK_TRY(io::remove_resume_record(beside.record));
  return io::remove_resume_record(beside.apart);
}

}  // namespace npk::ops
