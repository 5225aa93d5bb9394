// What is sealed comes out as it went in: every shape, preset, cipher and kind of key, from a file and from a pipe.
#include <functional>

#include "crypto/sealing.h"
#include "npk/ops/encode.h"
#include "sealed_support.h"
#include "unit/writer/read_back.h"

namespace npk::testing {
namespace {

using format::Cipher;

struct Shape {
  const char* name;
  std::function<std::vector<TestEntry>()> entries;
};

std::vector<TestEntry> entries_of_many_blocks() {
  std::vector<TestEntry> entries;
  for (int i = 0; i < 24; ++i) {
    const auto kind = kAllDataKinds[static_cast<std::size_t>(i) % std::size(kAllDataKinds)];
    entries.push_back(file_entry("d" + std::to_string(i % 5) + "/f" + std::to_string(i),
                                 make_data(kind, 40'000U + 9'000U * static_cast<unsigned>(i), static_cast<unsigned>(i))));
  }
  return entries;
}

std::vector<TestEntry> holes_and_links() {
  Bytes sparse(900'000);
  const Bytes text = make_data(DataKind::text, 70'000, 9);
  std::ranges::copy(text, sparse.begin() + 400'000);
  std::vector<TestEntry> entries = {file_entry("sparse", sparse), file_entry("one", text), file_entry("two", text)};
  entries[0].holes = {{0, 400'000}, {470'000, 430'000}};
  entries[1].link_group = entries[2].link_group = 1;
  entries.push_back({.path = "directory", .kind = format::EntryKind::directory, .mode = 0755});
  entries.push_back({.path = "link", .kind = format::EntryKind::symlink, .target = "one"});
  return entries;
}

const Shape kShapes[] = {
    {"Nothing", [] { return std::vector<TestEntry>(); }},
    {"EmptyFiles", [] { return std::vector<TestEntry>{file_entry("a", {}), file_entry("b/c", {})}; }},
    {"OneByte", [] { return std::vector<TestEntry>{file_entry("a", {42})}; }},
    {"ManyBlocks", entries_of_many_blocks},
    {"Incompressible", [] { return std::vector<TestEntry>{file_entry("r", make_data(DataKind::random, 1'500'000, 3))}; }},
    {"SegmentEdges",
     [] {
       std::vector<TestEntry> entries;
       for (const std::size_t size : {65'511U, 65'512U, 65'513U, 65'535U, 65'536U, 65'537U, 131'072U})
         entries.push_back(file_entry("s" + std::to_string(size), make_data(DataKind::random, size, size)));
       return entries;
     }},
    {"HolesAndLinks", holes_and_links},
};

void expect_ranges(const PackageReader& reader, const TestEntry& entry) {
  FileStream stream = reader.open_stream(reader.find(entry.path).value().value()).value();
  Bytes chunks;
  for (StreamChunk chunk = stream.read_chunk().value(); !chunk.empty(); chunk = stream.read_chunk().value())
    chunks.insert(chunks.end(), chunk.bytes().begin(), chunk.bytes().end());
  EXPECT_TRUE(chunks == entry.content) << entry.path;
  Bytes part(1000);
  const std::size_t offset = entry.content.size() / 3;
  const std::size_t count = stream.read_at(offset, part).value();
  ASSERT_EQ(count, std::min<std::size_t>(part.size(), entry.content.size() - offset));
  EXPECT_TRUE(std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count), entry.content.begin() + static_cast<std::ptrdiff_t>(offset)));
}

void expect_many(const PackageReader& reader, const std::vector<TestEntry>& entries) {
  std::vector<Bytes> rooms;
  std::vector<ReadRequest> requests;
  std::vector<const TestEntry*> files;
  for (const TestEntry& entry : entries)
    if (entry.kind == format::EntryKind::regular) files.push_back(&entry);
  rooms.reserve(files.size());
  for (const TestEntry* entry : files) {
    rooms.emplace_back(entry->content.size());
    requests.push_back({std::string_view(entry->path), 0, rooms.back()});
  }
  const auto results = reader.read_many(requests, {.threads = 3});
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_TRUE(results[i]) << results[i].error().to_string();
    EXPECT_TRUE(rooms[i] == files[i]->content) << files[i]->path;
  }
}

void expect_extracted(ByteView package, Way way, const Identities& keys, unsigned threads, const std::vector<TestEntry>& entries) {
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, way, scratch / "out", {.threads = threads, .spool_directory = scratch.path(), .identities = keys});
  ASSERT_TRUE(extracted.is_clean()) << extracted.text();
  for (const TestEntry& entry : entries) {
    if (entry.kind != format::EntryKind::regular) continue;
    EXPECT_TRUE(read_file(scratch / ("out/" + entry.path)) == as_text(entry.content)) << entry.path;
  }
}

void expect_all(ByteView package, const Identities& keys, const std::vector<TestEntry>& entries, unsigned threads) {
  const auto reader = open_sealed(package, keys);
  ASSERT_TRUE(reader) << reader.error().to_string();
  EXPECT_TRUE(reader->info().superblock.sealed);
  EXPECT_EQ(reader->entry_count(), entries.size());
  for (const TestEntry& entry : entries) {
    writer::expect_entry(*reader, entry);
    if (entry.kind == format::EntryKind::regular) expect_ranges(*reader, entry);
  }
  expect_many(*reader, entries);
  EXPECT_EQ(by_verify(package, keys), "sound");
  EXPECT_EQ(by_verify(package, keys, true), "sound");
  EXPECT_EQ(by_parser(package, keys), "sound");
  EXPECT_EQ(by_parser(package, keys, BlockBodies::as_stored), "sound");
  expect_extracted(package, Way::file, keys, threads, entries);
  expect_extracted(package, Way::pipe, keys, threads, entries);
}

class SealedShapes : public ::testing::TestWithParam<Shape> {};

TEST_P(SealedShapes, ComeBack) {
  const TestTree tree(GetParam().entries());
  WriterOptions options = sealed_options();
  options.block_bytes = 64U << 10;
  options.chunk_bytes = 4U << 10;
  for (const unsigned threads : {1U, 4U}) {
    options.threads = threads;
    const Packed packed = pack(tree, options);
    EXPECT_TRUE(packed.problems.empty());
    expect_all(packed.bytes, identities(identity()), tree.entries(), threads);
  }
}

TEST_P(SealedShapes, ComeBackWithTheOtherCipher) {
  if (!crypto::check_cipher(Cipher::aes_256_gcm)) GTEST_SKIP() << "this processor has no AES instructions";
  const TestTree tree(GetParam().entries());
  WriterOptions options = sealed_options();
  options.cipher = Cipher::aes_256_gcm;
  const Packed packed = pack(tree, options);
  EXPECT_EQ(frames_of(packed.bytes).superblock.cipher, Cipher::aes_256_gcm);
  expect_all(packed.bytes, identities(identity()), tree.entries(), 2);
}

INSTANTIATE_TEST_SUITE_P(, SealedShapes, ::testing::ValuesIn(kShapes), [](const auto& shape) { return shape.param.name; });

TEST(SealedRoundTrip, EveryPresetAndCodec) {
  const TestTree tree({file_entry("text", make_data(DataKind::text, 300'000, 1)), file_entry("mixed", make_data(DataKind::mixed, 250'000, 2))});
  for (const Preset preset : {Preset::fast, Preset::standard, Preset::max}) {
    WriterOptions options = sealed_options();
    options.preset = preset;
    expect_all(pack(tree, options).bytes, identities(identity()), tree.entries(), 3);
  }
  for (const char* codec : {"store", "lz4", "zstd", "lzma2"}) {
    WriterOptions options = sealed_options();
    options.codec = codec;
    EXPECT_EQ(by_reader(pack(tree, options).bytes, identities(identity()), tree.entries()), "sound") << codec;
  }
}

TEST(SealedRoundTrip, SealingCostsNoContentAndDedupStillWorks) {
  const Bytes content = make_data(DataKind::random, 600'000, 5);
  const TestTree tree({file_entry("a", content), file_entry("b", content)});
  const Packed sealed = pack(tree, sealed_options());
  WriterOptions open_options = sealed_options(nullptr);
  const Packed clear = pack(tree, open_options);
  EXPECT_EQ(sealed.report.duplicate_bytes, clear.report.duplicate_bytes);
  EXPECT_EQ(sealed.report.content_root, clear.report.content_root);
  EXPECT_EQ(sealed.report.package_bytes, sealed.bytes.size());
  EXPECT_LT(sealed.bytes.size(), clear.bytes.size() + 4000);
}

class SealedKeys : public ::testing::Test {
 protected:
  const TestTree tree_{std::vector<TestEntry>{file_entry("a", make_data(DataKind::text, 5000, 1))}};
  [[nodiscard]] std::string read(ByteView package, const Identities& keys) const {
    const std::string by_file = by_reader(package, keys, tree_.entries());
    EXPECT_EQ(by_pipe(package, keys, tree_.entries()), by_file);
    EXPECT_EQ(by_decoder(package, keys, tree_.entries()[0].content), by_file);
    EXPECT_EQ(by_parser(package, keys), by_file);
    return by_file;
  }
};

TEST_F(SealedKeys, OfEveryKind) {
  EXPECT_EQ(read(pack(tree_, sealed_options()).bytes, identities(identity())), "sound");
  EXPECT_EQ(read(pack(tree_, sealed_options(recipients(recipient(kSshRecipient)))).bytes, identities(ssh_identity())), "sound");
  const Packed by_passphrase = pack(tree_, sealed_options(recipients(passphrase_recipient("correct horse"))));
  EXPECT_EQ(read(by_passphrase.bytes, identities(passphrase_identity("correct horse"))), "sound");
  EXPECT_EQ(read(by_passphrase.bytes, identities(passphrase_identity("correct horsf"))), "fails: no_key");
}

TEST_F(SealedKeys, ThatAnyOfSeveralRecipientsHas) {
  const auto other = generate_identity().value();
  const Packed packed = pack(tree_, sealed_options(recipients(recipient(), recipient(kSshRecipient), passphrase_recipient("one"),
                                                              other.identity.recipient().value(), passphrase_recipient("two"))));
  EXPECT_EQ(packed.report.package_bytes, packed.bytes.size());
  EXPECT_EQ(read(packed.bytes, identities(identity())), "sound");
  EXPECT_EQ(read(packed.bytes, identities(ssh_identity())), "sound");
  EXPECT_EQ(read(packed.bytes, identities(passphrase_identity("one"))), "sound");
  EXPECT_EQ(read(packed.bytes, identities(identity(as_text(other.text.view())))), "sound");
}

// A reader tries one passphrase envelope, each being costly: the second passphrase of a package does not open it.
TEST_F(SealedKeys, OnlyTheFirstPassphraseIsTried) {
  const Packed packed = pack(tree_, sealed_options(recipients(passphrase_recipient("one"), passphrase_recipient("two"))));
  EXPECT_EQ(read(packed.bytes, identities(passphrase_identity("one"))), "sound");
  EXPECT_EQ(read(packed.bytes, identities(passphrase_identity("two"))), "fails: no_key");
}

TEST_F(SealedKeys, OfWhichOneFits) {
  const Packed packed = pack(tree_, sealed_options());
  EXPECT_EQ(read(packed.bytes, identities(ssh_identity(), generate_identity().value().identity, identity())), "sound");
  EXPECT_EQ(read(packed.bytes, identities(passphrase_identity("no"), identity())), "sound");
}

TEST(SealedRoundTrip, PackageWriterAndEncodeStream) {
  const Bytes content = make_data(DataKind::mixed, 400'000, 8);
  PackageWriter writer(sealed_options());
  ASSERT_TRUE(writer.add({.path = "file", .mode = 0600}, content));
  Bytes package;
  ASSERT_TRUE(writer.finish(*memory_sink(package)));
  EXPECT_EQ(by_decoder(package, identities(identity()), content), "sound");

  MemoryPipe pipe(content);
  Bytes encoded;
  ASSERT_TRUE(ops::encode_stream(pipe, {.path = "entry"}, *memory_sink(encoded), sealed_options()));
  EXPECT_EQ(by_decoder(encoded, identities(identity()), content), "sound");
  EXPECT_EQ(by_verify(encoded, identities(identity())), "sound");
}

}  // namespace
}  // namespace npk::testing
