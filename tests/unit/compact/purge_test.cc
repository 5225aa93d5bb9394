// What is purged is nowhere in the file any more: not in a decoded block, page or manifest, nor any hash of it.
#include "compact_support.h"
#include "npk/format/page.h"
#include "package/reader/frames/frame_walker.h"
#include "package/reader/impl.h"

namespace npk::testing {
namespace {

std::string text_bytes(ByteView bytes) { return std::string(as_text(bytes)); }

// All that can be read out of a package: what its frames hold once opened and decoded, and its paths in full.
std::string all_plain_bytes(const AppendedPackage& package) {
  const auto reader = package.open();
  EXPECT_TRUE(reader) << reader.error().to_string();
  std::string all = text_bytes(package.bytes());
  const PackageReader::Impl& impl = reader->impl();
  const auto walked = impl.chunks().for_each_page([&](const format::ChunkPage& page) -> Result<void> {
    for (std::size_t i = 0; i < page.blocks.size(); ++i) {
      NPK_ASSIGN(const Bytes raw, impl.blocks().load(reader::BlockLocation{page.first_block + i, page.blocks[i]}));
      all += text_bytes(raw);
    }
    return {};
  });
  EXPECT_TRUE(walked) << walked.error().to_string();
  reader::FrameScanner scanner(impl.frames());
  reader::Frame frame;
  for (auto more = scanner.next(frame); more && *more; more = scanner.next(frame)) {
    all += text_bytes(frame.body);
    const bool is_page = frame.header.type == format::FrameType::catalog_page || frame.header.type == format::FrameType::chunk_page ||
                         frame.header.type == format::FrameType::manifest;
    if (!is_page) continue;
    const auto raw = block::open_page(frame.body, {});
    EXPECT_TRUE(raw);
    all += text_bytes(*raw);
    const format::PageKind kind = format::PageView::parse(*raw, {}).value().header().kind;
    if (kind != format::PageKind::catalog_leaf && kind != format::PageKind::manifest) continue;
    const auto rows = format::CatalogPage::decode(*raw, kind, {});
    for (std::size_t i = 0; i < rows->row_count(); ++i) all += std::string(rows->path(i)) + "\n";
  }
  return all;
}

bool holds(const std::string& all, std::string_view sought) { return all.find(sought) != std::string::npos; }

struct PurgeCase {
  std::uint64_t seed;
  bool sealed;
};
class Purged : public ::testing::TestWithParam<PurgeCase> {
 protected:
  static constexpr std::string_view kSecret = "the password is correct horse battery staple 4711\n";

