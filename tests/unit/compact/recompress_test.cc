// A package's data compressed anew: what is said of content stays, and the form is that of the options.
#include "npk/ops/recompress.h"

#include "compact_support.h"
#include "npk/ops/inspect.h"

namespace npk::testing {
namespace {

std::string json_of_records(int count) {
  std::string text = "[\n";
  for (int i = 0; i < count; ++i)
    text += "  {\"id\": " + std::to_string(1000 + i) + ", \"name\": \"record " + std::to_string(i * 7919 % 1009) + "\", \"score\": " + std::to_string(i % 17) +
            "},\n";
  return text + "  {}\n]\n";
}

ops::InspectReport inspected(const AppendedPackage& package) {
  const auto reader = package.open();
  EXPECT_TRUE(reader) << reader.error().to_string();
  const auto report = ops::inspect(*reader);
  EXPECT_TRUE(report) << report.error().to_string();
  return report ? *report : ops::InspectReport();
}

ops::RewriteReport recompressed(const AppendedPackage& package, const WriterOptions& writer, unsigned threads = 2, const std::string& output = {}) {
  const auto report = ops::recompress(package.path(), {.rewrite = {.identities = package.keys(), .output_path = output, .threads = threads}, .writer = writer});
  EXPECT_TRUE(report) << report.error().to_string();
  return report ? *report : ops::RewriteReport();
}

class Recompress : public ::testing::TestWithParam<bool> {};

TEST_P(Recompress, HistoriesStayAsTheyWereTold) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    EditedHistory history(seed, GetParam());
    history.make(8);
    WriterOptions options;
    options.codec = seed % 2 == 0 ? "lzma2" : "lz4";
    const ops::RewriteReport report = recompressed(history.package, options);
    EXPECT_EQ(report.copied_blocks, 0U);
    EXPECT_EQ(report.dropped_chunks, 0U);
    for (const ToldGeneration& told : history.told) expect_as_told(history.package, told);
    for (const auto& [name, share] : inspected(history.package).codecs) EXPECT_TRUE(name == *options.codec || name == "store") << name;
  }
}
INSTANTIATE_TEST_SUITE_P(Kinds, Recompress, ::testing::Bool(), [](const auto& kind) { return std::string(kind.param ? "Sealed" : "Plain"); });

TEST(RecompressPlain, ThreadsDoNotChangeTheBytes) {
  AppendedPackage package;
  for (int i = 0; i < 40; ++i)
    package.write("f" + std::to_string(i),
                  text_of(kAllDataKinds[static_cast<std::size_t>(i) % std::size(kAllDataKinds)], 50'000, static_cast<std::uint64_t>(i)));
  package.pack();
  const ScratchDirectory scratch;
  WriterOptions options;
  options.choose_filters = true;
  recompressed(package, options, 1, scratch / "one.npk");
  recompressed(package, options, 4, scratch / "four.npk");
  EXPECT_TRUE(read_file(scratch / "one.npk") == read_file(scratch / "four.npk"));
}

TEST(RecompressPlain, WhatWasPackedWithoutFiltersGetsThem) {
  AppendedPackage package;
  package.write("a.json", json_of_records(4000));
  ops::CreateOptions create = package.options();
  create.writer.codec = "zstd";
  ASSERT_TRUE(ops::create(create));
  const State before = package.in_package();
  const std::uint64_t plain_bytes = package.bytes().size();
  EXPECT_EQ(inspected(package).codecs.count("json+zstd"), 0U);
  WriterOptions options;
  options.choose_filters = true;
  recompressed(package, options);
  EXPECT_EQ(inspected(package).codecs.count("json+zstd"), 1U);
  EXPECT_LT(package.bytes().size(), plain_bytes);
  EXPECT_TRUE(package.in_package() == before);
  EXPECT_EQ(package.verified(), "sound");
}

TEST(RecompressPlain, SenselessOptionsLeaveThePackage) {
  AppendedPackage package;
  package.write("f", "content");
  package.pack();
  const Bytes before = package.bytes();
  WriterOptions options;
  options.chain = "gzip";
  const auto report = ops::recompress(package.path(), {.rewrite = {}, .writer = options});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::misuse);
  EXPECT_TRUE(package.bytes() == before);
}

}  // namespace
}  // namespace npk::testing
