#include <algorithm>

#include "npk/files.h"

namespace npk {
namespace {

class MemorySource final : public RandomAccessSource {
 public:
  MemorySource(ByteView bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}
  MemorySource(Bytes&& bytes, std::string name) : owned_(std::move(bytes)), bytes_(owned_), name_(std::move(name)) {}

  Result<std::uint64_t> size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const ByteView found = bytes_.subspan(static_cast<std::size_t>(offset));
    const std::size_t count = std::min(found.size(), out.size());
    std::copy_n(found.begin(), count, out.begin());
    return count;
  }
  std::string name() const override { return name_; }

 private:
  Bytes owned_;
  ByteView bytes_;
  std::string name_;
};

class MemorySink final : public Sink {
 public:
  explicit MemorySink(Bytes& out) : out_(out) {}
  Result<void> write(ByteView bytes) override {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return {};
  }
  Result<void> commit() override { return {}; }
  std::string name() const override { return "<memory>"; }

 private:
  Bytes& out_;
};

}  // namespace

std::shared_ptr<RandomAccessSource> memory_source(ByteView bytes, std::string name) {
  return std::make_shared<MemorySource>(bytes, std::move(name));
}
std::shared_ptr<RandomAccessSource> memory_source(Bytes&& bytes, std::string name) {
  return std::make_shared<MemorySource>(std::move(bytes), std::move(name));
}
std::unique_ptr<Sink> memory_sink(Bytes& out) {
  return std::make_unique<MemorySink>(out);
}

}  // namespace npk