  // A secret, alone and within other content, beside edits; it is removed, but not from the history.
  void SetUp() override {
    std::string large(30'000, 'x');
    large += kSecret;
    large += text_of(DataKind::random, 30'000, 5);
    large_ = large;
    history_.package.write("d0/hidden-name", kSecret);
    history_.package.write("d1/hidden-folder/inside-it", large);
    history_.make(3);
    package_.write("d2/hidden-name", kSecret);
    package_.write("d2/stays", "what stays");
    std::filesystem::create_hard_link(package_.in_tree("d2/stays"), package_.in_tree("d2/hidden-link"));
    package_.append();
    package_.remove("d2/hidden-name");
    package_.remove("d0/hidden-name");
    package_.remove("d1/hidden-folder");
    package_.append();
  }
  static bool is_hidden(const std::string& path) { return holds(path, "hidden"); }
  static State without_hidden(State state) {
    std::erase_if(state, [](const auto& entry) { return is_hidden(entry.first); });
    return state;
  }
  [[nodiscard]] std::uint64_t newest() const { return package_.open().value().info().commit.statement.generation; }

  EditedHistory history_{GetParam().seed, GetParam().sealed};
  AppendedPackage& package_ = history_.package;
  std::string large_;
};

TEST_P(Purged, NothingOfItIsLeft) {
  const Digest secret_hash = hash::blake3(as_bytes(kSecret));
  const std::string before = all_plain_bytes(package_);
  ASSERT_TRUE(holds(before, kSecret) && holds(before, "hidden-name") && holds(before, as_text(secret_hash)));
  std::vector<State> states;
  for (std::uint64_t number = 1; number <= newest(); ++number) states.push_back(package_.in_package(number));
  const ops::PurgeReport report = purged(package_, {"t/*/hidden-*"});
  EXPECT_EQ(report.generations, states.size());
  const std::string all = all_plain_bytes(package_);
  EXPECT_FALSE(holds(all, kSecret));
  EXPECT_FALSE(holds(all, "hidden"));
  EXPECT_FALSE(holds(all, "inside-it"));
  EXPECT_FALSE(holds(all, as_text(secret_hash)));
  EXPECT_FALSE(holds(all, large_.substr(40'000, 64)));
  std::uint64_t changed = 0;
  for (std::uint64_t number = 1; number <= states.size(); ++number) {
    const State& state = states[number - 1];
    EXPECT_TRUE(package_.in_package(number) == without_hidden(state)) << number;
    EXPECT_EQ(package_.verified(number), "sound") << number;
    if (state != without_hidden(state)) ++changed;
  }
  EXPECT_EQ(report.changed_generations, changed);
}

// As if it had never been packed.
TEST_P(Purged, TheContentRootIsThatOfTheRest) {
  purged(package_, {"t/*/hidden-*"});
  const auto folder_time = std::filesystem::last_write_time(package_.in_tree("d2"));
  package_.remove("d2/hidden-link");
  std::filesystem::last_write_time(package_.in_tree("d2"), folder_time);
  EXPECT_EQ(package_.open().value().info().commit.statement.content_root, package_.fresh_content_root());
  EXPECT_EQ(package_.open().value().find("t/d2/stays").value()->row().link_group, 0U);
  EXPECT_TRUE(package_.append().changed_nothing);
}

// What a compaction copied with its waste must not survive a purge.
TEST_P(Purged, CopiedWasteGoesToo) {
  compacted(package_, {.last = 2});
  purged(package_, {"t/*/hidden-name", "t/d2/hidden-link"});
  const std::string all = all_plain_bytes(package_);
  EXPECT_FALSE(holds(all, kSecret) && !holds(all, "inside-it"));
  EXPECT_FALSE(holds(all, "hidden-name"));
}

TEST_P(Purged, RecordsSayWhatTheContentWas) {
  const PackageReader before = package_.open(1).value();
  const format::Statement old = before.info().commit.statement;
  purged(package_, {"t/*/hidden-*"});
  const PackageReader after = package_.open(1).value();
  ASSERT_EQ(after.info().commit.placement.sections.size(), 1U);
  const auto kept = format::decode_kept_statement(after.info().commit.placement.sections[0].bytes);
  ASSERT_TRUE(kept);
  EXPECT_EQ(format::decode_statement(kept->statement).value(), old);
  EXPECT_NE(after.info().commit.statement.content_root, old.content_root);
  EXPECT_EQ(after.info().commit.statement.time_seconds, old.time_seconds);
}

TEST_P(Purged, AGlobThatFitsNothingChangesNothing) {
  const Bytes before = package_.bytes();
  const auto report = ops::purge(package_.path(), {.rewrite = {.identities = package_.keys()}, .globs = {"t/d0/hidden-name", "nonsense"}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::not_found);
  EXPECT_EQ(ops::purge(package_.path(), {.rewrite = {.identities = package_.keys()}}).error().code, Errc::misuse);
  EXPECT_TRUE(package_.bytes() == before);
}

TEST_P(Purged, EverythingMayGo) {
  purged(package_, {"*"});
  EXPECT_EQ(package_.open().value().entry_count(), 0U);
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(package_.verified(1), "sound");
  package_.append();
  EXPECT_TRUE(package_.in_package() == package_.on_disk());
}

INSTANTIATE_TEST_SUITE_P(Seeds, Purged, ::testing::Values(PurgeCase{11, false}, PurgeCase{12, false}, PurgeCase{13, true}),
                         [](const auto& test) { return (test.param.sealed ? "Sealed" : "Clear") + std::to_string(test.param.seed); });

TEST(PurgedMessages, ThatNameWhatIsPurgedAreNamed) {
  AppendedPackage package;
  package.write("a", "content of a");
  package.write("b", "content of b");
  package.pack();
  package.write("a", "other content");
  ops::AppendOptions append = package.append_options();
  append.create.writer.message = "mends t/a at last";
  AppendedPackage::run(append);
  EXPECT_EQ(purged(package, {"t/a"}).messages_naming, (std::vector<std::uint64_t>{2}));
}

// Many leaves: boundaries of pages move where rows go, and most pages of both generations stay shared.
TEST(PurgedPages, OfALargeTree) {
  AppendedPackage package;
  for (int i = 0; i < 6'000; ++i) {
    if (i % 100 == 0) std::filesystem::create_directory(package.in_tree("n" + std::to_string(i / 100)));
    write_file(package.in_tree("n" + std::to_string(i / 100) + "/e" + std::to_string(i)), "");
  }
  package.pack();
  package.write("n9/new", "new");
  package.append();
  State expected = package.in_package();
  purged(package, {"t/n3/*", "t/n41/e41??", "t/n58"});
  std::erase_if(expected, [](const auto& entry) {
    const std::string& path = entry.first;
    return path.starts_with("t/n3/") || path.starts_with("t/n41/e41") || path == "t/n58" || path.starts_with("t/n58/");
  });
  EXPECT_TRUE(package.in_package() == expected);
  EXPECT_EQ(package.verified(), "sound");
  EXPECT_EQ(package.verified(1), "sound");
  std::size_t pages = 0;
  for (const PackageFrame& frame : frames_of(package.bytes()).frames) pages += frame.header.type == format::FrameType::catalog_page ? 1 : 0;
  EXPECT_LE(pages, 20U);  // of 5,700 entries, twice, 512 a page: all but one or two pages and the roots are shared
}

}  // namespace
}  // namespace npk::testing
