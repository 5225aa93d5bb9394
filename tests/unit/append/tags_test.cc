// Tags, comments and metadata: kept from generation to generation, the same as a simple model says, signed, and set on no file.
#include <random>

#include "append_support.h"
#include "npk/format/entry_attributes.h"
#include "npk/ops/compact.h"
#include "npk/ops/extract.h"
#include "npk/ops/purge.h"
#include "npk/ops/tags.h"

namespace npk::testing {
namespace {

using ops::Tags;

ops::AttributeChange tag(std::string path, std::string_view key, std::optional<std::string> value) {
  return {std::move(path), std::string(format::kEntryTagPrefix) + std::string(key), std::move(value)};
}

// Own tags by path.
std::map<std::string, Tags> tags_in(const PackageReader& reader) {
  std::map<std::string, Tags> all;
  EXPECT_TRUE(reader.for_each([&](const Entry& entry) {
    if (Tags own = ops::own_tags(entry.row()); !own.empty()) all[std::string(entry.path())] = std::move(own);
    return true;
  }));
  return all;
}

Tags effective(const std::map<std::string, Tags>& own, const Tags& package, const std::string& path) {
  Tags tags;
  const auto add = [&](const Tags& nearer) {
    for (const auto& [key, value] : nearer) {
      tags.erase(key);
      if (!value.empty()) tags[key] = value;
    }
  };
  add(package);
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    if (const auto found = own.find(path.substr(0, end)); found != own.end()) add(found->second);
    if (end == std::string::npos) return tags;
  }
}

void expect_effective(const PackageReader& reader, const std::map<std::string, Tags>& own, const Tags& package) {
  ops::EffectiveTags tags(reader);
  EXPECT_TRUE(reader.for_each([&](const Entry& entry) {
    const auto found = tags.of(entry.row());
    EXPECT_TRUE(found && *found == effective(own, package, std::string(entry.path()))) << entry.path();
    return true;
  }));
}

class TagsModel : public ::testing::TestWithParam<bool> {};

TEST_P(TagsModel, RandomChangesAreWhatAModelSays) {
  AppendedPackage package = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
  std::mt19937_64 random(GetParam() ? 2 : 1);
  for (int directory = 0; directory < 4; ++directory) {
    for (int file = 0; file < 700; ++file) package.write("d" + std::to_string(directory) + "/f" + std::to_string(file), "x" + std::to_string(file % 7));
  }
  package.pack();
  std::map<std::string, Tags> own;
  std::vector<std::map<std::string, Tags>> generations = {own};
  format::PackageMetadata metadata;
  const auto any_path = [&] {
    const std::string directory = "t/d" + std::to_string(random() % 4);
    return random() % 3 == 0 ? directory : random() % 8 == 0 ? "t" : directory + "/f" + std::to_string(random() % 700);
  };
  for (int round = 0; round < 12; ++round) {
    ops::AppendOptions append = package.append_options();
    const auto kind = random() % 4;
    if (kind == 0) {  // a new scan; a file has another content
      const std::string name = "d" + std::to_string(random() % 4) + "/f" + std::to_string(random() % 700);
      package.write(name, "round " + std::to_string(round), -1000);
    } else {
      append.create.inputs.clear();
      for (int i = 0; i < 5; ++i) {
        const std::string path = any_path(), key = "k" + std::to_string(random() % 3);
        std::optional<std::string> value;
        if (random() % 4 != 0) value = random() % 4 == 0 ? "" : std::to_string(round);
        append.attributes.push_back(tag(path, key, value));
        if (value) own[path][key] = *value;
        else own[path].erase(key);
        if (own[path].empty()) own.erase(path);
      }
      if (kind == 3) append.metadata.push_back({"tag.k" + std::to_string(random() % 3), std::to_string(round)});
      for (const auto& change : append.metadata) metadata[change.name] = *change.value;
    }
    const ops::AppendReport report = AppendedPackage::run(append);
    if (!report.changed_nothing) generations.push_back(own);
    ASSERT_EQ(report.generation, generations.size());
    const auto reader = package.open();
    ASSERT_TRUE(reader) << reader.error().to_string();
    EXPECT_TRUE(tags_in(*reader) == own) << "round " << round;
    EXPECT_TRUE(ops::metadata_of(*reader) == metadata);
    expect_effective(*reader, own, ops::package_tags(*reader));
    EXPECT_EQ(package.verified(), "sound");
  }
  for (std::size_t generation = 1; generation <= generations.size(); ++generation) {
    const auto reader = package.open(generation);
    ASSERT_TRUE(reader);
    EXPECT_TRUE(tags_in(*reader) == generations[generation - 1]) << generation;
  }
}

INSTANTIATE_TEST_SUITE_P(Seal, TagsModel, ::testing::Bool());

class TagsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"a", "d/b", "d/c"}) package_.write(name, name);
    package_.pack();
  }
  ops::AppendReport change(std::vector<ops::AttributeChange> attributes, std::vector<ops::MetadataChange> metadata = {}) {
    ops::AppendOptions append = change_options();
    append.attributes = std::move(attributes);
    append.metadata = std::move(metadata);
    return AppendedPackage::run(append);
  }
  ops::AppendOptions change_options() {
    ops::AppendOptions append = package_.append_options();
    append.create.inputs.clear();
    return append;
  }
  std::map<std::string, Tags> tags(std::uint64_t generation = 0) { return tags_in(package_.open(generation).value()); }
  std::string version(std::uint64_t generation = 0) {
    const auto metadata = ops::metadata_of(package_.open(generation).value());
    return metadata.contains("version") ? metadata.at("version") : "none";
  }

  AppendedPackage package_;
};

