// Samples of a filter's payload, for the specification's own decoder to make of them what the library made.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"

namespace npk::codec {

class ReferenceComparison {
 public:
  explicit ReferenceComparison(format::CodecId id) : id_(id) {
    directory_ = std::filesystem::path(testing::TempDir()) / (decoder_name() + "_reference_" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory_);
  }
  ~ReferenceComparison() { std::filesystem::remove_all(directory_); }
  ReferenceComparison(const ReferenceComparison&) = delete;
  ReferenceComparison& operator=(const ReferenceComparison&) = delete;

  [[nodiscard]] Bytes filter(ByteView raw) const {
    Bytes out(raw.size() + kMaxFilterGrowth);
    const auto length = find_filter_encoder(id_)->encode(raw, out);
    EXPECT_TRUE(length.has_value());
    out.resize(length.value_or(0));
    return out;
  }

  // A payload, and what the library makes of it.
  void add(ByteView filtered, std::size_t raw_length) {
    const std::filesystem::path name = directory_ / std::to_string(samples_++);
    write(name.string() + ".filtered", filtered);
    Bytes raw(raw_length);
    const auto result = find_filter(id_)->create_decoder()->restore(filtered, filtered.size(), raw_length, raw);
    write(name.string() + (result ? ".raw" : ".refused"), raw);
    refused_ += result ? 0U : 1U;
  }

  // Payloads with one bit inverted each.
  void add_damaged(ByteView filtered, std::size_t raw_length, std::size_t step) {
    Bytes damaged(filtered.begin(), filtered.end());
    for (std::size_t bit = 0; bit < 8 * filtered.size(); bit += step) {
      const auto flip = static_cast<std::uint8_t>(1U << (bit % 8));
      damaged[bit / 8] ^= flip;
      add(damaged, raw_length);
      damaged[bit / 8] ^= flip;
    }
  }

  [[nodiscard]] std::size_t refused() const { return refused_; }
  [[nodiscard]] std::size_t samples() const { return samples_; }

  [[nodiscard]] bool agrees() const {
    const std::string tests = NPK_SOURCE_DIRECTORY "/tests/unit/codec/", filters = NPK_SOURCE_DIRECTORY "/spec/filters/";
    const std::string command =
        std::string(NPK_SYSTEM_PYTHON) + " -B " + tests + "compare_reference.py " + filters + decoder_name() + ".py " + directory_.string();
    return std::system(command.c_str()) == 0;
  }

 private:
  [[nodiscard]] std::string decoder_name() const { return std::string(find_filter(id_)->name); }

  static void write(const std::filesystem::path& path, ByteView bytes) {
    std::ofstream stream(path, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  format::CodecId id_;
  std::filesystem::path directory_;
  std::size_t samples_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace npk::codec
