// Frames added behind the trailer of a package that is there, and the new trailer that ends it (spec section 11.1).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/appended_file.h"
#include "npk/format/signature_record.h"
#include "package/reader/locate.h"
#include "package/writer/frame_writer.h"

namespace npk::ops {

// A number that no writing session of the package has: one more than the largest, which the newest commit or the newest
// signature has. Errors: as FrameReader; limit.
[[nodiscard]] Result<std::uint32_t> free_salt_id(const reader::FrameReader& frames, const format::Trailer& trailer);

// One thread. The package is locked against other writers while it lives, and as long as before unless finish() is done.
class Attachment {
 public:
  // Errors: AppendedFile::open's; those of opening a package; corrupt or truncated if it does not end with a trailer;
  // unsupported if it has features that forbid adding to it.
  [[nodiscard]] static Result<std::unique_ptr<Attachment>> begin(const std::string& path, const ReaderOptions& options);

  [[nodiscard]] const reader::LocatedPackage& package() const noexcept { return package_; }
  [[nodiscard]] const reader::FrameReader& frames() const noexcept { return *frames_; }
  // Envelopes and signatures as the new trailer will name them; the caller's to change.
  [[nodiscard]] format::Trailer& trailer() noexcept { return trailer_; }

  [[nodiscard]] Result<std::uint64_t> add_envelope(ByteView age_file);
  // In a sealed package it is sealed, in a session of its own.
  [[nodiscard]] Result<std::uint64_t> add_signature(const format::SignatureRecord& record);
  // Written and synced, then the trailer.
  [[nodiscard]] Result<void> finish();

 private:
  Attachment(std::unique_ptr<io::AppendedFile> file, reader::LocatedPackage package, const Limits& limits);
  [[nodiscard]] Result<void> begin_session();

  std::unique_ptr<io::AppendedFile> file_;
  reader::LocatedPackage package_;
  std::unique_ptr<reader::FrameReader> frames_;
  format::Trailer trailer_;
  std::unique_ptr<const writer::PackageSeal> seal_;
  std::optional<writer::FrameWriter> writer_;
};

}  // namespace npk::ops
