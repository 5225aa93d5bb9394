// Opening while a writer adds: the last whole generation, without a word of damage; with one once the writer is gone.
#include <atomic>
#include <thread>

#include "append_support.h"
#include "io/appended_file.h"

namespace npk::testing {
namespace {

class Growing : public ::testing::TestWithParam<bool> {
 protected:
  Growing() {
    for (int i = 0; i < 6; ++i) package_.write("f" + std::to_string(i), text_of(DataKind::text, 20'000, static_cast<std::uint64_t>(i)));
    package_.pack();
  }
  AppendedPackage package_ = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
};

TEST_P(Growing, WhateverHasBeenWrittenSoFar) {
  const State first = package_.in_package();
  const Bytes before = package_.bytes();
  for (int i = 3; i < 9; ++i) package_.write("f" + std::to_string(i), text_of(DataKind::random, 30'000, static_cast<std::uint64_t>(i + 100)), 900);
  package_.append();
  const Bytes whole = package_.bytes();
  const auto positions = frame_positions(whole);
  package_.put_back(before);
  const auto file = io::AppendedFile::open(package_.path()).value();
  std::uint64_t written = before.size();
  for (const std::uint64_t position : positions) {
    for (const std::uint64_t end : {position, position + 1, position + 63, position + 64, position + 70}) {
      if (end <= written || end >= whole.size()) continue;
      ASSERT_TRUE(file->write(ByteView(whole).subspan(static_cast<std::size_t>(written), static_cast<std::size_t>(end - written))));
      written = end;
      const auto reader = package_.open();
      ASSERT_TRUE(reader) << end << ": " << reader.error().to_string();
      EXPECT_FALSE(reader->info().recovered) << end;
      EXPECT_TRUE(reader->info().is_being_added_to) << end;
      EXPECT_TRUE(reader->info().warnings.empty()) << end;
      EXPECT_EQ(reader->info().commit.statement.generation, 1U);
      EXPECT_EQ(reader->info().package_length, before.size());
    }
  }
  EXPECT_TRUE(AppendedPackage::state_of(*package_.open()) == first);
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_P(Growing, WithTheWriterGoneItIsDamage) {
  const Bytes before = package_.bytes();
  package_.write("new", text_of(DataKind::random, 30'000, 7), 900);
  package_.append();
  const Bytes whole = package_.bytes();
  package_.put_back(ByteView(whole).first((before.size() + whole.size()) / 2));
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->info().recovered);
  EXPECT_FALSE(reader->info().is_being_added_to);
  EXPECT_FALSE(reader->info().warnings.empty());
  EXPECT_NE(package_.verified(), "sound");
}

TEST_P(Growing, ReadersInALoop) {
  std::atomic<std::uint64_t> done = 1;
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const std::uint64_t at_least = done;
        const auto reader = package_.open();
        const std::uint64_t at_most = done + 1;
        ASSERT_TRUE(reader) << reader.error().to_string();
        EXPECT_FALSE(reader->info().recovered);
        EXPECT_TRUE(reader->info().warnings.empty());
        EXPECT_GE(reader->info().commit.statement.generation, at_least);
        EXPECT_LE(reader->info().commit.statement.generation, at_most);
        EXPECT_TRUE(reader->find("t/f0").value().has_value());
      }
    });
  }
  for (int round = 0; round < 12; ++round) {
    package_.write("f5", text_of(DataKind::random, 40'000, static_cast<std::uint64_t>(round + 50)), 800 - round);
    package_.append();
    ++done;
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(package_.open()->info().commit.statement.generation, 13U);
}

INSTANTIATE_TEST_SUITE_P(Sealed, Growing, ::testing::Bool(), [](const auto& test) { return test.param ? "Yes" : "No"; });

TEST(GrowingEnd, HostileBytesBehindATrailerAreBounded) {
  AppendedPackage package;
  package.write("a", "a");
  package.pack();
  const Bytes before = package.bytes();
  const auto file = io::AppendedFile::open(package.path()).value();
  ASSERT_TRUE(file->write(make_data(DataKind::random, 3U << 20, 1)));  // of no frame
  const auto reader = package.open();
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->info().commit.statement.generation, 1U);
}

}  // namespace
}  // namespace npk::testing
