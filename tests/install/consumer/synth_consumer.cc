// Made-up data as an application makes it, of installed headers alone: an object in parts to a store of its own, compared with what the generator says.
#include <npk/checksum.h>
#include <npk/object_writer.h>
#include <npk/part_sink.h>
#include <npk/synth.h>
#include <npk/synth_tree.h>

#include <map>
#include <mutex>

class Store final : public npk::PartStore {
 public:
  npk::Result<void> put(std::uint32_t, std::uint64_t offset, npk::ByteView bytes) override {
    const std::lock_guard lock(mutex_);
    parts_[offset].assign(bytes.begin(), bytes.end());
    return {};
  }
  npk::Result<void> complete(std::uint32_t) override { return {}; }
  void abandon() noexcept override {}
  std::string name() const override { return "store"; }

  std::uint32_t checksum() const {
    npk::Crc32c checksum;
    for (const auto& [offset, bytes] : parts_) checksum.update(bytes);
    return checksum.value();
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, npk::Bytes> parts_;
};

int main() {
  const auto store = std::make_shared<Store>();
  auto sink = npk::part_sink(store, {.part_bytes = 64U << 10, .in_flight = 2});
  npk::synth::ObjectWriterOptions options;
  options.object.size_bytes = 1'000'000;
  if (!sink) return 1;
  auto writer = npk::synth::ObjectWriter::create(options, *std::move(sink));
  if (!writer || !writer->write_remaining()) return 1;
  const auto report = writer->finish();
  npk::synth::TreeOptions tree;
  tree.files = 10;
  return report && report->crc32c == store->checksum() && npk::synth::Tree::create(tree) ? 0 : 1;
}
