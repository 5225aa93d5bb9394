#include "ops/write/attachment.h"

#include <algorithm>

#include "block/seal.h"
#include "ops/write/torn_end.h"

namespace npk::ops {

Attachment::Attachment(std::unique_ptr<io::AppendedFile> file, reader::LocatedPackage package, const Limits& limits)
    : file_(std::move(file)),
      package_(std::move(package)),
      frames_(std::make_unique<reader::FrameReader>(package_.extent, limits, std::make_shared<reader::ReadCounters>())),
      trailer_(package_.info.trailer) {}

Result<std::unique_ptr<Attachment>> Attachment::begin(const std::string& path, const ReaderOptions& options) {
  NPK_ASSIGN(auto file, io::AppendedFile::open(path));
  NPK_TRY(mend_torn_end(*file, options));
  ReaderOptions whole = options;
  whole.accept_recovered = false;
  NPK_ASSIGN(auto package, reader::locate_package(file->source(), whole, std::make_shared<reader::ReadCounters>()));
  if (package.info.trailer.features.read_only_compatible != 0)
    return std::unexpected(Error{.code = Errc::unsupported, .message = "the package has features that only a newer npk can add to", .path = path});
  std::unique_ptr<Attachment> begun(new Attachment(std::move(file), std::move(package), options.limits));
  NPK_TRY(begun->begin_session());
  return begun;
}

Result<std::uint32_t> free_salt_id(const reader::FrameReader& frames, const format::Trailer& trailer) {
  std::uint32_t highest = 0;
  for (const std::uint64_t position : {trailer.commit.position, trailer.signature_position}) {
    if (position == 0) continue;
    NPK_ASSIGN(const format::FrameHeader header, frames.read_header(position));
    highest = std::max(highest, header.writer_salt_id);
  }
  if (highest == UINT32_MAX) return fail(Errc::limit, "a package has too many writing sessions");
  return highest + 1;
}

Result<void> Attachment::begin_session() {
  const format::Superblock& superblock = package_.info.superblock;
  if (superblock.sealed) {
    NPK_ASSIGN(const std::uint32_t salt_id, free_salt_id(*frames_, trailer_));
    NPK_ASSIGN(seal_, writer::PackageSeal::resume(superblock, *package_.extent.opener, salt_id));
  }
  writer_.emplace(*file_, superblock, seal_.get());
  writer_->continue_after(package_.trailer_header, package_.info.package_length);
  return {};
}

Result<std::uint64_t> Attachment::add_envelope(ByteView age_file) {
  NPK_ASSIGN(const format::FrameReference written, writer_->write(format::FrameType::envelope, age_file));
  return written.position;
}

Result<std::uint64_t> Attachment::add_signature(const format::SignatureRecord& record) {
  const Bytes body = block::seal_stored(format::encode_signature_record(record));
  NPK_ASSIGN(const format::FrameReference written, writer_->write(format::FrameType::signature, body));
  trailer_.signature_position = written.position;
  return written.position;
}

Result<void> Attachment::finish() {
  NPK_TRY(file_->sync());  // a trailer that is there names what is there
  NPK_TRY(writer_->write_trailer(trailer_));
  return file_->commit();
}

}  // namespace npk::ops
