#include "ops/write/recover/salvaged_input.h"

#include <algorithm>
#include <map>
#include <utility>

namespace npk::ops {
namespace {

class SalvagedFile final : public writer::InputFile {
 public:
  SalvagedFile(std::vector<SalvagedPiece> pieces, const SalvagedChunks& chunks) : pieces_(std::move(pieces)), chunks_(chunks) {}

  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) override { return read_pieces(pieces_, chunks_, offset, out); }
  Result<std::vector<writer::ByteRange>> holes(std::uint64_t) override {
    std::vector<writer::ByteRange> holes;
    for (const SalvagedPiece& piece : pieces_) {
      if (piece.kind == SalvagedPiece::Kind::chunk) continue;
      const bool goes_on = !holes.empty() && holes.back().offset + holes.back().length == piece.offset;
      if (goes_on) holes.back().length += piece.bytes;
      else holes.push_back({piece.offset, piece.bytes});
    }
    return holes;
  }

 private:
  std::vector<SalvagedPiece> pieces_;
  const SalvagedChunks& chunks_;
};

class SalvagedOpener final : public writer::InputOpener {
 public:
  explicit SalvagedOpener(const SalvagedInput& input) noexcept : input_(input) {}
  Result<std::unique_ptr<writer::InputFile>> open(std::uint64_t number) override { return input_.open(number); }

 private:
  const SalvagedInput& input_;
};

// Rows of one file are the same but for the path; what differs, having come from another state, is a file of its own.
bool are_one_file(const format::EntryRow& a, const format::EntryRow& b) {
  return a.kind == b.kind && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.user_name == b.user_name && a.group_name == b.group_name &&
         a.mtime_seconds == b.mtime_seconds && a.mtime_nanoseconds == b.mtime_nanoseconds && a.size == b.size && a.digest == b.digest &&
         a.target == b.target && a.device == b.device && std::ranges::equal(a.runs, b.runs) && std::ranges::equal(a.xattrs, b.xattrs);
}

}  // namespace

SalvagedInput::SalvagedInput(const SalvagedTree& tree, const SalvagedChunks& chunks) : tree_(tree), chunks_(chunks) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> first_of;  // by scope and group
  for (std::uint64_t number = 0; number < tree.size(); ++number) {
    const format::EntryRow row = tree.row(number);
    if (row.link_group == 0) continue;
    const auto [leader, is_first] = first_of.try_emplace({tree.scope(number), row.link_group}, number);
    const bool follows = !is_first && are_one_file(tree.row(leader->second), row);
    leaders_.emplace(number, follows ? leader->second : number);
  }
}

format::EntryRow SalvagedInput::entry(std::uint64_t number, writer::EntryScratch&) const {
  format::EntryRow row = tree_.row(number);
  row.size = 0;
  row.runs = {};
  row.digest.reset();
  row.link_group = row.link_group == 0 ? 0 : 1 + link_leader(number);
  return row;
}

std::uint64_t SalvagedInput::size(std::uint64_t number) const noexcept { return tree_.row(number).size; }

bool SalvagedInput::may_have_holes(std::uint64_t number) const noexcept {
  const format::EntryRow row = tree_.row(number);
  return std::ranges::any_of(row.runs, [](const format::Run& run) { return run.chunk_count == 0; }) || !is_all_there(row, chunks_);
}

std::uint64_t SalvagedInput::link_leader(std::uint64_t number) const noexcept {
  const auto found = leaders_.find(number);
  return found == leaders_.end() ? number : found->second;
}

std::unique_ptr<writer::InputOpener> SalvagedInput::opener() const { return std::make_unique<SalvagedOpener>(*this); }

std::unique_ptr<writer::InputFile> SalvagedInput::open(std::uint64_t number) const {
  return std::make_unique<SalvagedFile>(pieces_of(tree_.row(number), chunks_), chunks_);
}

}  // namespace npk::ops