TEST_F(TagsTest, MetadataAloneIsAGenerationAndGoesOn) {
  EXPECT_FALSE(change({}, {{"version", "1"}}).changed_nothing);
  EXPECT_TRUE(change({}, {{"version", "1"}}).changed_nothing);
  package_.write("new", "new");
  package_.append();
  EXPECT_EQ(version(), "1");
  change({}, {{"version", "2"}});
  EXPECT_EQ(version(), "2");
  EXPECT_EQ(version(1), "none");
  EXPECT_EQ(version(3), "1");
  ops::AppendOptions revert = change_options();
  revert.revert_to = 3;
  AppendedPackage::run(revert);
  EXPECT_EQ(version(), "1");
  EXPECT_EQ(package_.verified(), "sound");
  change({}, {{"version", std::nullopt}});
  EXPECT_EQ(version(), "none");
}

TEST_F(TagsTest, TagsMoveWithARenameAndGoWithARemoval) {
  change({tag("t/d", "k", "1"), tag("t/d/b", "k", "2"), tag("t/a", "k", "3")});
  ops::AppendOptions rename = change_options();
  rename.renamed = {{"t/d", "t/e"}};
  rename.removed = {"t/a"};
  AppendedPackage::run(rename);
  EXPECT_TRUE((tags() == std::map<std::string, Tags>{{"t/e", {{"k", "1"}}}, {"t/e/b", {{"k", "2"}}}}));
}

TEST_F(TagsTest, TheSameTagsGiveTheSameContentRoot) {
  const Digest before = package_.open().value().info().commit.statement.content_root;
  const Digest tagged = change({tag("t/a", "k", "1")}).write.content_root;
  EXPECT_NE(tagged, before);
  EXPECT_EQ(package_.append().write.content_root, tagged) << "a scan of the same tree";
  EXPECT_EQ(change({tag("t/a", "k", std::nullopt)}).write.content_root, before);
  EXPECT_EQ(before, package_.fresh_content_root());
}

TEST_F(TagsTest, AllNamesOfAHardLinkedFileHaveThem) {
  std::filesystem::create_hard_link(package_.in_tree("a"), package_.in_tree("d/z"));
  package_.append();
  change({tag("t/d/z", "k", "1")});
  EXPECT_TRUE((tags() == std::map<std::string, Tags>{{"t/a", {{"k", "1"}}}, {"t/d/z", {{"k", "1"}}}}));
  std::filesystem::create_hard_link(package_.in_tree("a"), package_.in_tree("Z"));
  package_.append();
  EXPECT_EQ(tags().size(), 3U);
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(TagsTest, WrongChangesAreRefused) {
  const auto refuse = [&](ops::AttributeChange change, Errc code) {
    ops::AppendOptions append = change_options();
    append.attributes = {std::move(change)};
    package_.expect_refused(append, code);
  };
  refuse(tag("t/nothing", "k", "1"), Errc::not_found);
  refuse(tag("t/a", "k\n", "1"), Errc::misuse);
  refuse(tag("t/a", "k", "\xff"), Errc::misuse);
  refuse(tag("t/a", "k", std::string(65'537, 'x')), Errc::misuse);
  refuse(tag("t/a", std::string(248, 'k'), "x"), Errc::misuse);
  refuse({"t/a", "user.own", "x"}, Errc::misuse);
  ops::AppendOptions append = change_options();
  append.metadata = {{"", "x"}};
  package_.expect_refused(append, Errc::misuse);
  append.metadata = {{"x", std::string(65'537, 'x')}};
  package_.expect_refused(append, Errc::misuse);
  append.metadata.clear();
  for (int i = 0; i < 9; ++i) append.attributes.push_back(tag("t/a", std::to_string(i), std::string(65'536, 'x')));
  package_.expect_refused(append, Errc::misuse, "512 KiB");
}

TEST_F(TagsTest, CompactAndPurgeKeepThem) {
  change({tag("t/d", "k", "1")}, {{"version", "1"}});
  ASSERT_TRUE(ops::compact(package_.path(), {}));
  EXPECT_EQ(version(), "1");
  EXPECT_EQ(tags().size(), 1U);
  ASSERT_TRUE(ops::purge(package_.path(), {.globs = {"t/a"}}));
  EXPECT_EQ(version(), "1");
  EXPECT_EQ(tags().size(), 1U);
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(TagsTest, ExtractionChoosesByThemAndSetsNothing) {
  change({tag("t/d", "k", "1"), tag("t/d/b", "k", "")});
  const ScratchDirectory target;
  std::vector<std::string> problems;
  const auto report = ops::extract(package_.open().value(), {.target_directory = target.path(), .tags = {{"k", "1"}},
                                                             .problem = [&](const Error& error) { problems.push_back(error.to_string()); }});
  ASSERT_TRUE(report);
  EXPECT_TRUE(problems.empty()) << problems.front();
  EXPECT_EQ(report->warnings, 0U);
  EXPECT_TRUE(std::filesystem::exists(target / "t/d/c"));
  EXPECT_FALSE(std::filesystem::exists(target / "t/d/b"));
  EXPECT_FALSE(std::filesystem::exists(target / "t/a"));
}

}  // namespace
}  // namespace npk::testing
