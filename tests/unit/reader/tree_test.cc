// Trees of catalog and chunk pages: look-ups on right ones, refusal of wrong ones that are whole in every page.
#include <gtest/gtest.h>

#include "npk/files.h"
#include "npk/reader.h"
#include "package/reader/impl.h"
#include "support/package_builder.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;
using test::PackageBuilder;

constexpr std::size_t kFiles = 12;

// Twelve files of one chunk each, two chunks a block, one block a page; both trees two levels of nodes high.
Bytes package(const std::function<void(PackageBuilder&)>& spoil) {
  PackageBuilder builder("tree");
  if (spoil) spoil(builder);
  std::vector<BuiltEntry> entries;
  for (std::size_t i = 0; i < kFiles; ++i) {
    BuiltEntry entry;
    entry.path = "f" + std::to_string(10 + i);
    entry.content = Bytes(100 + i, static_cast<std::uint8_t>('a' + i));
    entry.size = entry.content.size();
    entry.runs = {{i, 1, entry.size}};
    entries.push_back(entry);
  }
  for (std::size_t i = 0; i < kFiles; i += 2) {
    builder.block({entries[i].content, entries[i + 1].content});
    builder.chunk_page();
  }
  builder.commit(entries, 2, 3);
  builder.trailer();
  return builder.bytes();
}

// Opens, lists, walks the chunk pages, reads each file; what fails first.
Result<void> use(const Bytes& bytes) {
  NPK_ASSIGN(const PackageReader reader, PackageReader::open(memory_source(ByteView(bytes))));
  NPK_TRY(reader.for_each([](const Entry&) { return true; }));
  NPK_TRY(reader.impl().chunks().for_each_page([](const format::ChunkPage&) { return Result<void>(); }));
  for (std::uint64_t number = 0; number < reader.entry_count(); ++number) {
    NPK_ASSIGN(const Entry entry, reader.entry(number));
    NPK_ASSIGN(const FileStream stream, reader.open_stream(entry));
    Bytes out(1000);
    NPK_TRY(stream.read_at(0, out));
  }
  return {};
}

Errc code_of(const std::function<void(PackageBuilder&)>& spoil) {
  const auto done = use(package(spoil));
  return done ? Errc{} : done.error().code;
}

TEST(Trees, RightOnesAreRead) {
  const auto done = use(package({}));
  EXPECT_TRUE(done) << done.error().to_string();
}

TEST(ChunkTable, FindsByNumberByPositionAndByBlock) {
  const Bytes bytes = package({});
  const auto reader = PackageReader::open(memory_source(ByteView(bytes))).value();
  const reader::ChunkTable& chunks = reader.impl().chunks();
  std::uint64_t position = 0;
  for (std::uint64_t number = 0; number < kFiles; ++number) {
    const auto chunk = chunks.chunk(number).value();
    EXPECT_EQ(chunk.number, number);
    EXPECT_EQ(chunk.length, 100 + number);
    EXPECT_EQ(chunk.stream_position, position);
    EXPECT_EQ(chunk.block, number / 2);
    for (const std::uint64_t at : {position, position + chunk.length - 1}) {
      EXPECT_EQ(chunks.at_stream_position(at).value().number, number);
      EXPECT_EQ(chunks.locate(at).value().block.row.position, chunks.block(number / 2).value().row.position);
    }
    position += chunk.length;
  }
  EXPECT_EQ(chunks.chunk(kFiles).error().code, Errc::corrupt);
  EXPECT_EQ(chunks.block(kFiles / 2).error().code, Errc::corrupt);
  EXPECT_EQ(chunks.at_stream_position(position).error().code, Errc::corrupt);
}

