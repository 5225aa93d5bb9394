// Ends of a stream for these tests: a source that gives slices of a chosen size, a sink that knows whether it was
// committed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "npk/ops/decode.h"
#include "npk/ops/encode.h"
#include "support/test_tree.h"

namespace npk::testing {

class SlicedSource final : public SequentialSource {
 public:
  explicit SlicedSource(ByteView bytes, std::size_t slice_bytes = SIZE_MAX) : bytes_(bytes), slice_bytes_(slice_bytes) {}
  Result<std::size_t> read(MutableBytes out) override {
    const std::size_t count = std::min({out.size(), bytes_.size(), slice_bytes_});
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }
  std::string name() const override { return "<slices>"; }

 private:
  ByteView bytes_;
  std::size_t slice_bytes_;
};

class TellingSink final : public Sink {
 public:
  Result<void> write(ByteView bytes) override {
    EXPECT_FALSE(committed_);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {};
  }
  Result<void> commit() override {
    committed_ = true;
    return {};
  }
  std::string name() const override { return "<telling>"; }
  [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool committed() const noexcept { return committed_; }

 private:
  Bytes bytes_;
  bool committed_ = false;
};

inline Bytes encoded(ByteView content, const WriterOptions& options, std::size_t slice_bytes = SIZE_MAX) {
  SlicedSource source(content, slice_bytes);
  TellingSink package;
  const auto report = ops::encode_stream(source, {.path = "entry"}, package, options);
  EXPECT_TRUE(report) << report.error().to_string();
  EXPECT_TRUE(package.committed());
  EXPECT_EQ(report ? report->input_bytes : 0, content.size());
  return package.bytes();
}

}  // namespace npk::testing
