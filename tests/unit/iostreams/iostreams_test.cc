// An entry as a std::istream: the same as a std::ifstream over the same bytes, and what damage becomes.
#include "npk/iostreams.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "npk/files.h"
#include "npk/reader.h"
#include "npk/writer.h"
#include "support/scratch.h"
#include "support/test_tree.h"

namespace npk::iostreams {
namespace {

using testing::DataKind;

const WriterOptions kSmallBlocks{.codec = "zstd", .block_bytes = 64U << 10, .chunk_bytes = 4096, .threads = 1};

Bytes package_of(ByteView content) {
  PackageWriter writer(kSmallBlocks);
  EXPECT_TRUE(writer.add({.path = "entry"}, content));
  Bytes bytes;
  EXPECT_TRUE(writer.finish(*memory_sink(bytes)));
  return bytes;
}

FileStream open(ByteView package) {
  const auto reader = PackageReader::open(memory_source(package)).value();
  return reader.open_stream(reader.find("entry").value().value()).value();
}

// Lines of many lengths, the last without an end.
Bytes lines(std::size_t size) {
  Bytes content = testing::make_data(DataKind::text, size, 7);
  std::mt19937_64 random(7);
  for (std::size_t at = 0; at < size; at += 1 + random() % 300) content[at] = '\n';
  return content;
}

// Does the same to both and compares all that can be seen.
class SideBySide {
 public:
  SideBySide(std::istream& found, std::istream& expected, std::int64_t size, std::uint64_t seed)
      : found_(found), expected_(expected), size_(size), random_(seed) {}

