// The first stage: decides what the next batch holds, in an order that depends on the input alone.
#pragma once

#include <memory>
#include <vector>

#include "accel/chunk_offload.h"
#include "npk/profile.h"
#include "npk/progress.h"
#include "package/writer/batch.h"
#include "package/writer/similarity_order.h"

namespace npk::writer {

struct BatchOptions {
  bool zero_runs_are_holes = false;  // look for holes in the data instead of asking the file system
  bool repetitive_apart = true;      // repetitive content has blocks of its own
  bool kinds_apart = true;           // and so has each kind that filters take apart
  bool tries_large_text = false;     // of those kinds, a large file's lines and tables only where a trial on its middle says that filters pay
  std::size_t headroom = 0;          // bytes kept free before a slice: the longest chunk, at least kWindowBytes
  Profile* profile = nullptr;
};

// Smallest file whose zero runs are looked for, and shortest run that counts (aligned; within a slice).
inline constexpr std::size_t kLeastZeroRunBytes = 64U << 10;

// Serial. First entries without content, then the files of `data_order`, then further names of linked files.
class BatchSource {
 public:
  BatchSource(const InputTree& input, DataOrder data_order, const BatchOptions& options, BufferStack& data_buffers);

  // nullptr at the end. An entry that can't be opened becomes a failed piece.
  [[nodiscard]] Result<std::unique_ptr<Batch>> next();

 private:
  [[nodiscard]] bool has_data(std::uint64_t entry) const noexcept;
  [[nodiscard]] bool is_in_large_group(std::size_t place) const noexcept;
  [[nodiscard]] bool is_sliced(std::uint64_t entry) const noexcept;
  void add_plain_entries(Batch& batch, bool linked);
  void add_small_files(Batch& batch);
  void open_sliced(Batch& batch, std::size_t place);
  void add_slice(Batch& batch);
  void add_sequential_slice(Batch& batch);
  void add_hole(Batch& batch);
  void close_sliced() { sliced_ = {}; }

  struct Sliced {
    std::uint64_t entry = 0;
    bool in_large_group = false;
    std::shared_ptr<OpenFile> file;
    std::vector<ByteRange> holes;
    std::size_t next_hole = 0;
    std::uint64_t offset = 0;
    bool after_hole = false;
    codec::ContentKind kind = codec::ContentKind::general;
    Bytes window;  // sequential input: the last bytes of the slice before
  };

  const InputTree& input_;
  DataOrder data_order_;
  BatchOptions options_;
  BufferStack& data_buffers_;
  std::unique_ptr<InputOpener> opener_;
  std::uint64_t next_plain_ = 0;
  std::uint64_t next_linked_ = 0;
  std::size_t next_data_ = 0;
  Sliced sliced_;
};

// The read stage: reads what the source stage planned, looks for media, finds cut candidates: all of a batch at once by a device where that takes
// them. Any number of threads, a batch each.
class BatchReader {
 public:
  // scanner: nullptr where files are not cut by content. Whole files below whole_file_bytes are not cut at all.
  BatchReader(const InputTree& input, const BatchOptions& options, const chunk::CandidateScanner* scanner, std::size_t whole_file_bytes)
      : input_(input), options_(options), scanner_(scanner), whole_file_bytes_(whole_file_bytes) {}

  [[nodiscard]] Result<void> read(Batch& batch, accel::ChunkOffload& offload) const;

 private:
  void read_pieces(Batch& batch) const;
  void read_small(Batch& batch, Piece& piece, InputOpener& opener) const;
  void read_slice(Batch& batch, Piece& piece) const;
  void split_zero_runs(Batch& batch) const;
  [[nodiscard]] Lane lane_of(const Piece& piece, ByteView data) const;
  [[nodiscard]] bool is_cut(const Piece& piece) const noexcept;
  [[nodiscard]] Result<void> find_cuts(Batch& batch, accel::ChunkOffload& offload) const;

  const InputTree& input_;
  BatchOptions options_;
  const chunk::CandidateScanner* scanner_;
  std::size_t whole_file_bytes_;
};

}  // namespace npk::writer
