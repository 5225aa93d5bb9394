// What filters' encoders take is what filter_encoder.h's table says, whatever the block: by the process's own peak, so anything that is not
// counted shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <random>
#include <string>

#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NPK_TEST_PEAK_SAYS_NOTHING 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define NPK_TEST_PEAK_SAYS_NOTHING 1
#endif
#endif

namespace npk::codec {
namespace {

constexpr std::size_t kBlockBytes = 8U << 20;
constexpr std::uint64_t kNoise = 1U << 20;  // of the process besides

std::uint64_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoull(line.substr(field.size() + 1)) * 1024;
  }
  return 0;
}

// False where the kernel does not let a process begin its peak anew.
bool reset_peak() {
  std::ofstream refs("/proc/self/clear_refs");
  refs << "5" << std::flush;
  return refs.good();
}

std::string repeated(std::string_view piece) {
  std::string text;
  while (text.size() < kBlockBytes) text += piece;
  text.resize(kBlockBytes);
  return text;
}

// Pieces that `make` gives for 0, 1, 2, …
std::string numbered(const std::function<std::string(std::uint64_t)>& make, std::string_view begin = {}) {
  std::string text(begin);
  for (std::uint64_t i = 0; text.size() < kBlockBytes; ++i) text += make(i);
  text.resize(kBlockBytes);
  return text;
}

