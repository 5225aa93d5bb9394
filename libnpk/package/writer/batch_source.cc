#include "package/writer/batch_source.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "block/seal_filters.h"

namespace npk::writer {
namespace {

constexpr std::size_t kPlainEntriesPerBatch = 4096;
constexpr std::size_t kSmallFilesPerBatch = 512;

Piece& new_piece(Batch& batch, std::uint64_t entry) {
  Piece& piece = batch.pieces.emplace_back();
  piece.entry = piece.leader = entry;
  return piece;
}

// At most kMostHoles, in order.
std::vector<ByteRange> largest(std::vector<ByteRange> holes) {
  if (holes.size() <= kMostHoles) return holes;
  const auto kept = holes.begin() + kMostHoles;
  std::ranges::nth_element(holes, kept, [](const ByteRange& a, const ByteRange& b) { return std::tie(a.length, b.offset) > std::tie(b.length, a.offset); });
  holes.erase(kept, holes.end());
  std::ranges::sort(holes, {}, &ByteRange::offset);
  return holes;
}

// What cannot be read here is told of when it is read for good.
codec::ContentKind kind_of_file(InputFile& file, std::uint64_t size) {
  Bytes bytes(2 * codec::kKindHeadBytes);
  const MutableBytes head = MutableBytes(bytes).first(codec::kKindHeadBytes), middle = MutableBytes(bytes).last(codec::kKindHeadBytes);
  const auto count = file.read_at(0, head);
  if (!count) return codec::ContentKind::general;
  const auto more = size >= codec::kKindMiddleFileBytes ? file.read_at(size / 2, middle) : Result<std::size_t>(0);
  return codec::kind_of(head.first(*count), size, middle.first(more.value_or(0)));
}

// Text in blocks of its kind that no filter makes smaller would only miss what larger blocks find.
codec::ContentKind tried_kind(InputFile& file, std::uint64_t size, codec::ContentKind kind) {
  constexpr std::size_t kTrialBytes = 512U << 10;
  if ((kind != codec::ContentKind::lines && kind != codec::ContentKind::delimited) || size < 2 * kTrialBytes) return kind;
  Bytes middle(kTrialBytes);
  const auto count = file.read_at(size / 2, middle);
  if (!count) return kind;
  const auto pays = block::filters_pay(ByteView(middle).first(*count), kind);
  return pays && !*pays ? codec::ContentKind::general : kind;
}

}  // namespace

BatchSource::BatchSource(const InputTree& input, DataOrder data_order, const BatchOptions& options, BufferStack& data_buffers)
    : input_(input), data_order_(std::move(data_order)), options_(options), data_buffers_(data_buffers), opener_(input.opener()) {}

bool BatchSource::has_data(std::uint64_t entry) const noexcept { return input_.size(entry) != 0; }

bool BatchSource::is_in_large_group(std::size_t place) const noexcept {
  return !data_order_.in_large_group.empty() && data_order_.in_large_group[place];
}

bool BatchSource::is_sliced(std::uint64_t entry) const noexcept {
  const std::uint64_t size = input_.size(entry);
  return size >= kSliceBytes || (input_.may_have_holes(entry) && !options_.zero_runs_are_holes);
}

Result<std::unique_ptr<Batch>> BatchSource::next() {
  auto batch = std::make_unique<Batch>();
  if (sliced_.file == nullptr) {
    add_plain_entries(*batch, false);
    if (batch->pieces.empty() && next_data_ < data_order_.numbers.size()) {
      if (is_sliced(data_order_.numbers[next_data_])) {
        open_sliced(*batch, next_data_++);
      } else {
        add_small_files(*batch);
      }
    }
    if (batch->pieces.empty() && sliced_.file == nullptr) add_plain_entries(*batch, true);
  }
  if (sliced_.file != nullptr) add_slice(*batch);
  if (batch->pieces.empty()) return nullptr;
  return batch;
}

void BatchSource::add_plain_entries(Batch& batch, bool linked) {
  std::uint64_t& next = linked ? next_linked_ : next_plain_;
  for (; next < input_.entry_count() && batch.pieces.size() < kPlainEntriesPerBatch; ++next) {
    const bool is_leader = input_.link_leader(next) == next;
    if (input_.is_kept(next) || (linked ? is_leader : (!is_leader || has_data(next)))) continue;
    Piece& piece = new_piece(batch, next);
    piece.leader = input_.link_leader(next);
    piece.first = piece.last = true;
  }
}

void BatchSource::add_small_files(Batch& batch) {
  batch.data = data_buffers_.take();
  std::size_t used = options_.headroom;
  const std::size_t end = options_.headroom + kSliceBytes;
  while (next_data_ < data_order_.numbers.size() && batch.pieces.size() < kSmallFilesPerBatch) {
    const std::uint64_t entry = data_order_.numbers[next_data_];
    if (is_sliced(entry) || used + input_.size(entry) + 1 > end) break;  // one byte more shows that a file grew
    Piece& piece = new_piece(batch, entry);
    piece.length = input_.size(entry);
    piece.data_begin = used;
    piece.first = piece.last = true;
    piece.in_large_group = is_in_large_group(next_data_);
    used += piece.length + 1;
    ++next_data_;
  }
}

void BatchSource::open_sliced(Batch& batch, std::size_t place) {
  const std::uint64_t entry = data_order_.numbers[place];
  const auto failed = [&](Error error) {
    Piece& piece = new_piece(batch, entry);
    piece.first = piece.last = piece.failed = true;
    piece.problem = std::move(error);
  };
  auto file = opener_->open(entry);
  if (!file) return failed(std::move(file).error());
  sliced_.entry = entry;
  sliced_.in_large_group = is_in_large_group(place);
  sliced_.file = std::make_shared<OpenFile>();
  sliced_.file->expected_size = input_.size(entry);
  if (input_.may_have_holes(entry) && !options_.zero_runs_are_holes && !(*file)->is_sequential()) {
    auto holes = (*file)->holes(input_.size(entry));
    if (holes) sliced_.holes = largest(std::move(*holes));
  }
  sliced_.file->file = std::move(*file);
  if (!options_.kinds_apart || sliced_.file->file->is_sequential()) return;
  sliced_.kind = kind_of_file(*sliced_.file->file, input_.size(entry));
  if (options_.tries_large_text) sliced_.kind = tried_kind(*sliced_.file->file, input_.size(entry), sliced_.kind);
}

void BatchSource::add_hole(Batch& batch) {
  const ByteRange& hole = sliced_.holes[sliced_.next_hole++];
  Piece& piece = new_piece(batch, sliced_.entry);
  piece.offset = hole.offset;
  piece.length = hole.length;
  piece.is_hole = true;
  if (sliced_.file->file->has_changed() && !sliced_.file->change_told.exchange(true)) {
    piece.changed = true;
    piece.problem = Error{.code = Errc::io, .message = "the file was written to since it was scanned; what it held when it was read is packed"};
  }
  piece.first = hole.offset == 0;
  sliced_.offset = hole.offset + hole.length;
  sliced_.after_hole = true;
  piece.last = sliced_.offset >= sliced_.file->expected_size;
}

void BatchSource::add_slice(Batch& batch) {
  if (sliced_.file->file->is_sequential()) return add_sequential_slice(batch);
  batch.data = data_buffers_.take();  // also for a lone hole: what is pending before it needs room
  while (sliced_.next_hole < sliced_.holes.size() && sliced_.holes[sliced_.next_hole].offset == sliced_.offset) add_hole(batch);
  const std::uint64_t size = sliced_.file->expected_size;
  if (sliced_.offset < size) {
    const std::uint64_t data_end = sliced_.next_hole < sliced_.holes.size() ? sliced_.holes[sliced_.next_hole].offset : size;
    Piece& piece = new_piece(batch, sliced_.entry);
    piece.file = sliced_.file;
    piece.kind = sliced_.kind;
    piece.in_large_group = sliced_.in_large_group;
    piece.offset = sliced_.offset;
    piece.length = std::min<std::uint64_t>(kSliceBytes - sliced_.offset % kSliceBytes, data_end - sliced_.offset);
    piece.data_begin = options_.headroom;
    piece.after_hole = sliced_.after_hole;
    piece.first = piece.offset == 0;
    sliced_.offset += piece.length;
    sliced_.after_hole = false;
    piece.last = sliced_.offset >= size;
  }
  if (batch.pieces.back().last) close_sliced();
}

// A pipe: its bytes must be read here, in order, and its end is known only when it is reached.
void BatchSource::add_sequential_slice(Batch& batch) {
  batch.data = data_buffers_.take();
  Piece& piece = new_piece(batch, sliced_.entry);
  piece.offset = sliced_.offset;
  piece.data_begin = options_.headroom;
  piece.first = sliced_.offset == 0;
  std::ranges::copy(sliced_.window, batch.data.data() + piece.data_begin - sliced_.window.size());
  ProfileSpan span(options_.profile, ProfileStage::read);
  auto count = sliced_.file->file->read_at(sliced_.offset, batch.data.span(piece.data_begin, kSliceBytes));
  if (!count) {
    piece.problem = std::move(count).error();
    piece.failed = piece.last = true;
    return close_sliced();
  }
  piece.length = *count;
  span.add_bytes(*count, *count);
  if (piece.first && options_.kinds_apart) sliced_.kind = codec::kind_of(batch.data.span(piece.data_begin, *count));
  piece.kind = sliced_.kind;
  sliced_.offset += *count;
  piece.last = *count < kSliceBytes;
  const std::size_t window = std::min<std::uint64_t>(kWindowBytes, sliced_.offset);
  const std::uint8_t* end = batch.data.data() + piece.data_begin + *count;
  sliced_.window.assign(end - window, end);
  if (piece.last) close_sliced();
}

}  // namespace npk::writer
