// The library against the specification's own decoder of the json filter, on whole and on damaged payloads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "unit/codec/json_text.h"

namespace npk::codec {
namespace {

void write(const std::filesystem::path& path, ByteView bytes) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

class JsonReference : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(testing::TempDir()) / ("json_reference_" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // What the library makes of a payload.
  void add(ByteView filtered, std::size_t raw_length) {
    const std::filesystem::path name = directory_ / std::to_string(samples_++);
    write(name.string() + ".filtered", filtered);
    Bytes raw(raw_length);
    const auto result = find_filter(format::CodecId::json)->create_decoder()->restore(filtered, filtered.size(), raw_length, raw);
    write(name.string() + (result ? ".raw" : ".refused"), raw);
    refused_ += result ? 0U : 1U;
  }

  [[nodiscard]] Bytes filter(const Bytes& raw) {
    Bytes out(raw.size() + kMaxFilterGrowth);
    const auto length = find_filter_encoder(format::CodecId::json)->encode(raw, out);
    EXPECT_TRUE(length.has_value());
    out.resize(length.value_or(0));
    return out;
  }

  [[nodiscard]] int compare() const {
    const std::string command = std::string(NPK_SYSTEM_PYTHON) + " -B " NPK_SOURCE_DIRECTORY "/tests/unit/codec/compare_reference.py " NPK_SOURCE_DIRECTORY
                                "/spec/filters/json.py " + directory_.string();
    return std::system(command.c_str());
  }

  std::filesystem::path directory_;
  std::size_t samples_ = 0;
  std::size_t refused_ = 0;
};

TEST_F(JsonReference, DecodesWhatTheLibraryEncodes) {
  for (const Bytes& raw : {JsonWriter(1, "\n", "  ").document(60'000), JsonWriter(2, "", "").document(60'000), JsonWriter(3, "\r\n", "\t").document(30'000),
                           json_lines(200'000, 4)})
    add(filter(raw), raw.size());
  EXPECT_EQ(refused_, 0U);
  EXPECT_EQ(compare(), 0);
}

TEST_F(JsonReference, RefusesWhatTheLibraryRefuses) {
  const Bytes raw = JsonWriter(5, "\n", "  ").document(2500);
  const Bytes filtered = filter(raw);
  for (std::size_t bit = 0; bit < 8 * filtered.size(); bit += 11) {
    Bytes damaged = filtered;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    add(damaged, raw.size());
  }
  EXPECT_GT(refused_, 100U);
  EXPECT_LT(refused_, samples_ - 100);
  EXPECT_EQ(compare(), 0);
}

}  // namespace
}  // namespace npk::codec