  void step() {
    switch (random_() % 9) {
      case 0: seek(std::ios::beg, offset(0, size_ + 100)); break;
      case 1: seek(std::ios::cur, offset(-3000, 3000)); break;
      case 2: seek(std::ios::end, offset(-size_, 50)); break;
      case 3: both([count = 1 + random_() % 100'000](std::istream& in) { return text_of(in, count); }); break;
      case 4: both([count = 1 + random_() % 20](std::istream& in) { return text_of(in, count); }); break;
      case 5: both([](std::istream& in) { std::string line; return std::getline(in, line), line; }); break;
      case 6: both([](std::istream& in) { return std::to_string(in.get()); }); break;
      case 7: both([](std::istream& in) { return std::to_string(in.peek()); }); break;
      default: both([count = random_() % 500](std::istream& in) { in.ignore(static_cast<std::streamsize>(count)); return std::to_string(in.gcount()); });
    }
    compare();
  }

 private:
  static std::string text_of(std::istream& in, std::size_t count) {
    std::string text(count, '\0');
    in.read(text.data(), static_cast<std::streamsize>(count));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
  }

  std::int64_t offset(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }

  template <class Use>
  void both(Use use) {
    ASSERT_TRUE(use(found_) == use(expected_));
  }

  void seek(std::ios_base::seekdir from, std::int64_t offset) {
    found_.seekg(offset, from);
    expected_.seekg(offset, from);
  }

  // A seek to before the beginning is badbit here and failbit there, and the position is lost.
  void compare() {
    ASSERT_EQ(found_.fail(), expected_.fail());
    if (!found_.bad()) {
      ASSERT_EQ(found_.rdstate(), expected_.rdstate());
      ASSERT_EQ(found_.tellg(), expected_.tellg());
    }
    if (!found_.fail()) return;
    const bool lost = found_.bad();
    found_.clear();
    expected_.clear();
    if (lost || random_() % 2 == 0) seek(std::ios::beg, offset(0, size_));
    ASSERT_EQ(found_.tellg(), expected_.tellg());
  }

  std::istream& found_;
  std::istream& expected_;
  std::int64_t size_;
  std::mt19937_64 random_;
};

TEST(EntryStream, DoesWhatAnIfstreamDoes) {
  const testing::ScratchDirectory scratch;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{300'000}}) {
    const Bytes content = lines(size);
    const Bytes package = package_of(content);
    const std::string path = scratch / std::to_string(size);
    std::ofstream(path, std::ios::binary) << as_text(content);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      SCOPED_TRACE("size " + std::to_string(size) + ", seed " + std::to_string(seed));
      std::ifstream expected(path, std::ios::binary);
      const std::streamsize buffer_bytes = seed % 2 == 0 ? 4096 : 64;
      EntryStream found(EntryDevice(open(package)), buffer_bytes);
      SideBySide both(found, expected, static_cast<std::int64_t>(size), seed);
      for (int i = 0; i < 500; ++i) ASSERT_NO_FATAL_FAILURE(both.step()) << i;
    }
  }
}

TEST(EntryStream, TheEndAndBeyond) {
  const Bytes content = lines(100);
  const Bytes package = package_of(content);
  EntryStream in{EntryDevice(open(package))};
  in.seekg(1000);
  EXPECT_TRUE(in.good());
  EXPECT_EQ(in.tellg(), 1000);
  EXPECT_EQ(in.get(), EOF);
  EXPECT_TRUE(in.eof() && in.fail() && !in.bad());
  in.clear();
  in.seekg(-1, std::ios::end);
  EXPECT_EQ(in.get(), content.back());
  EXPECT_EQ(in.peek(), EOF);
  EXPECT_TRUE(in.eof() && !in.fail());
  in.seekg(0);  // clears eofbit
  std::ostringstream all;
  all << in.rdbuf();
  EXPECT_TRUE(all.str() == as_text(content));
}

TEST(EntryStream, SeekingBeforeTheBeginningIsAFailure) {
  const Bytes package = package_of(lines(100));
  EntryStream in{EntryDevice(open(package))};
  in.seekg(-1);
  EXPECT_TRUE(in.bad());
  in.clear();
  in.exceptions(std::ios::badbit);
  EXPECT_THROW(in.seekg(-101, std::ios::end), std::ios_base::failure);
  EntryDevice device(open(package));
  EXPECT_THROW(device.seek(INT64_MIN, std::ios::cur), Failure);
  EXPECT_EQ(device.seek(INT64_MAX, std::ios::beg), std::streampos(INT64_MAX));
  EXPECT_THROW(device.seek(1, std::ios::cur), Failure);
  char byte = 0;
  EXPECT_EQ(device.read(&byte, 1), -1);
}

TEST(EntryStream, DamageIsBadbitOrAFailureAsExceptionsSays) {
  const Bytes content = testing::make_data(DataKind::random, 300'000, 3);
  Bytes package = package_of(content);
  package[package.size() / 2] ^= 1;  // in one of several blocks
  EntryStream in{EntryDevice(open(package))};
  std::string all(content.size(), '\0');
  in.read(all.data(), static_cast<std::streamsize>(all.size()));
  ASSERT_TRUE(in.bad());
  const auto good = static_cast<std::size_t>(in.gcount());
  ASSERT_LT(good, all.size());
  EXPECT_TRUE(std::equal(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(good), as_text(content).begin()));
  in.clear();
  in.exceptions(std::ios::badbit);
  in.seekg(0);
  try {
    in.ignore(static_cast<std::streamsize>(content.size()));
    FAIL() << "the damage was not noticed";
  } catch (const std::ios_base::failure& caught) {
    const auto& failure = dynamic_cast<const Failure&>(caught);
    EXPECT_EQ(failure.error().code, Errc::corrupt);
    EXPECT_NE(std::string(caught.what()).find(failure.error().to_string()), std::string::npos);
  }
  in.clear();
  in.seekg(-10, std::ios::end);  // another block, which is whole
  EXPECT_EQ(in.get(), content[content.size() - 10]);
}

TEST(EntryStream, AClosedStreamIsAFailure) {
  const Bytes package = package_of(lines(100));
  const auto stream = std::make_shared<FileStream>(open(package));
  EntryStream in{EntryDevice(stream)};
  stream->close();
  EXPECT_EQ(in.get(), EOF);
  EXPECT_TRUE(in.bad());
}

TEST(EntryDevice, CopiesShareThePositionAndKeepTheStream) {
  const Bytes content = lines(100);
  const Bytes package = package_of(content);
  const auto stream = std::make_shared<FileStream>(open(package));
  ASSERT_TRUE(stream->seek(10));
  EntryDevice first(stream), second(first);
  char bytes[5];
  ASSERT_EQ(first.read(bytes, 5), 5);
  ASSERT_EQ(second.read(bytes, 5), 5);
  EXPECT_TRUE(std::equal(bytes, bytes + 5, content.begin() + 15));
  { EntryStream in(first); }
  EXPECT_FALSE(stream->is_closed());
  EXPECT_EQ(second.seek(0, std::ios::cur), 20);
  EXPECT_EQ(stream->statistics().bytes_delivered, 10U);
}

// A reader that knows only std::istream.
TEST(EntryStream, FeedsAJsonParser) {
  nlohmann::json document;
  for (int i = 0; i < 20'000; ++i) document["numbers"].push_back({{"n", i}, {"square", i * i}});
  const std::string text = document.dump();
  const Bytes package = package_of(as_bytes(text));
  EntryStream in{EntryDevice(open(package))};
  std::istream& plain = in;
  EXPECT_TRUE(nlohmann::json::parse(plain) == document);
}

}  // namespace
}  // namespace npk::iostreams