TEST(BlockLoader, LoadsPrefixesAndChecksBodiesItIsGiven) {
  const Bytes bytes = package({});
  const auto reader = PackageReader::open(memory_source(ByteView(bytes))).value();
  const auto& impl = reader.impl();
  const auto block = impl.chunks().block(2).value();
  const Bytes whole = impl.blocks().load(2).value();
  EXPECT_EQ(whole.size(), 209U);
  EXPECT_EQ(impl.blocks().load(block, 7).value(), Bytes(7, 'e'));
  reader::Frame frame;
  ASSERT_TRUE(impl.frames().read_frame(block.row.position, frame));
  Bytes out(whole.size());
  ASSERT_TRUE(impl.blocks().open_into(block, frame.body, out));
  EXPECT_EQ(out, whole);
  frame.body.back() ^= 1;
  EXPECT_EQ(impl.blocks().open_into(block, frame.body, out).error().code, Errc::corrupt);
  Bytes too_long(whole.size() + 1);
  EXPECT_EQ(impl.blocks().load_into(block, too_long).error().code, Errc::misuse);
}

TEST(HostileTrees, TotalsThatThePagesDoNotBearOut) {
  using format::Totals;
  for (const auto field : {&Totals::files, &Totals::content_bytes, &Totals::chunks, &Totals::blocks,
                           &Totals::unique_bytes, &Totals::stored_bytes}) {
    for (const std::uint64_t by : {std::uint64_t{1}, UINT64_MAX}) {
      EXPECT_EQ(code_of([&](PackageBuilder& builder) {
                  builder.edit_commit = [&](format::Commit& commit) { commit.placement.totals.*field += by; };
                }),
                Errc::corrupt);
    }
  }
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_commit = [](format::Commit& commit) { ++commit.placement.totals.entries; };
            }),
            Errc::corrupt);
}

TEST(HostileTrees, ChunkNodesThatMisstateTheirChildren) {
  using format::ChunkChild;
  for (const auto field : {&ChunkChild::first_chunk, &ChunkChild::first_block, &ChunkChild::first_byte}) {
    for (std::size_t child = 0; child < 2; ++child) {
      EXPECT_EQ(code_of([&](PackageBuilder& builder) {
                  builder.edit_chunk_node = [&](format::ChunkNode& node) {
                    if (node.height == 1) node.children[child].*field += 1;
                  };
                }),
                Errc::corrupt)
          << child;
    }
  }
}

TEST(HostileTrees, NodesThatLeadToTheWrongPlace) {
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_chunk_node = [](format::ChunkNode& node) {
                node.children[1].position = node.children[0].position;
              };
            }),
            Errc::corrupt);
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_chunk_node = [](format::ChunkNode& node) { node.children.back().position = 1ULL << 40; };
            }),
            Errc::corrupt);
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_catalog_node = [](std::vector<format::CatalogChild>& children) {
                children[1].position += 64;
              };
            }),
            Errc::corrupt);
}

TEST(HostileTrees, CatalogNodesThatMisstateTheirChildren) {
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_catalog_node = [](std::vector<format::CatalogChild>& children) {
                ++children[0].entry_count;
              };
            }),
            Errc::corrupt);
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_catalog_node = [](std::vector<format::CatalogChild>& children) {
                children[1].first_path += "x";
              };
            }),
            Errc::corrupt);
}

TEST(HostileTrees, OnePageTwiceInATree) {
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_catalog_node = [](std::vector<format::CatalogChild>& children) {
                const std::string path = children[1].first_path;
                children[1] = children[0];
                children[1].first_path = path;
              };
            }),
            Errc::corrupt);
}

TEST(HostileTrees, AStorageRootOfOtherPages) {
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_commit = [](format::Commit& commit) { commit.statement.storage_root[0] ^= 1; };
            }),
            Errc::corrupt);
}

TEST(HostileTrees, ATrailerOfAnotherCommit) {
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_trailer = [](format::Trailer& trailer) { ++trailer.generation; };
            }),
            Errc::corrupt);
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_trailer = [](format::Trailer& trailer) { trailer.features.compatible = 1; };
            }),
            Errc::corrupt);
}

