#include "object_writer/generated_pieces.h"

#include <algorithm>
#include <bit>
#include <new>
#include <system_error>

#include "pool/pipeline.h"

namespace npk::synth::internal {
namespace {

constexpr std::size_t kStepBytes = 256U << 10;       // filled and then summed up
constexpr std::size_t kLeastPieceBytes = 64U << 10;  // of several threads: less costs more to hand over than to make
constexpr int kEnoughUnused = 2;                     // buffers, for which a sleeping thread is woken: that costs more than to make a piece

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t unit) noexcept { return (value + unit - 1) / unit * unit; }

}  // namespace

void PlainChecksums::update(ByteView bytes) noexcept {
  crc32c.update(bytes);
  if (with_crc32) crc32.update(bytes);
}

void PlainChecksums::append(const PlainChecksums& next, const ChecksumShift& shift) noexcept {
  crc32c.append(next.crc32c, shift);
  if (with_crc32) crc32.append(next.crc32, shift);
}

Result<std::unique_ptr<GeneratedPieces>> GeneratedPieces::start(const ObjectGenerator& object, std::size_t buffer_bytes, unsigned threads,
                                                                 bool with_crc32) {
  constexpr unsigned kMostThreads = 256;
  if (threads == 0) threads = std::min(kMostThreads, pool::processor_count());
  if (threads > kMostThreads) return fail(Errc::misuse, "threads must be at most 256");
  const std::uint64_t piece_bytes = rounded_up(threads > 1 ? std::max(buffer_bytes, kLeastPieceBytes) : buffer_bytes, sizeof(Page));
  const std::uint64_t useful = std::clamp<std::uint64_t>(rounded_up(object.total(), piece_bytes) / piece_bytes, 1, threads);
  std::unique_ptr<GeneratedPieces> pieces(new GeneratedPieces(object, piece_bytes, static_cast<unsigned>(useful), with_crc32));
  pieces->start_threads();
  return pieces;
}

GeneratedPieces::GeneratedPieces(const ObjectGenerator& object, std::size_t piece_bytes, unsigned threads, bool with_crc32)
    : object_(object), piece_bytes_(piece_bytes), pieces_(rounded_up(object.total(), piece_bytes) / piece_bytes), with_crc32_(with_crc32), shift_(piece_bytes),
      buffers_(threads == 1 ? 1 : threads * kBuffersEach), makers_(threads), ring_(buffers_.size()) {
  threads_.reserve(threads - 1);
  // Not written to, so that each gets its memory when, and where, its thread fills it.
  for (Buffer& buffer : buffers_) buffer.pages = std::make_unique_for_overwrite<Page[]>(piece_bytes / sizeof(Page));
}

void GeneratedPieces::start_threads() {
  try {
    while (threads_.size() + 1 < makers_.size()) threads_.emplace_back([this, maker = threads_.size() + 1] { help(maker); });
  } catch (const std::system_error&) {  // those there are do it
  } catch (const std::bad_alloc&) {
  }
}

void GeneratedPieces::stop() noexcept {
  for (Maker& maker : makers_) {
    maker.unused |= kStopping;
    maker.unused.notify_one();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void GeneratedPieces::help(std::size_t maker) noexcept {
  std::atomic<std::uint32_t>& unused = makers_[maker].unused;
  for (;;) {
    std::uint32_t now = unused;
    if (now == 0) {
      do {
        unused.wait(now);
        now = unused;
      } while (now < kStopping && std::popcount(now) < kEnoughUnused);
    }
    if (now >= kStopping || !make_one(maker, now)) return;
  }
}

bool GeneratedPieces::make_one(std::size_t maker, std::uint32_t unused) noexcept {
  const std::uint64_t piece = claimed_++;
  if (piece >= pieces_) return false;
  const auto which = static_cast<std::uint32_t>(std::countr_zero(unused));  // the lowest: it is the likeliest to be in the cache
  makers_[maker].unused &= ~(1U << which);
  const auto number = static_cast<std::uint32_t>(maker) * kBuffersEach + which;
  Buffer& buffer = buffers_[number];
  const std::uint64_t offset = piece * piece_bytes_;
  buffer.bytes = static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes_, object_.total() - offset));
  buffer.sums = {.crc32c = {}, .crc32 = {}, .with_crc32 = with_crc32_};
  fill(offset, MutableBytes(buffer.pages[0].bytes.data(), buffer.bytes), buffer.sums);
  std::atomic<std::uint32_t>& place = ring_[piece % ring_.size()];
  place = number + 1;
  place.notify_one();
  return true;
}

void GeneratedPieces::fill(std::uint64_t offset, MutableBytes out, PlainChecksums& sums) const noexcept {
  while (!out.empty()) {
    const MutableBytes step = out.first(std::min(out.size(), kStepBytes));
    object_.fill_at(offset, step);
    sums.update(step);
    offset += step.size();
    out = out.subspan(step.size());
  }
}

void GeneratedPieces::give_back() noexcept {
  if (given_ == nullptr) return;
  const auto number = static_cast<std::uint32_t>(given_ - buffers_.data());
  std::atomic<std::uint32_t>& unused = makers_[number / kBuffersEach].unused;
  const std::uint32_t bit = 1U << number % kBuffersEach, now = unused.fetch_or(bit) | bit;
  if (std::popcount(now) == kEnoughUnused) unused.notify_one();
}

const GeneratedPieces::Buffer& GeneratedPieces::take_next() noexcept {
  std::atomic<std::uint32_t>& place = ring_[taken_ % ring_.size()];
  for (;;) {
    if (const std::uint32_t number = place; number != 0) {
      place = 0;
      ++taken_;
      return buffers_[number - 1];
    }
    const std::uint32_t unused = makers_.front().unused;
    if (unused == 0 || claimed_ >= pieces_ || !make_one(0, unused)) place.wait(0);  // for what another thread is at
  }
}

ByteView GeneratedPieces::alone(std::uint64_t most, PlainChecksums& sums) noexcept {
  Buffer& buffer = buffers_.front();
  const MutableBytes out(buffer.pages[0].bytes.data(), static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes_, most)));
  fill(position_, out, sums);
  position_ += out.size();
  return out;
}

ByteView GeneratedPieces::next(std::uint64_t most, PlainChecksums& sums) noexcept {
  most = std::min(most, object_.total() - position_);
  if (most == 0) return {};
  if (threads_.empty()) return alone(most, sums);
  if (rest_.empty()) {
    give_back();
    given_ = &take_next();
    rest_ = ByteView(given_->pages[0].bytes.data(), given_->bytes);
  }
  const ByteView piece = rest_.first(static_cast<std::size_t>(std::min<std::uint64_t>(rest_.size(), most)));
  if (piece.size() == piece_bytes_)
    sums.append(given_->sums, shift_);
  else
    sums.update(piece);
  rest_ = rest_.subspan(piece.size());
  position_ += piece.size();
  return piece;
}

}  // namespace npk::synth::internal
