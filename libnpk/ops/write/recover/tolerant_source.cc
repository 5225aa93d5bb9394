#include "ops/write/recover/tolerant_source.h"

#include <algorithm>

namespace npk::ops {
namespace {

constexpr std::size_t kSectorBytes = 4096;

class TolerantSource final : public RandomAccessSource {
 public:
  TolerantSource(std::shared_ptr<RandomAccessSource> inner, std::uint64_t size) : inner_(std::move(inner)), size_(size) {}

  Result<std::uint64_t> size() const override { return size_; }
  std::string name() const override { return inner_->name(); }

  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (offset >= size_) return std::size_t{0};
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    const MutableBytes room = out.first(wanted);
    if (!fill(offset, room)) fill_by_sectors(offset, room);
    return wanted;
  }

 private:
  bool fill(std::uint64_t offset, MutableBytes room) const {
    const auto count = inner_->read_at(offset, room);
    return count && *count == room.size();
  }

  void fill_by_sectors(std::uint64_t offset, MutableBytes room) const {
    while (!room.empty()) {
      const std::size_t bytes = std::min<std::size_t>(room.size(), kSectorBytes - offset % kSectorBytes);
      if (!fill(offset, room.first(bytes))) std::ranges::fill(room.first(bytes), std::uint8_t{0});
      offset += bytes;
      room = room.subspan(bytes);
    }
  }

  std::shared_ptr<RandomAccessSource> inner_;
  std::uint64_t size_;
};

}  // namespace

Result<std::shared_ptr<RandomAccessSource>> tolerant_source(std::shared_ptr<RandomAccessSource> inner) {
  NPK_ASSIGN(const std::uint64_t size, inner->size());
  return std::make_shared<TolerantSource>(std::move(inner), size);
}

}  // namespace npk::ops
