#include <algorithm>
#include <array>
#include <string_view>

#include "codec/compressibility.h"
#include "package/writer/batch_source.h"

namespace npk::writer {
namespace {

constexpr std::size_t kZeroRunAlignment = 4096;
// Below this a file is probed for media only if its name says so: the probe would cost as much as compressing it.
constexpr std::size_t kLeastProbedBytes = 64U << 10;
constexpr std::size_t kLeastKindBytes = 256;

constexpr std::array<std::string_view, 40> kDenseExtensions = {
    "7z",  "aac",  "apk", "avi", "avif", "br",  "bz2", "deb", "docx", "flac", "gif", "gz",   "heic", "jar",  "jpeg", "jpg", "jxl", "lz4", "lzma", "m4a",
    "mkv", "mov",  "mp3", "mp4", "mpg",  "odt", "ogg", "opus", "png", "pptx", "rar", "rpm",  "tgz",  "webm", "webp", "whl", "xlsx", "xz", "zip",  "zst"};

bool has_dense_name(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot != std::string_view::npos && std::ranges::binary_search(kDenseExtensions, path.substr(dot + 1));
}

bool is_zero(ByteView bytes) noexcept { return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }); }

// How a file changed of which, and of no more, `expected` bytes should be there: asked when they have been read, `got` of them. Null: it did not.
const char* change_of(std::uint64_t got, std::uint64_t expected, const InputFile& file) {
  if (got < expected) return "the file shrank while it was read; what was left of it is packed";
  if (got > expected) return "the file grew while it was read; its first bytes, as many as it had, are packed";
  return file.has_changed() ? "the file was written to since it was scanned; what it held when it was read is packed" : nullptr;
}

Error changed_error(const char* how) { return {.code = Errc::io, .message = how}; }

}  // namespace

Result<void> BatchReader::read(Batch& batch, accel::ChunkOffload& offload) const {
  if (!batch.data) return {};
  read_pieces(batch);
  ProfileSpan span(options_.profile, ProfileStage::inspect);
  if (options_.zero_runs_are_holes) split_zero_runs(batch);
  for (Piece& piece : batch.pieces) {
    if (!piece.is_hole && !piece.failed) piece.lane = lane_of(piece, batch.data.span(piece.data_begin, piece.length));
    batch.input_bytes += piece.length;
  }
  if (scanner_ != nullptr) NPK_TRY(find_cuts(batch, offload));
  span.add_bytes(batch.input_bytes, batch.input_bytes);
  return {};
}

void BatchReader::read_pieces(Batch& batch) const {
  ProfileSpan span(options_.profile, ProfileStage::read);
  std::unique_ptr<InputOpener> opener;
  for (Piece& piece : batch.pieces) {
    if (piece.is_hole || piece.failed) continue;
    if (piece.file != nullptr) {
      read_slice(batch, piece);
    } else if (piece.first && piece.last && piece.length != 0 && input_.size(piece.entry) != kUnknownSize) {
      if (opener == nullptr) opener = input_.opener();
      read_small(batch, piece, *opener);
    } else {
      continue;
    }
    span.add_bytes(piece.length, piece.length);
  }
}

void BatchReader::read_small(Batch& batch, Piece& piece, InputOpener& opener) const {
  const std::uint64_t expected = piece.length;
  const auto fail_piece = [&](Error error) {
    piece.problem = std::move(error);
    piece.failed = true;
    piece.length = 0;
  };
  auto file = opener.open(piece.entry);
  if (!file) return fail_piece(std::move(file).error());
  auto count = (*file)->read_at(0, batch.data.span(piece.data_begin, expected + 1));
  if (!count) return fail_piece(std::move(count).error());
  piece.length = std::min<std::uint64_t>(*count, expected);
  const char* const how = change_of(*count, expected, **file);
  piece.changed = how != nullptr;
  if (how != nullptr) piece.problem = changed_error(how);
}

void BatchReader::read_slice(Batch& batch, Piece& piece) const {
  // The bytes before the slice, which its cuts depend on, come with the same read.
  const std::size_t before = piece.after_hole ? 0 : std::min<std::uint64_t>(kWindowBytes, piece.offset);
  const std::uint64_t expected = piece.length;
  const bool probe_growth = piece.last;
  auto count = piece.file->file->read_at(piece.offset - before, batch.data.span(piece.data_begin - before, before + expected + (probe_growth ? 1 : 0)));
  if (!count) {
    piece.problem = std::move(count).error();
    piece.failed = true;
    piece.length = 0;
    return;
  }
  const std::uint64_t got = *count > before ? *count - before : 0;
  piece.length = std::min(got, expected);
  const char* const how = change_of(got, expected, *piece.file->file);
  if (how == nullptr || piece.file->change_told.exchange(true)) return;
  piece.changed = true;
  piece.problem = changed_error(how);
}

