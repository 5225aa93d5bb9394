#include "ops/read/file_digests.h"

#include <algorithm>

#include "pool/pipeline.h"

namespace npk::ops {
namespace {

constexpr std::size_t kMostActive = 256;             // files half read at a time: 2 KiB each, and the catalog page they lie in
constexpr std::uint64_t kMostHoleBytes = 16ULL << 30; // in one file: hashing more zeros takes long and shows little
constexpr std::size_t kPieceBytes = 1U << 20;

void add_zeros(hash::Blake3& hasher, std::uint64_t count) {
  static constexpr std::array<std::uint8_t, 65'536> kZeros{};
  while (count != 0) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(count, kZeros.size()));
    hasher.update(ByteView(kZeros).first(piece));
    count -= piece;
  }
}

std::uint64_t hole_bytes(const EntryRow& row) noexcept {
  std::uint64_t bytes = 0;
  for (const format::Run& run : row.runs) bytes += run.chunk_count == 0 ? run.byte_count : 0;
  return bytes;
}

}  // namespace

struct FileDigests::Active {
  Active(std::size_t its_task, Entry its_entry) : task(its_task), entry(std::move(its_entry)), runs(entry.row().runs) { skip_holes(); }

  void skip_holes() {
    while (run < runs.size() && runs[run].chunk_count == 0) add_zeros(hasher, runs[run++].byte_count);
  }
  [[nodiscard]] std::uint64_t wanted() const { return runs[run].first_chunk + chunk_in_run; }
  [[nodiscard]] bool is_done() const noexcept { return run == runs.size(); }
  void add(ByteView bytes) {
    hasher.update(bytes);
    if (++chunk_in_run < runs[run].chunk_count) return;
    chunk_in_run = 0;
    ++run;
    skip_holes();
  }

  std::size_t task;
  Entry entry;  // keeps the runs alive
  std::span<const format::Run> runs;
  std::size_t run = 0;
  std::uint64_t chunk_in_run = 0;
  hash::Blake3 hasher;
};

FileDigests::FileDigests(const PackageReader& reader, std::vector<DigestTask> tasks, DamageList& damages, Profile* profile)
    : reader_(reader), tasks_(std::move(tasks)), damages_(damages), profile_(profile) {}
FileDigests::~FileDigests() = default;

std::size_t FileDigests::same_content_end(std::size_t task) const {
  std::size_t end = task + 1;
  while (end < tasks_.size() && tasks_[end].first_chunk == tasks_[task].first_chunk && tasks_[end].content == tasks_[task].content) ++end;
  return end;
}

Result<void> FileDigests::take(std::uint64_t chunk, ByteView bytes) {
  NPK_TRY(begin(chunk));
  for (auto file = waiting_.extract(chunk); !file.empty(); file = waiting_.extract(chunk)) {
    // One that wants the same chunk again at once comes back to it here, through waiting_.
    NPK_TRY(feed(std::move(file.mapped()), bytes));
  }
  return {};
}

bool FileDigests::is_left_out(const Entry& entry) {
  if (hole_bytes(entry.row()) <= kMostHoleBytes) return false;
  ++left_out_;
  return true;
}

Result<void> FileDigests::begin(std::uint64_t chunk) {
  const auto first = std::ranges::lower_bound(tasks_, chunk, {}, &DigestTask::first_chunk);
  auto task = static_cast<std::size_t>(first - tasks_.begin());
  for (; task < tasks_.size() && tasks_[task].first_chunk == chunk; task = same_content_end(task)) {
    NPK_ASSIGN(Entry entry, reader_.entry(tasks_[task].entry));
    if (is_left_out(entry)) continue;
    if (waiting_.size() >= kMostActive) again_.push_back(task);
    else waiting_.emplace(chunk, std::make_unique<Active>(task, std::move(entry)));
  }
  return {};
}

Result<void> FileDigests::feed(std::unique_ptr<Active> file, ByteView bytes) {
  const std::uint64_t chunk = file->wanted();
  file->add(bytes);
  if (file->is_done()) return compare(file->task, file->hasher.finish());
  const std::uint64_t wanted = file->wanted();
  if (wanted < chunk) again_.push_back(file->task);
  else waiting_.emplace(wanted, std::move(file));
  return {};
}

Result<void> FileDigests::compare(std::size_t task, const Digest& computed) {
  ++computed_;
  NPK_ASSIGN(const Entry entry, reader_.entry(tasks_[task].entry));
  if (entry.row().digest == computed) return {};
  std::vector<std::string> paths;
  for (std::size_t same = task, end = same_content_end(task); same < end; ++same) {
    NPK_ASSIGN(const Entry other, reader_.entry(tasks_[same].entry));
    paths.emplace_back(other.path());
  }
  return damages_.note(DamageKind::digest, {Errc::corrupt, "the content does not have the digest the catalog gives", std::string(entry.path())},
                       {}, std::move(paths));
}

Result<void> FileDigests::finish(bool with_holes_only, unsigned threads, const std::stop_token& stop) {
  for (const auto& [chunk, file] : waiting_) again_.push_back(file->task);
  waiting_.clear();
  const auto holes = std::ranges::lower_bound(tasks_, UINT64_MAX, {}, &DigestTask::first_chunk);
  auto task = static_cast<std::size_t>(holes - tasks_.begin());
  for (; with_holes_only && task < tasks_.size(); task = same_content_end(task)) again_.push_back(task);
  std::ranges::sort(again_);
  return pool::parallel_for_each_index({.threads = threads, .stop = stop}, again_.size(),
                                       [&](std::uint64_t i) { return read_again(again_[static_cast<std::size_t>(i)], stop); });
}

// A read that fails does so for damage that has been noted, by this part or by another.
Result<void> FileDigests::read_again(std::size_t task, const std::stop_token& stop) {
  const ProfileSpan span(profile_, ProfileStage::check_files);
  NPK_ASSIGN(const Entry entry, reader_.entry(tasks_[task].entry));
  if (is_left_out(entry)) return {};
  NPK_ASSIGN(FileStream stream, reader_.open_stream(entry));
  hash::Blake3 hasher;
  Bytes piece(kPieceBytes);
  for (;;) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    auto count = stream.read(piece);
    if (!count) return count.error().code == Errc::io ? Result<void>(std::unexpected(count.error())) : Result<void>();
    if (*count == 0) return compare(task, hasher.finish());
    hasher.update(ByteView(piece).first(*count));
  }
}

}  // namespace npk::ops
