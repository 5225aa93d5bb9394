#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "io/placed_sink.h"
#include "npk/files.h"

namespace npk {
namespace io {
namespace {

struct alignas(kDirectAlignment) Page {
  std::array<std::uint8_t, kDirectAlignment> bytes;
};

bool is_aligned(const std::uint8_t* address) { return reinterpret_cast<std::uintptr_t>(address) % kDirectAlignment == 0; }

class DirectFileSink final : public Sink {
 public:
  explicit DirectFileSink(std::unique_ptr<PlacedSink> file) : file_(std::move(file)), pages_(kPages) {}

  Result<void> write(ByteView bytes) override {
    while (!bytes.empty()) {
      if (used_ == 0 && is_aligned(bytes.data()) && bytes.size() >= kDirectAlignment) {
        const std::size_t whole = bytes.size() / kDirectAlignment * kDirectAlignment;
        NPK_TRY(file_->write(bytes.first(whole)));
        bytes = bytes.subspan(whole);
        continue;
      }
      const std::size_t count = std::min(bytes.size(), kPages * kDirectAlignment - used_);
      std::memcpy(buffer() + used_, bytes.data(), count);
      used_ += count;
      bytes = bytes.subspan(count);
      if (used_ == kPages * kDirectAlignment) NPK_TRY(flush(used_));
    }
    return {};
  }
  Result<void> commit() override {
    NPK_TRY(flush(used_ / kDirectAlignment * kDirectAlignment));
    if (used_ != 0) NPK_TRY(flush(used_));
    return file_->commit();
  }
  std::string name() const override { return file_->name(); }

 private:
  static constexpr std::size_t kPages = 256;

  std::uint8_t* buffer() noexcept { return pages_.front().bytes.data(); }
  Result<void> flush(std::size_t count) {
    if (count == 0) return {};
    NPK_TRY(file_->write({buffer(), count}));
    used_ -= count;
    std::memmove(buffer(), buffer() + count, used_);
    return {};
  }

  std::unique_ptr<PlacedSink> file_;
  std::vector<Page> pages_;
  std::size_t used_ = 0;
};

}  // namespace
}  // namespace io

Result<std::unique_ptr<Sink>> create_direct_file(const std::string& path) {
  NPK_ASSIGN(std::unique_ptr<io::PlacedSink> file, io::create_placed_file(path, io::PageCache::bypass));
  return std::make_unique<io::DirectFileSink>(std::move(file));
}

}  // namespace npk
