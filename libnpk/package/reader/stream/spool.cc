#include "package/reader/stream/spool.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "io/file_source.h"
#include "io/temporary_file.h"
#include "npk/spool.h"

namespace npk::reader {
namespace {

constexpr std::size_t kPieceBytes = 1U << 20;

std::unexpected<Error> too_long(const SequentialSource& source, const char* bound, std::uint64_t bytes) {
  return std::unexpected(
      Error{.code = Errc::limit,
            .message = "longer than the " + std::to_string(bytes) + " bytes that " + bound + " allows",
            .path = source.name()});
}

// Pieces of kPieceBytes, the last one (which may be the only one) shorter: none is moved while more arrive.
class PiecesSource final : public RandomAccessSource {
 public:
  PiecesSource(std::vector<Bytes> pieces, std::uint64_t size, std::string name)
      : pieces_(std::move(pieces)), size_(size), name_(std::move(name)) {}

  Result<std::uint64_t> size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (offset >= size_) return std::size_t{0};
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    for (std::size_t done = 0; done < count;) {
      const std::uint64_t at = offset + done;
      const ByteView piece = ByteView(pieces_[static_cast<std::size_t>(at / kPieceBytes)]).subspan(at % kPieceBytes);
      const std::size_t length = std::min(piece.size(), count - done);
      std::memcpy(out.data() + done, piece.data(), length);
      done += length;
    }
    return count;
  }
  std::string name() const override { return name_; }

 private:
  std::vector<Bytes> pieces_;
  std::uint64_t size_;
  std::string name_;
};

class Spooler {
 public:
  Spooler(SequentialSource& source, const StreamOptions& options, std::uint64_t memory_bytes)
      : source_(source), options_(options), memory_bytes_(memory_bytes) {}

  Result<std::shared_ptr<RandomAccessSource>> run() {
    for (;;) {
      NPK_ASSIGN(Bytes piece, next_piece());
      if (piece.empty()) break;
      const std::size_t length = piece.size();
      NPK_TRY(file_ ? write(piece) : keep(std::move(piece)));
      size_ += length;
    }
    if (file_) return io::owned_file_source(std::move(file_), source_.name());
    return std::make_shared<PiecesSource>(std::move(pieces_), size_, source_.name());
  }

 private:
  // Full, but at the end.
  Result<Bytes> next_piece() {
    Bytes piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, memory_bytes_)));
    std::size_t filled = 0;
    while (filled < piece.size()) {
      if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      NPK_ASSIGN(const std::size_t count, source_.read(MutableBytes(piece).subspan(filled)));
      if (count == 0) break;
      filled += count;
    }
    piece.resize(filled);
    return piece;
  }

  Result<void> keep(Bytes&& piece) {
    if (piece.size() <= memory_bytes_ - size_) {
      pieces_.push_back(std::move(piece));
      return {};
    }
    if (!options_.spool_to_disk) return too_long(source_, "the memory limit", memory_bytes_);
    NPK_TRY(check_file_bound(piece.size()));
    NPK_ASSIGN(file_, io::open_temporary_file(options_.spool_directory));
    std::uint64_t at = 0;
    for (const Bytes& kept : std::exchange(pieces_, {})) {
      NPK_TRY(io::write_fully_at(file_.get(), at, kept, source_.name()));
      at += kept.size();
    }
    return write(piece);
  }

  Result<void> write(const Bytes& piece) {
    NPK_TRY(check_file_bound(piece.size()));
    return io::write_fully_at(file_.get(), size_, piece, source_.name());
  }

  Result<void> check_file_bound(std::size_t more) const {
    const std::uint64_t bound = options_.spool_bytes;
    if (bound == 0 || (size_ <= bound && more <= bound - size_)) return {};
    return too_long(source_, "spool_bytes", bound);
  }

  SequentialSource& source_;
  const StreamOptions& options_;
  const std::uint64_t memory_bytes_;
  std::vector<Bytes> pieces_;
  io::FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace

Result<std::shared_ptr<RandomAccessSource>> spool(SequentialSource& source, const StreamOptions& options,
                                                  std::uint64_t memory_bytes) {
  return Spooler(source, options, memory_bytes).run();
}

}  // namespace npk::reader

namespace npk {

Result<std::shared_ptr<RandomAccessSource>> spool_source(SequentialSource& source, const SpoolOptions& options) {
  if (options.bytes == 0 || options.memory_bytes == 0) return fail(Errc::misuse, "a spool keeps at least one byte");
  StreamOptions stream;
  stream.spool_to_disk = options.bytes > options.memory_bytes;
  stream.spool_directory = options.directory;
  stream.spool_bytes = options.bytes;
  stream.stop = options.stop;
  return reader::spool(source, stream, std::min(options.bytes, options.memory_bytes));
}

}  // namespace npk
