// A package of files "f0", "f1", … of one block each, incompressible and different, so that reads of files are reads of
// blocks; and sources that do what the test says.
#pragma once

#include <atomic>
#include <memory>
#include <random>
#include <string>

#include "npk/files.h"
#include "npk/reader.h"
#include "support/package_builder.h"

namespace npk::test {

inline BuiltPackage make_block_package(std::size_t blocks, std::size_t block_bytes,
                                       format::CodecId codec = format::CodecId::store) {
  PackageBuilder builder("blocks");
  std::mt19937_64 random(11);
  std::vector<BuiltEntry> entries;
  for (std::size_t i = 0; i < blocks; ++i) {
    BuiltEntry entry;
    entry.path = "f" + std::to_string(i);
    entry.content.resize(block_bytes);
    for (auto& byte : entry.content) byte = static_cast<std::uint8_t>(random());
    builder.block({entry.content}, {.base = {}, .is_dictionary = false, .codec = codec});
    entry.size = block_bytes;
    entry.runs = {{i, 1, block_bytes}};
    entries.push_back(std::move(entry));
  }
  builder.commit(entries);
  builder.trailer();
  return {builder.bytes(), std::move(entries), 0};
}

// Fails, or ends early, while it is told to.
class MoodySource final : public RandomAccessSource {
 public:
  enum class Mood { well, failing, cut };

  explicit MoodySource(ByteView bytes) : inner_(memory_source(bytes)) {}
  void become(Mood mood) noexcept { mood_ = mood; }

  Result<std::uint64_t> size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    const Mood mood = mood_;
    if (mood == Mood::failing)
      return std::unexpected(Error{.code = Errc::io, .message = "injected", .path = name(), .system_errno = 5});
    return inner_->read_at(offset, mood == Mood::cut ? out.first(out.size() / 2) : out);
  }
  std::string name() const override { return inner_->name(); }

 private:
  std::shared_ptr<RandomAccessSource> inner_;
  std::atomic<Mood> mood_ = Mood::well;
};

// A read that comes while the gate is closed says so and waits until it is opened.
class GatedSource final : public RandomAccessSource {
 public:
  explicit GatedSource(ByteView bytes) : inner_(memory_source(bytes)) {}
  void close() noexcept { closed_ = true; }
  void open() noexcept {
    closed_ = false;
    closed_.notify_all();
  }
  void wait_for_reader() const noexcept { arrived_.wait(0); }

  Result<std::uint64_t> size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (closed_) {
      ++arrived_;
      arrived_.notify_all();
      closed_.wait(true);
    }
    return inner_->read_at(offset, out);
  }
  std::string name() const override { return inner_->name(); }

 private:
  std::shared_ptr<RandomAccessSource> inner_;
  std::atomic<bool> closed_ = false;
  mutable std::atomic<int> arrived_ = 0;
};

}  // namespace npk::test