// Cuts aligned runs of zeros out of slices: holes that depend on the content alone.
void BatchReader::split_zero_runs(Batch& batch) const {
  std::vector<Piece> out;
  for (Piece& piece : batch.pieces) {
    if (piece.is_hole || piece.failed || piece.length < kLeastZeroRunBytes) {
      out.push_back(std::move(piece));
      continue;
    }
    const ByteView data = batch.data.span(piece.data_begin, piece.length);
    const auto part = [&](std::size_t begin, std::size_t end, bool hole) {
      if (begin == end) return;
      Piece& next = out.emplace_back();
      next.entry = next.leader = piece.entry;
      next.file = piece.file;
      next.kind = piece.kind;
      next.in_large_group = piece.in_large_group;
      next.offset = piece.offset + begin;
      next.length = end - begin;
      next.data_begin = piece.data_begin + begin;
      next.is_hole = hole;
      next.first = piece.first && begin == 0;
      next.last = piece.last && end == data.size();
    };
    std::size_t pending = 0;
    for (std::size_t at = 0; at < data.size();) {
      std::size_t end = at;
      while (end + kZeroRunAlignment <= data.size() && is_zero(data.subspan(end, kZeroRunAlignment))) end += kZeroRunAlignment;
      if (end - at >= kLeastZeroRunBytes) {
        part(pending, at, false);
        part(at, end, true);
        pending = end;
      }
      at = std::min(std::max(end, at + kZeroRunAlignment), data.size());
    }
    part(pending, data.size(), false);
    out.back().problem = std::move(piece.problem);
    out.back().changed = piece.changed;
  }
  batch.pieces = std::move(out);
}

Lane BatchReader::lane_of(const Piece& piece, ByteView data) const {
  if (options_.kinds_apart && data.size() >= kLeastKindBytes) {
    const codec::ContentKind kind = piece.kind ? *piece.kind : codec::kind_of(data, data.size());
    const bool dense = kind >= codec::ContentKind::numeric && data.size() >= kLeastProbedBytes && codec::looks_incompressible(data) &&
                       !(kind == codec::ContentKind::numeric && codec::holds_dense_numbers(data));
    if (kind != codec::ContentKind::general && !dense) return lane_of_kind(kind);
  }
  // Noise is stored as it is, however often: in short blocks.
  if (piece.in_large_group && options_.repetitive_apart && !codec::looks_incompressible(data)) return Lane::repetitive;
  if (data.size() >= kLeastProbedBytes) {
    if (options_.repetitive_apart && codec::looks_repetitive(data)) return Lane::repetitive;
    return codec::looks_incompressible(data) ? Lane::incompressible : Lane::ordinary;
  }
  if (data.size() < kZeroRunAlignment) return Lane::ordinary;
  EntryScratch scratch;
  const bool dense = has_dense_name(input_.entry(piece.entry, scratch).path) && codec::looks_incompressible(data);
  return dense ? Lane::incompressible : Lane::ordinary;
}

bool BatchReader::is_cut(const Piece& piece) const noexcept {
  if (piece.is_hole || piece.failed || piece.length == 0) return false;
  return !(piece.first && piece.last) || piece.length >= whole_file_bytes_;
}

Result<void> BatchReader::find_cuts(Batch& batch, accel::ChunkOffload& offload) const {
  std::vector<accel::CutSlice> slices;
  std::uint64_t bytes = 0;
  std::size_t end = 0;
  for (Piece& piece : batch.pieces) {
    if (!is_cut(piece)) continue;
    const std::uint64_t before = piece.after_hole ? 0 : std::min<std::uint64_t>(kWindowBytes, piece.offset);
    slices.push_back({{piece.data_begin, piece.length}, before, &piece.candidates});
    bytes += piece.length;
    end = std::max(end, piece.data_begin + piece.length);
  }
  if (offload.takes_cuts(bytes)) return offload.find_cuts(*scanner_, batch.data.span(0, end), slices);
  for (const accel::CutSlice& slice : slices)
    NPK_TRY(scanner_->scan(batch.data.span(slice.extent.offset - slice.before, slice.before), batch.data.span(slice.extent.offset, slice.extent.bytes), *slice.found));
  return {};
}

}  // namespace npk::writer
