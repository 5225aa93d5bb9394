// More than 4 GiB through encode_stream and decode_stream at once, in bounded memory.
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "unit/stream_codec/streams.h"

namespace npk::testing {
namespace {

constexpr std::uint64_t kLength = (std::uint64_t{4} << 30) + 12'345;

// Every 4 KiB says where it lies, then repeats itself.
void fill(std::uint64_t offset, MutableBytes out) {
  constexpr std::uint64_t kPart = 4096;
  for (std::size_t at = 0; at < out.size();) {
    const std::uint64_t part = (offset + at) / kPart, within = (offset + at) % kPart;
    const std::size_t count = std::min<std::size_t>(out.size() - at, kPart - within);
    std::memset(out.data() + at, static_cast<int>('a' + part % 26), count);
    for (std::size_t i = 0; within == 0 && i < std::min<std::size_t>(count, 8); ++i)
      out[at + i] = static_cast<std::uint8_t>(part >> (8 * i));
    at += count;
  }
}

class LargeSource final : public SequentialSource {
 public:
  Result<std::size_t> read(MutableBytes out) override {
    const auto whole_parts = std::max<std::size_t>(out.size() & ~std::size_t{4095}, 1);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(whole_parts, kLength - offset_));
    fill(offset_, out.first(count));
    offset_ += count;
    return count;
  }
  std::string name() const override { return "<large>"; }

 private:
  std::uint64_t offset_ = 0;
};

class ComparingSink final : public Sink {
 public:
  Result<void> write(ByteView bytes) override {
    Bytes expected(bytes.size());
    fill(offset_, expected);
    if (offset_ % 4096 == 0 && !std::ranges::equal(bytes, expected)) return fail(Errc::internal, "other content");
    offset_ += bytes.size();
    return {};
  }
  Result<void> commit() override { return {}; }
  std::string name() const override { return "<comparing>"; }
  [[nodiscard]] std::uint64_t length() const noexcept { return offset_; }

 private:
  std::uint64_t offset_ = 0;
};

// A bounded pipe between two threads.
class Pipe final : public Sink, public SequentialSource {
 public:
  Result<void> write(ByteView bytes) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return pieces_.size() < 8; });
    if (!bytes.empty()) pieces_.emplace_back(bytes.begin(), bytes.end());
    changed_.notify_all();
    return {};
  }
  Result<void> commit() override {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
    return {};
  }
  Result<std::size_t> read(MutableBytes out) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !pieces_.empty(); });
    if (pieces_.empty()) return std::size_t{0};
    Bytes& front = pieces_.front();
    const std::size_t count = std::min(out.size(), front.size());
    std::copy_n(front.begin(), count, out.begin());
    front.erase(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(count));
    if (front.empty()) pieces_.pop_front();
    changed_.notify_all();
    return count;
  }
  std::string name() const override { return "<pipe>"; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Bytes> pieces_;
  bool ended_ = false;
};

TEST(LargeStream, GoesThroughAPipeAtBothEnds) {
  Pipe pipe;
  ComparingSink content;
  std::jthread decoder([&] {
    const auto report = ops::decode_stream(pipe, content, {.memory_bytes = 256U << 20});
    EXPECT_TRUE(report) << report.error().to_string();
  });
  LargeSource source;
  const auto report = ops::encode_stream(source, {.path = "large"}, pipe, {.preset = Preset::fast});
  ASSERT_TRUE(report) << report.error().to_string();
  decoder.join();
  EXPECT_EQ(report->input_bytes, kLength);
  EXPECT_EQ(content.length(), kLength);
}

}  // namespace
}  // namespace npk::testing