TEST(HostileTrees, FeaturesThisBuildDoesNotKnow) {
  const auto with = [](std::uint64_t format::FeatureBits::*kind) {
    return code_of([kind](PackageBuilder& builder) {
      builder.edit_commit = [kind](format::Commit& commit) { commit.placement.features.*kind = 4; };
      builder.edit_trailer = [kind](format::Trailer& trailer) { trailer.features.*kind = 4; };
    });
  };
  EXPECT_EQ(with(&format::FeatureBits::compatible), Errc{});
  EXPECT_EQ(with(&format::FeatureBits::read_only_compatible), Errc{});
  EXPECT_EQ(with(&format::FeatureBits::incompatible), Errc::unsupported);
}

TEST(HostileBlocks, InnerHeadersThatContradictTheChunkPage) {
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_chunk_page = [](format::ChunkPage& page) { ++page.blocks[0].raw_length; };
            }),
            Errc::corrupt);
  EXPECT_EQ(code_of([](PackageBuilder& builder) {
              builder.edit_block_header = [](format::InnerHeader& header) { header.base_position = 96; };
            }),
            Errc::corrupt);
}

// Two blocks and a third on the second; what the chunk page says of their bases is up to the caller.
Errc code_with_bases(const std::function<void(format::ChunkPage&)>& spoil, std::size_t base_bytes = 100) {
  PackageBuilder builder("bases");
  builder.edit_chunk_page = spoil;
  BuiltEntry entry;
  entry.path = "file";
  entry.content = Bytes(50, 'z');
  entry.size = 50;
  entry.runs = {{2, 1, 50}};
  builder.block({Bytes(100, 'a')});
  builder.block({Bytes(base_bytes, 'b')});
  builder.block({entry.content}, {.base = 1, .is_dictionary = false, .codec = format::CodecId::zstd});
  builder.commit({entry});
  builder.trailer();
  const auto done = use(builder.bytes());
  return done ? Errc{} : done.error().code;
}

TEST(HostileBlocks, Bases) {
  EXPECT_EQ(code_with_bases({}), Errc{});
  EXPECT_EQ(code_with_bases([](format::ChunkPage& page) { page.blocks[1].base_distance = 1; }),
            Errc::corrupt);  // of a base
  EXPECT_EQ(code_with_bases([](format::ChunkPage& page) { page.blocks[2].base_distance = 2; }),
            Errc::corrupt);  // another
  EXPECT_EQ(code_with_bases([](format::ChunkPage& page) { page.blocks[2].base_distance = 0; }), Errc::corrupt);  // none
  EXPECT_EQ(code_with_bases({}, (512U << 10) + 1), Errc::limit);
}

TEST(HostileEntries, RunsThatDoNotFitTheChunks) {
  const auto code = [](format::Run run) {
    PackageBuilder builder("runs");
    builder.block({Bytes(100, 'a'), Bytes(60, 'b')});
    BuiltEntry entry;
    entry.path = "file";
    entry.size = run.byte_count;
    entry.runs = {run};
    entry.digest = Digest{};
    builder.commit({entry});
    builder.trailer();
    const auto done = use(builder.bytes());
    return done ? Errc{} : done.error().code;
  };
  EXPECT_EQ(code({0, 2, 160}), Errc{});
  EXPECT_EQ(code({0, 2, 161}), Errc::corrupt);
  EXPECT_EQ(code({0, 2, 159}), Errc::corrupt);
  EXPECT_EQ(code({0, 1, 160}), Errc::corrupt);
  EXPECT_EQ(code({1, 2, 160}), Errc::corrupt);
  EXPECT_EQ(code({7, 1, 60}), Errc::corrupt);
  EXPECT_EQ(code({UINT64_MAX - 1, 1, 60}), Errc::corrupt);
}

}  // namespace
}  // namespace npk