std::string noise() {
  std::mt19937_64 random(11);
  std::string text(kBlockBytes, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

// Near 0xE8, calls everywhere.
std::string calls() {
  std::mt19937_64 random(12);
  return numbered([&](std::uint64_t i) {
    std::string call = "\xE8";
    for (int byte = 0; byte < 2; ++byte) call += static_cast<char>(random());
    return call + (i % 2 == 0 ? std::string("\x00\x00", 2) : std::string("\xFF\xFF"));
  });
}

std::string number(std::uint64_t i) { return std::to_string(i); }
std::string scattered(std::uint64_t i) { return std::to_string((i + 1) * 0x9E3779B97F4A7C15ULL >> 32U); }

struct Hostile {
  const char* name;
  std::string block;
};

std::vector<Hostile> hostile_blocks() {
  using I = std::uint64_t;
  return {
      {"zeros", std::string(kBlockBytes, '\0')},
      {"noise", noise()},
      {"calls", calls()},
      {"one-byte numbers", repeated("[1,2,3,4,5,6,7,8,9,0],")},
      {"one-byte cells", repeated("1,2,3,4\n")},
      {"empty cells", repeated(",,,,,,,\n")},
      {"quoted cells", repeated("\"\",\"\",\"a\"\n")},
      {"empty lines", repeated("\n")},
      {"lines of a byte", repeated("a\nb\n1\n")},
      {"quotation marks", repeated("\"\n")},
      {"nesting", repeated("[[[[[[{\"a\":")},
      {"objects in objects", numbered([](I i) { return "{\"k" + number(i % 3) + "\":"; })},
      {"keys all distinct", numbered([](I i) { return "\"" + number(i) + "\":1,"; }, "{")},
      {"strings all distinct", numbered([](I i) { return "\"" + scattered(i) + "\","; }, "[")},
      {"numbers all distinct", numbered([](I i) { return scattered(i) + ","; }, "[")},
      {"records", numbered([](I i) { return "{\"a\":" + number(i) + ",\"b\":\"" + scattered(i) + "\",\"c\":" + scattered(i) + ".5},\n"; }, "[")},
      {"cells all distinct", numbered([](I i) { return number(i) + "," + scattered(i) + ",x" + number(i) + "\n"; })},
      {"rows of other lengths", numbered([](I i) { return std::string(i % 300, ',') + "\n"; })},
      {"lines all distinct", numbered([](I i) { return "w" + scattered(i) + " x" + number(i) + "\n"; })},
      {"lines in order", numbered([](I i) { return "front" + number(10'000'000 + i) + "\n"; })},
      {"short lines in order", numbered([](I i) { return "f" + number(i / 1000 % 10) + number(i / 100 % 10) + "\n"; })},
      {"shapes all distinct", numbered([](I i) { return std::string(i % 7 + 1, '(') + number(i) + std::string(i % 11, ')') + std::string(i % 13, ';') + "\n"; })},
      {"fields", numbered([](I i) { return "N" + number(i % 50000) + ": " + scattered(i) + "\n"; })},
      {"words", numbered([](I i) { return "a b c d e " + std::string(1 + i % 40, 'x') + " " + scattered(i) + "\n"; })},
      {"tags", repeated("<a>")},
      {"elements", repeated("<a></a>")},
      {"attributes", numbered([](I i) { return "<a b='" + number(i) + "' c='" + scattered(i) + "'>"; })},
      {"tags all distinct", numbered([](I i) { return "<t" + number(i) + ">"; })},
      {"texts", numbered([](I i) { return "<a>" + scattered(i) + "</a>"; })},
      {"numbers in attributes", numbered([](I i) { return "<p d='M" + scattered(i) + " " + number(i) + ",1.5 2 3'/>"; })},
      {"times", numbered([](I i) { return "2026-01-0" + number(1 + i % 9) + "T0" + number(i % 10) + ":1" + number(i / 10 % 10) + ":0" + number(i % 7) + "\n"; })},
      {"hex", numbered([](I i) { return scattered(i * 3) + "abcdef" + scattered(i) + "," + number(i) + "\n"; })},
  };
}

void expect_within(const FilterEncoderInfo& filter, const Hostile& hostile, Bytes& out) {
  const ByteView raw = as_bytes(hostile.block);
  ASSERT_TRUE(reset_peak());
  const std::uint64_t before = status_bytes("VmRSS");
  const auto length = filter.encode(raw, out);
  const std::uint64_t peak = status_bytes("VmHWM");
  EXPECT_LE(peak - std::min(peak, before), filter.memory(raw.size()) + kNoise) << hostile.name << (length ? "" : ", given up");
}

TEST(FilterMemory, IsWhatTheTableSaysForHostileBlocks) {
#ifdef NPK_TEST_PEAK_SAYS_NOTHING
  GTEST_SKIP() << "a sanitizer's own memory would be measured";
#endif
  if (!reset_peak()) GTEST_SKIP() << "/proc/self/clear_refs can't be written";
  Bytes out(kBlockBytes + kMaxFilterGrowth);
  for (const Hostile& hostile : hostile_blocks()) {
    for (const FilterEncoderInfo& filter : filter_encoders()) {
      SCOPED_TRACE(static_cast<int>(filter.id));
      expect_within(filter, hostile, out);
    }
  }
}

// Blocks as there are many: none of these may be given up for its memory.
TEST(FilterMemory, DenseBlocksOfTheirKindAreTaken) {
  using I = std::uint64_t;
  struct Dense {
    format::CodecId id;
    std::string block;
  };
  const Dense blocks[] = {
      {format::CodecId::json, numbered([](I i) { return "[" + number(i % 180) + "." + number(i % 97) + "," + number(i % 90) + "." + number(i % 89) + "],"; }, "[")},
      {format::CodecId::json, numbered([](I i) { return "{\"id\":" + number(i) + ",\"name\":\"n" + scattered(i) + "\"},\n"; }, "[")},
      {format::CodecId::markup, numbered([](I i) { return "<p a=\"" + number(i % 1000) + "\">" + scattered(i) + "</p>\n"; })},
      {format::CodecId::delimited, numbered([](I i) { return number(i % 10) + "," + number(i % 100) + "," + number(i % 7) + "," + scattered(i) + "\n"; })},
      {format::CodecId::lines, numbered([](I i) { return "Jan  1 00:0" + number(i % 10) + ":1" + number(i % 9) + " host d[" + number(i % 9999) + "]: " + scattered(i) + "\n"; })},
      {format::CodecId::lines, numbered([](I i) { return "front" + number(10'000'000 + i) + "\n"; })},
  };
  Bytes out(kBlockBytes + kMaxFilterGrowth);
  for (const Dense& dense : blocks) EXPECT_TRUE(find_filter_encoder(dense.id)->encode(as_bytes(dense.block), out)) << static_cast<int>(dense.id);
}

}  // namespace
}  // namespace npk::codec
