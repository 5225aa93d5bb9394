#include "npk/ops/recover.h"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <optional>

#include "io/volume_source.h"
#include "npk/files.h"
#include "npk/format/signature_record.h"
#include "ops/write/key_ring.h"
#include "ops/write/recover/recovery.h"
#include "ops/write/recover/salvaged_input.h"
#include "ops/write/recover/tolerant_source.h"
#include "package/reader/signatures.h"
#include "package/writer/write_package.h"

namespace npk::ops {
namespace {

using format::FrameType;

constexpr std::uint64_t kLeastChunkBytes = 4U << 10, kMostChunkBytes = 4U << 20;

Result<void> check_output(const std::string& path, const RecoverOptions& options) {
  if (options.output_path.empty()) return fail(Errc::misuse, "no output is named");
  std::error_code ignored;
  if (!std::filesystem::equivalent(path, options.output_path, ignored)) return {};
  return std::unexpected(Error{.code = Errc::misuse, .message = "the damaged package is never written to: name another output", .path = options.output_path});
}

std::unexpected<Error> unknown_recipients(Errc code, const std::string& why) {
  return fail(code, "for whom the new package is to be sealed can't be told, say it: " + why);
}

struct LastTrailer {
  format::Trailer trailer;
  std::uint64_t sequence = 0;
};

// The newest that is left, if any is.
std::optional<LastTrailer> last_trailer(const FoundFrames& frames) {
  std::optional<LastTrailer> last;
  for (const FoundFrame& frame : frames.all()) {
    if (frame.header.type != FrameType::trailer || (last && frame.header.sequence < last->sequence)) continue;
    const auto body = frames.body(frame);
    if (!body) continue;
    auto trailer = format::decode_trailer(*body);
    if (trailer) last = LastTrailer{*std::move(trailer), frame.header.sequence};
  }
  return last;
}

// Where the live envelopes lie. Whoever was taken off the package must not be let in again because others are lost: those
// that the last trailer names, each where it should be; or, without one, the first ones, there being no others.
Result<std::vector<std::uint64_t>> live_envelopes(const FoundFrames& frames) {
  const auto last = last_trailer(frames);
  std::vector<std::uint64_t> found;
  bool later = false, others_since = false;
  for (const FoundFrame& frame : frames.all()) {
    const bool is_envelope = frame.header.type == FrameType::envelope;
    if (is_envelope) found.push_back(frame.position);
    later = later || (is_envelope && (last ? frame.header.sequence > last->sequence : others_since));
    others_since = others_since || !is_envelope;
  }
  if (later || (!last && found.empty())) return unknown_recipients(Errc::no_key, "the trailer that names its envelopes is lost");
  if (!last) return found;
  for (const std::uint64_t position : last->trailer.envelope_positions) {
    if (!std::ranges::binary_search(found, position)) return unknown_recipients(Errc::no_key, "an envelope is lost, or not where it was");
  }
  return last->trailer.envelope_positions;
}

Result<std::vector<Recipient>> recipients_of(const FoundFrames& frames, const std::vector<Identity>& identities) {
  NPK_ASSIGN(const std::vector<std::uint64_t> live, live_envelopes(frames));
  const reader::FrameReader reader(frames.extent(), frames.limits(), std::make_shared<reader::ReadCounters>());
  NPK_ASSIGN(const auto envelopes, read_envelopes(reader, *frames.survey().superblock, live, identities));
  auto recipients = remaining_recipients(envelopes, {});
  if (recipients) return recipients;
  return unknown_recipients(recipients.error().code, recipients.error().message);
}

class Job {
 public:
  Job(const FoundFrames& frames, const RecoverOptions& options) : frames_(frames), options_(options), recovery_(frames, options) {}

  Result<RecoverReport> run() {
    NPK_TRY(recovery_.choose());
    NPK_ASSIGN(const WriterOptions writer, writer_options());
    NPK_TRY(write(writer));
    return recovery_.take_report();
  }

