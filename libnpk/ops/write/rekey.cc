#include "npk/ops/rekey.h"

#include <algorithm>

#include "io/appended_file.h"
#include "io/volume_path.h"
#include "npk/files.h"
#include "ops/write/key_ring.h"
#include "ops/write/resealer.h"

namespace npk::ops {
namespace {

// Locked against other writers while it is read.
class SealedPackage {
 public:
  static Result<SealedPackage> open(const std::string& path, const RekeyOptions& options) {
    SealedPackage package;
    NPK_ASSIGN(package.file_, io::AppendedFile::open(path));
    const auto counters = std::make_shared<reader::ReadCounters>();
    NPK_ASSIGN(package.located_, reader::locate_package(
                                     package.file_->source(),
                                     {.limits = options.limits, .accept_recovered = false, .identities = options.identities}, counters));
    if (!package.superblock().sealed) return fail(Errc::misuse, "the package is not sealed: pack it anew with recipients");
    package.frames_ = std::make_unique<reader::FrameReader>(package.located_.extent, options.limits, counters);
    return package;
  }

  [[nodiscard]] const format::Superblock& superblock() const noexcept { return located_.info.superblock; }
  [[nodiscard]] const format::Trailer& trailer() const noexcept { return located_.info.trailer; }
  [[nodiscard]] const reader::FrameReader& frames() const noexcept { return *frames_; }

 private:
  std::unique_ptr<io::AppendedFile> file_;
  reader::LocatedPackage located_;
  std::unique_ptr<reader::FrameReader> frames_;
};

Result<std::vector<Recipient>> current_recipients(const SealedPackage& package, const std::vector<Identity>& identities) {
  NPK_ASSIGN(const auto envelopes,
             read_envelopes(package.frames(), package.superblock(), package.trailer().envelope_positions, identities));
  return remaining_recipients(envelopes, {});
}

Result<std::unique_ptr<const writer::PackageSeal>> make_seal(const SealedPackage& package, const RekeyOptions& options) {
  const format::Cipher cipher = options.cipher.value_or(package.superblock().cipher);
  if (options.recipients != nullptr && !options.recipients->empty()) return writer::PackageSeal::create(*options.recipients, cipher, options.pad);
  NPK_ASSIGN(const std::vector<Recipient> recipients, current_recipients(package, *options.identities));
  return writer::PackageSeal::create(recipients, cipher, options.pad);
}

Result<void> reseal(const SealedPackage& package, Resealer& resealer, const RekeyOptions& options) {
  reader::FrameScanner scanner(package.frames());
  reader::Frame frame;
  const std::uint64_t total = package.frames().extent().length;
  for (;;) {
    if (options.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_ASSIGN(const bool more, scanner.next(frame));
    if (!more) break;
    NPK_TRY(package.frames().placed(resealer.take(frame), frame.position));
    if (options.progress) options.progress({.done_bytes = scanner.position(), .total_bytes = total});
  }
  return resealer.finish(package.trailer());
}

}  // namespace

Result<RekeyReport> rekey(const std::string& path, const RekeyOptions& options) {
  if (options.output_path.empty()) NPK_TRY(io::check_replaceable(path));
  NPK_ASSIGN(const SealedPackage package, SealedPackage::open(path, options));
  NPK_ASSIGN(const auto seal, make_seal(package, options));
  NPK_ASSIGN(const auto signatures, reader::read_signature_frames(package.frames(), package.trailer().signature_position));
  NPK_ASSIGN(const std::unique_ptr<Sink> file, create_atomic_file(options.output_path.empty() ? path : options.output_path));
  writer::FrameWriter frames(*file, seal->superblock(), seal.get(), options.stop);
  NPK_TRY(frames.write_superblock());
  Resealer resealer(package.frames(), signatures, frames);
  NPK_TRY(reseal(package, resealer, options));
  NPK_TRY(file->commit());
  return RekeyReport{.package_bytes = frames.position(), .generations = resealer.generations(), .kept_signatures = resealer.kept_signatures()};
}

}  // namespace npk::ops
