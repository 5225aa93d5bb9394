#include "npk/files.h"

namespace npk {
namespace {

class SourceInOrder final : public SequentialSource {
 public:
  explicit SourceInOrder(std::shared_ptr<const RandomAccessSource> inner) noexcept : inner_(std::move(inner)) {}

  Result<std::size_t> read(MutableBytes out) override {
    NPK_ASSIGN(const std::size_t count, inner_->read_at(offset_, out));
    offset_ += count;
    return count;
  }
  std::string name() const override { return inner_->name(); }

 private:
  std::shared_ptr<const RandomAccessSource> inner_;
  std::uint64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<SequentialSource> sequential_source(std::shared_ptr<const RandomAccessSource> source) {
  return std::make_unique<SourceInOrder>(std::move(source));
}

}  // namespace npk