 private:
  Result<WriterOptions> writer_options() {
    WriterOptions writer;
    writer.preset = options_.preset;
    writer.threads = options_.threads;
    writer.stop = options_.stop;
    writer.progress = options_.progress;
    writer.problem = [this](const Error& error) { recovery_.note_unreadable(error); };
    if (const SalvagedCommit* commit = recovery_.commit()) follow(*commit, writer);
    if (!frames_.is_sealed()) return writer;
    writer.cipher = frames_.survey().superblock->cipher;
    writer.recipients = options_.recipients;
    if (writer.recipients == nullptr) {
      NPK_ASSIGN(auto recipients, recipients_of(frames_, *options_.identities));
      writer.recipients = std::make_shared<const std::vector<Recipient>>(std::move(recipients));
    }
    return writer;
  }

  static void follow(const SalvagedCommit& commit, WriterOptions& writer) {
    const std::uint64_t average = commit.commit.placement.chunking.average_bytes;
    if (std::has_single_bit(average) && average >= kLeastChunkBytes && average <= kMostChunkBytes) writer.chunk_bytes = average;
    writer.time_seconds = commit.commit.statement.time_seconds;
    writer.time_nanoseconds = commit.commit.statement.time_nanoseconds;
    writer.message = commit.commit.statement.message;
    writer.metadata = format::package_metadata(commit.commit.placement);
  }

  Result<void> write(const WriterOptions& options) {
    NPK_ASSIGN(const std::unique_ptr<Sink> file, create_atomic_file(options_.output_path));
    const SalvagedInput input(recovery_.tree(), recovery_.chunks());
    writer::WriteBounds bounds;
    bounds.reader_limits = options_.limits;
    if (recovery_.is_whole()) bounds.renewed = renewed();
    NPK_ASSIGN(const WriteReport written, writer::write_package(input, *file, options, bounds));
    NPK_TRY(recovery_.finish(written));
    return file->commit();
  }

  // Its statement, and the signatures over it, as a record.
  std::optional<writer::Renewed> renewed() {
    const SalvagedCommit& commit = *recovery_.commit();
    format::KeptStatement kept{format::encode_statement(commit.commit.statement), signatures_of(commit)};
    writer::Renewed renewed{commit.commit.statement, commit.commit.placement.sections};
    renewed.sections.push_back(format::encode_kept_statement(kept));
    return renewed;
  }

  std::vector<std::string> signatures_of(const SalvagedCommit& commit) {
    std::vector<std::string> signatures;
    for (const FoundFrame& frame : frames_.all()) {
      if (frame.header.type != FrameType::signature || signatures.size() == format::kMaxSignatures) continue;
      const auto body = frames_.body(frame);
      if (!body) continue;
      auto signature = reader::open_signature(*body, UINT64_MAX, frames_.limits());
      if (signature && signature->record.commit.hash == commit.frame->hash) signatures.push_back(std::move(signature->record.signature));
    }
    recovery_.note_signatures(signatures.size());
    return signatures;
  }

  const FoundFrames& frames_;
  const RecoverOptions& options_;
  Recovery recovery_;
};

Result<RecoverReport> recover_from(const std::string& path, const RecoverOptions& options) {
  NPK_TRY(check_output(path, options));
  NPK_ASSIGN(io::PackageRemains remains, io::open_package_remains(path));
  NPK_ASSIGN(const std::shared_ptr<const RandomAccessSource> source, tolerant_source(std::move(remains.source)));
  NPK_ASSIGN(Survey survey, survey_frames(*source, options.limits, options.progress, options.stop));
  NPK_ASSIGN(const FoundFrames frames, FoundFrames::open(source, std::move(survey), options.limits, options.identities));
  NPK_ASSIGN(RecoverReport report, Job(frames, options).run());
  report.missing_parts = std::move(remains.missing);
  return report;
}

}  // namespace

Result<RecoverReport> recover(const std::string& path, const RecoverOptions& options) {
  auto report = recover_from(path, options);
  if (report || !report.error().path.empty()) return report;
  return std::unexpected(std::move(report).error().in(path));
}

}  // namespace npk::ops
