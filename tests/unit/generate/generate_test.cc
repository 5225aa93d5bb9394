// Trees on disk and in packages: the same, generation after generation.
#include <sys/stat.h>
#include <filesystem>
#include <map>

#include "npk/files.h"
#include "npk/ops/generate.h"
#include "npk/reader.h"
#include "support/scratch.h"
#include "unit/synth/made_object.h"

namespace npk::ops {
namespace {

struct Found {
  std::string content;
  std::int64_t mtime_seconds;
  bool operator==(const Found&) const = default;
};
using Files = std::map<std::string, Found>;

synth::Tree tree() {
  return *synth::Tree::create({.seed = {3, 4}, .files = 400, .total_bytes = 6'000'000, .directories = 13, .fan_out = 3, .dedup = 1.5, .compress = 2,
                               .edits = {.changed = 0.2, .renamed = 0.1, .removed = 0.05, .added = 0.1, .bytes = 0.1, .places = 3}});
}

Files on_disk(const std::string& directory) {
  Files files;
  for (const auto& item : std::filesystem::recursive_directory_iterator(directory)) {
    if (item.is_directory()) continue;
    struct stat status {};
    EXPECT_EQ(::stat(item.path().c_str(), &status), 0);
    files[std::filesystem::relative(item.path(), directory)] = {testing::read_file(item.path()), status.st_mtime};
  }
  return files;
}

Files expected(std::uint32_t generation) {
  Files files;
  EXPECT_TRUE(tree().for_each_file(generation, [&](synth::TreeFile file) -> Result<void> {
    Bytes bytes(static_cast<std::size_t>(file.content.size()));
    file.content.read_at(0, bytes);
    files[file.path] = {std::string(as_text(bytes)), file.mtime_seconds};
    return {};
  }).has_value());
  return files;
}

TEST(GenerateTree, WritesEveryGeneration) {
  const testing::ScratchDirectory scratch;
  const std::string edited = scratch / "edited";
  ASSERT_TRUE(generate_tree(tree(), {.directory = edited, .threads = 3}).has_value());
  EXPECT_EQ(on_disk(edited), expected(0));
  for (const auto& [from, to] : {std::pair{0U, 1U}, {1U, 2U}, {2U, 6U}, {6U, 6U}}) {
    const auto report = generate_tree(tree(), {.directory = edited, .generation = to, .from = from, .threads = 2});
    ASSERT_TRUE(report.has_value()) << report.error().to_string();
    EXPECT_EQ(report->directories, 0U);
    EXPECT_EQ(report->files + report->moved_files + report->removed_files == 0, from == to);
    const Files wanted = expected(to);
    EXPECT_EQ(on_disk(edited), wanted) << to;
    const std::string fresh = scratch / std::to_string(to);
    if (from == to) continue;
    ASSERT_TRUE(generate_tree(tree(), {.directory = fresh, .generation = to, .threads = 1}).has_value());
    EXPECT_EQ(on_disk(fresh), wanted) << to;
  }
}

TEST(GenerateTree, ReportsAndStops) {
  const testing::ScratchDirectory scratch;
  std::uint64_t told = 0;
  GenerateOptions options{.directory = scratch / "t", .progress = [&](const Progress& progress) { told = progress.done_entries; }};
  const auto report = generate_tree(tree(), options);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->files, 400U);
  EXPECT_EQ(report->bytes, 6'000'000U);
  EXPECT_EQ(report->directories, 12U);
  EXPECT_EQ(told, 400U);
  EXPECT_EQ(generate_tree(tree(), options).error().code, Errc::exists);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(generate_tree(tree(), {.directory = scratch / "u", .stop = stop.get_token()}).error().code, Errc::cancelled);
  EXPECT_EQ(generate_tree(tree(), {.directory = scratch / "absent/u"}).error().code, Errc::not_found);
  EXPECT_EQ(generate_tree(tree(), {.directory = scratch / "t", .generation = 1, .from = 2}).error().code, Errc::misuse);
}

TEST(GenerateTree, PacksWithoutADisk) {
  for (const std::uint32_t generation : {0U, 3U}) {
    Bytes first;
    for (const unsigned threads : {1U, 3U}) {
      Bytes made;
      const auto sink = memory_sink(made);
      const auto report = pack_generated_tree(tree(), generation, *sink, {.threads = threads});
      ASSERT_TRUE(report.has_value()) << report.error().to_string();
      EXPECT_EQ(report->failed_entries, 0U);
      if (first.empty()) first = made;
      EXPECT_EQ(made, first);
    }
    const PackageReader package = *PackageReader::open(memory_source(first));
    Files files;
    std::size_t directories = 0;
    ASSERT_TRUE(package.for_each([&](const Entry& entry) {
      if (entry.row().kind != EntryKind::regular) return ++directories, true;
      auto stream = *package.open_stream(entry);
      Bytes bytes(static_cast<std::size_t>(entry.row().size));
      EXPECT_EQ(*stream.read_at(0, bytes), bytes.size());
      files[std::string(entry.path())] = {std::string(as_text(bytes)), entry.row().mtime_seconds};
      return true;
    }).has_value());
    EXPECT_EQ(files, expected(generation));
    EXPECT_EQ(directories, 12U);
  }
}

// A file, or a link to one, that is in the way stays as it is.
TEST(GenerateTree, OverwritesNothing) {
  const testing::ScratchDirectory scratch;
  const std::string top = scratch / "t";
  ASSERT_EQ(::mkdir(top.c_str(), 0755), 0);
  const auto files = expected(0);
  const std::string in_the_way = files.begin()->first;
  std::filesystem::create_directories(std::filesystem::path(top + "/" + in_the_way).parent_path());
  testing::write_file(scratch / "outside", "kept");
  std::filesystem::create_symlink(scratch / "outside", top + "/" + in_the_way);
  EXPECT_EQ(generate_tree(tree(), {.directory = top}).error().code, Errc::exists);
  EXPECT_EQ(testing::read_file(scratch / "outside"), "kept");
}

}  // namespace
}  // namespace npk::ops
