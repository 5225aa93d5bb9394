#include <algorithm>

#include "npk/checked.h"
#include "npk/files.h"

namespace npk {
namespace {

class WindowSource final : public RandomAccessSource {
 public:
  WindowSource(std::shared_ptr<RandomAccessSource> inner, std::uint64_t offset, std::uint64_t size)
      : inner_(std::move(inner)), offset_(offset), size_(size) {}

  Result<std::uint64_t> size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (offset >= size_) return std::size_t{0};
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    NPK_ASSIGN(const std::size_t count, inner_->read_at(offset_ + offset, out.first(wanted)));
    if (count == wanted) return count;
    return std::unexpected<Error>(Error{.code = Errc::truncated,
                                        .message = "the file ends before the part of it that was asked for",
                                        .path = name(),
                                        .offset = offset_ + offset + count});
  }
  std::string name() const override { return inner_->name(); }

 private:
  std::shared_ptr<RandomAccessSource> inner_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

}  // namespace

Result<std::shared_ptr<RandomAccessSource>> window_source(std::shared_ptr<RandomAccessSource> inner,
                                                          std::uint64_t offset, std::uint64_t size) {
  if (!checked_add(offset, size)) return fail(Errc::misuse, "the window's end is beyond 2^64");
  return std::make_shared<WindowSource>(std::move(inner), offset, size);
}

}  // namespace npk
