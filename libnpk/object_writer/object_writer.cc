#include "npk/object_writer.h"

#include <algorithm>

#include "npk/checksum.h"
#include "object_writer/generated_pieces.h"
#include "object_writer/stream_encoder.h"

namespace npk::synth {
namespace {

// The caller's sink, and what went into it.
class CountingSink final : public Sink {
 public:
  CountingSink(std::unique_ptr<Sink> inner, bool with_checksum) noexcept : inner_(std::move(inner)), with_checksum_(with_checksum) {}

  Result<void> write(ByteView bytes) override {
    bytes_ += bytes.size();
    if (with_checksum_) checksum_.update(bytes);
    return inner_->write(bytes);
  }
  Result<void> commit() override { return inner_->commit(); }
  std::string name() const override { return inner_->name(); }

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint32_t checksum() const noexcept { return checksum_.value(); }

 private:
  std::unique_ptr<Sink> inner_;
  bool with_checksum_;
  std::uint64_t bytes_ = 0;
  Crc32c checksum_;
};

Result<void> compare(const RandomAccessSource& stored, const CountingSink& sink) {
  constexpr std::size_t kPieceBytes = 1U << 20;
  NPK_ASSIGN(const std::uint64_t size, stored.size());
  const auto differs = [&](std::string message) { return std::unexpected(Error{.code = Errc::corrupt, .message = std::move(message), .path = stored.name()}); };
  if (size != sink.bytes()) return differs("read back, it has " + std::to_string(size) + " bytes instead of " + std::to_string(sink.bytes()));
  Bytes piece(kPieceBytes);
  Crc32c checksum;
  for (std::uint64_t at = 0; at < size;) {
    NPK_ASSIGN(const std::size_t count, stored.read_at(at, piece));
    if (count == 0) return differs("read back, it ends early");
    checksum.update(ByteView(piece).first(count));
    at += count;
  }
  if (checksum.value() != sink.checksum()) return differs("read back, it is not what was written");
  return {};
}

}  // namespace

class ObjectWriter::Impl {
 public:
  Impl(const ObjectWriterOptions& options, std::unique_ptr<Sink> target, std::unique_ptr<internal::StreamEncoder> encoder,
       std::unique_ptr<internal::GeneratedPieces> pieces)
      : options_(options), sink_(std::make_unique<CountingSink>(std::move(target), options.reopen != nullptr)), encoder_(std::move(encoder)),
        pieces_(std::move(pieces)), sums_{.crc32c = {}, .crc32 = {}, .with_crc32 = options.crc32} {}

  Result<std::uint64_t> write_generated(std::uint64_t count) {
    NPK_TRY(check_open());
    std::uint64_t done = 0;
    while (done < count) {
      const ByteView piece = pieces_->next(count - done, sums_);
      if (piece.empty()) break;
      if (auto written = encoder_->write(piece, *sink_); !written) return given_up(pass_on(std::move(written)));
      done += piece.size();
    }
    return done;
  }

  Result<void> write(ByteView bytes) {
    NPK_TRY(check_open());
    sums_.update(bytes);
    if (auto written = encoder_->write(bytes, *sink_); !written) return given_up(pass_on(std::move(written)));
    caller_bytes_ += bytes.size();
    return {};
  }

  Result<ObjectReport> finish() {
    NPK_TRY(check_open());
    if (!complete())
      return fail(Errc::misuse, "the object is not complete: " + std::to_string(options_.object.size_bytes - generated_bytes()) + " bytes remain");
    auto report = committed();
    cancel();
    return report;
  }

  void cancel() noexcept {
    pieces_->stop();
    sink_.reset();
  }
  [[nodiscard]] bool complete() const noexcept { return generated_bytes() == options_.object.size_bytes; }
  [[nodiscard]] std::uint64_t generated_bytes() const noexcept { return pieces_->position(); }
  [[nodiscard]] std::uint64_t caller_bytes() const noexcept { return caller_bytes_; }

 private:
  [[nodiscard]] Result<void> check_open() const {
    if (sink_ == nullptr) return fail(Errc::misuse, "the object is finished, cancelled or failed");
    return {};
  }
  std::unexpected<Error> given_up(std::unexpected<Error>&& error) {
    cancel();
    return std::move(error);
  }
  Result<ObjectReport> committed() {
    NPK_TRY(encoder_->finish(*sink_));
    NPK_TRY(sink_->commit());
    ObjectReport report{.generated_bytes = generated_bytes(), .caller_bytes = caller_bytes_, .stored_bytes = sink_->bytes(), .crc32c = sums_.crc32c.value(),
                        .crc32 = {}, .verified = false};
    if (options_.crc32) report.crc32 = sums_.crc32.value();
    if (!options_.reopen) return report;
    NPK_ASSIGN(const std::shared_ptr<RandomAccessSource> stored, options_.reopen());
    NPK_TRY(compare(*stored, *sink_));
    report.verified = true;
    return report;
  }

  const ObjectWriterOptions options_;
  std::unique_ptr<CountingSink> sink_;  // none: finished, cancelled or failed
  std::unique_ptr<internal::StreamEncoder> encoder_;
  std::unique_ptr<internal::GeneratedPieces> pieces_;
  std::uint64_t caller_bytes_ = 0;
  internal::PlainChecksums sums_;
};

Result<ObjectWriter> ObjectWriter::create(const ObjectWriterOptions& options, std::unique_ptr<Sink> target) {
  constexpr std::size_t kLeastBuffer = 4096, kMostBuffer = 64U << 20;
  if (options.buffer_bytes < kLeastBuffer || options.buffer_bytes > kMostBuffer) return fail(Errc::misuse, "buffer_bytes must be from 4 KiB to 64 MiB");
  NPK_ASSIGN(const ObjectGenerator object, ObjectGenerator::create(options.object));
  NPK_ASSIGN(auto encoder, internal::make_stream_encoder(options.compression, options.level));
  NPK_ASSIGN(auto pieces, internal::GeneratedPieces::start(object, options.buffer_bytes, options.threads, options.crc32));
  return ObjectWriter(std::make_unique<Impl>(options, std::move(target), std::move(encoder), std::move(pieces)));
}

ObjectWriter::ObjectWriter(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
ObjectWriter::ObjectWriter(ObjectWriter&&) noexcept = default;
ObjectWriter& ObjectWriter::operator=(ObjectWriter&&) noexcept = default;
ObjectWriter::~ObjectWriter() = default;

Result<std::uint64_t> ObjectWriter::write_generated(std::uint64_t count) { return impl_->write_generated(count); }
Result<void> ObjectWriter::write_remaining() {
  NPK_ASSIGN(const std::uint64_t count, impl_->write_generated(UINT64_MAX));
  static_cast<void>(count);
  return {};
}
Result<void> ObjectWriter::write(ByteView bytes) { return impl_->write(bytes); }
bool ObjectWriter::complete() const noexcept { return impl_->complete(); }
std::uint64_t ObjectWriter::generated_bytes() const noexcept { return impl_->generated_bytes(); }
std::uint64_t ObjectWriter::caller_bytes() const noexcept { return impl_->caller_bytes(); }
Result<ObjectReport> ObjectWriter::finish() { return impl_->finish(); }
void ObjectWriter::cancel() noexcept { impl_->cancel(); }

}  // namespace npk::synth
