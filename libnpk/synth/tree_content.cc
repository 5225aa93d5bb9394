#include <algorithm>

#include "npk/synth_tree.h"

namespace npk::synth {
namespace {

class ContentSource final : public SequentialSource {
 public:
  ContentSource(TreeContent content, std::string name) : content_(std::move(content)), name_(std::move(name)) {}
  Result<std::size_t> read(MutableBytes out) override {
    const std::size_t count = content_.read_at(position_, out);
    position_ += count;
    return count;
  }
  std::string name() const override { return name_; }

 private:
  TreeContent content_;
  std::string name_;
  std::uint64_t position_ = 0;
};

}  // namespace

std::size_t TreeContent::read_at(std::uint64_t offset, MutableBytes out) const noexcept {
  std::size_t done = 0;
  for (const Piece& piece : pieces_) {
    if (offset >= piece.length) {
      offset -= piece.length;
      continue;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size() - done, piece.length - offset));
    piece.object.fill_at(piece.offset + offset, out.subspan(done, count));
    done += count;
    offset = 0;
    if (done == out.size()) break;
  }
  return done;
}

std::unique_ptr<SequentialSource> TreeContent::open(std::string name) const { return std::make_unique<ContentSource>(*this, std::move(name)); }

// The number of the piece that begins at `offset`, cutting one in two if need be.
std::size_t TreeContent::split(std::uint64_t offset) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (offset == 0) return i;
    if (offset < pieces_[i].length) {
      Piece rest = pieces_[i];
      rest.offset += offset;
      rest.length -= offset;
      pieces_[i].length = offset;
      pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(i) + 1, rest);
      return i + 1;
    }
    offset -= pieces_[i].length;
  }
  return pieces_.size();
}

void TreeContent::insert(std::uint64_t offset, const ObjectGenerator& object) {
  if (object.total() == 0) return;
  const std::size_t at = split(offset);
  pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(at), Piece{object, 0, object.total()});
  size_ += object.total();
}

void TreeContent::erase(std::uint64_t offset, std::uint64_t length) {
  const std::size_t first = split(offset);
  const std::size_t end = split(offset + length);
  pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(first), pieces_.begin() + static_cast<std::ptrdiff_t>(end));
  size_ -= length;
}

}  // namespace npk::synth
