// Which entry decode_stream takes, and that nothing wrong is committed.
#include "hash/hash.h"
#include "support/fault_io.h"
#include "support/package_builder.h"
#include "support/scratch.h"
#include "unit/stream_codec/streams.h"

namespace npk::testing {
namespace {

struct Decoded {
  Bytes content;
  bool committed = false;
  std::optional<Error> error;
};

Decoded decode(ByteView package, const ops::DecodeOptions& options = {}, std::size_t slice_bytes = 10'000) {
  SlicedSource source(package, slice_bytes);
  TellingSink sink;
  auto report = ops::decode_stream(source, sink, options);
  Decoded decoded{sink.bytes(), sink.committed(), {}};
  if (!report) decoded.error = std::move(report).error();
  EXPECT_EQ(decoded.committed, !decoded.error.has_value());
  return decoded;
}

Errc code_of(const Decoded& decoded) {
  return decoded.error ? decoded.error->code : Errc{};
}

// Holes, chunks shared between files, blocks on bases.
test::PackageShape shape_of(std::uint64_t seed) {
  test::PackageShape shape;
  shape.blocks_per_page = 1 + seed % 3;
  shape.bases = seed % 2 == 0;
  shape.codec = seed % 3 == 0 ? format::CodecId::zstd : format::CodecId::store;
  return shape;
}

TEST(DecodeStream, GivesEveryFileOfAPackage) {
  std::size_t files = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const test::BuiltPackage package = test::make_package(seed, shape_of(seed));
    for (const test::BuiltEntry& entry : package.entries) {
      SCOPED_TRACE(entry.path);
      const Decoded decoded = decode(package.bytes, {.path = entry.path, .threads = static_cast<unsigned>(1 + seed)});
      if (entry.kind != format::EntryKind::regular) {
        EXPECT_EQ(code_of(decoded), Errc::not_found);
        continue;
      }
      ++files;
      ASSERT_FALSE(decoded.error) << decoded.error->to_string();
      EXPECT_TRUE(decoded.content == entry.content);
    }
  }
  EXPECT_GE(files, 80U);
}

TEST(DecodeStream, WithoutAPathTheOnlyFile) {
  const test::BuiltPackage several = test::make_package(1);
  EXPECT_EQ(code_of(decode(several.bytes)), Errc::misuse);
  EXPECT_EQ(code_of(decode(several.bytes, {.path = "nowhere"})), Errc::not_found);
  test::PackageBuilder none("none");
  none.commit({});
  none.trailer();
  EXPECT_EQ(code_of(decode(none.bytes())), Errc::not_found);
}

TEST(DecodeStream, NothingOfACutPackageIsCommitted) {
  const Bytes package = encoded(make_data(DataKind::text, 300'000, 1), {.preset = Preset::fast, .threads = 1});
  for (std::size_t size = 0; size < package.size(); size += size < 300 ? 1 : 211) {
    const Decoded decoded = decode(ByteView(package).first(size), {.threads = 1});
    EXPECT_EQ(code_of(decoded), Errc::truncated) << size;
  }
}

TEST(DecodeStream, NothingOfADamagedPackageIsCommitted) {
  const Bytes package = encoded(make_data(DataKind::text, 200'000, 1), {.preset = Preset::fast, .threads = 1});
  for (std::size_t at = 0; at < package.size(); at += 173) {
    Bytes flipped = package;
    flipped[at] ^= 0x10;
    EXPECT_TRUE(decode(flipped, {.threads = 1}).error) << at;
  }
}

// All stored bytes are what they should be, but the manifest lies.
TEST(DecodeStream, AWrongDigestOrSizeIsCorrupt) {
  const Bytes content = make_data(DataKind::text, 3000, 1);
  const auto package_with = [&](const std::function<void(test::BuiltEntry&)>& edit) {
    test::PackageBuilder builder("wrong");
    builder.block({Bytes(content.begin(), content.begin() + 1000), Bytes(content.begin() + 1000, content.end())});
    builder.chunk_page();
    test::BuiltEntry entry;
    entry.path = "f";
    entry.size = content.size();
    entry.runs = {{.first_chunk = 0, .chunk_count = 2, .byte_count = content.size()}};
    entry.digest = hash::blake3(content);
    edit(entry);
    builder.manifest({entry});
    builder.commit({entry});
    builder.trailer();
    return builder.bytes();
  };
  EXPECT_FALSE(decode(package_with([](test::BuiltEntry&) {})).error);
  EXPECT_EQ(code_of(decode(package_with([](test::BuiltEntry& entry) { (*entry.digest)[3] ^= 1; }))), Errc::corrupt);
  EXPECT_EQ(code_of(decode(package_with([](test::BuiltEntry& entry) {
              entry.size -= 1;
              entry.runs[0].byte_count -= 1;
            }))),
            Errc::corrupt);
  EXPECT_EQ(code_of(decode(package_with([](test::BuiltEntry& entry) { entry.runs[0].first_chunk = 1; }))),
            Errc::corrupt);
}

// Blocks that have gone to the spool file, or no longer fit there.
TEST(DecodeStream, SpoolsWhatMemoryDoesNotHold) {
  const Bytes content = make_data(DataKind::random, 20U << 20, 5);
  const Bytes package = encoded(content, {.preset = Preset::fast, .threads = 2});
  const ScratchDirectory scratch;
  ops::DecodeOptions options{.threads = 2, .memory_bytes = 32U << 20, .spool_directory = scratch / "."};
  const Decoded decoded = decode(package, options, 1U << 20);
  ASSERT_FALSE(decoded.error) << decoded.error->to_string();
  EXPECT_TRUE(decoded.content == content);
  options.spool_bytes = 1U << 20;
  const Decoded lost = decode(package, options, 1U << 20);
  EXPECT_EQ(code_of(lost), Errc::limit);
  EXPECT_NE(lost.error->message.find("spool file"), std::string::npos) << lost.error->message;
  EXPECT_EQ(lost.error->path, "entry");
}

// Refused naming the least that works, which does.
TEST(DecodeStream, MemoryThatIsTooLittleIsRefused) {
  const Bytes content = make_data(DataKind::text, 9U << 20, 5);
  const Bytes package = encoded(content, {.preset = Preset::fast, .threads = 2});
  const Decoded refused = decode(package, {.memory_bytes = 1U << 20});
  ASSERT_EQ(code_of(refused), Errc::limit);
  const std::string& message = refused.error->message;
  const std::uint64_t least = std::stoull(message.substr(message.find("at least") + 9));
  EXPECT_GT(least, 1U << 20);
  EXPECT_EQ(code_of(decode(package, {.memory_bytes = least - 1})), Errc::limit);
  EXPECT_TRUE(decode(package, {.memory_bytes = least}).content == content);
}

// A hole costs a package nothing and would fill the sink.
TEST(DecodeStream, HolesCountAsWhatTheyExpandTo) {
  test::PackageBuilder builder("hole");
  test::BuiltEntry entry;
  entry.path = "hole";
  entry.size = std::uint64_t{1} << 40;
  entry.runs = {{.first_chunk = 0, .chunk_count = 0, .byte_count = entry.size}};
  entry.digest = Digest{};
  builder.manifest({entry});
  builder.commit({entry});
  builder.trailer();
  const Decoded decoded = decode(builder.bytes());
  EXPECT_EQ(code_of(decoded), Errc::limit);
  EXPECT_TRUE(decoded.content.empty());
}

TEST(DecodeStream, StopsWhenAsked) {
  const Bytes package = encoded(make_data(DataKind::text, 100'000, 1), {.preset = Preset::fast, .threads = 1});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(code_of(decode(package, {.stop = stop.get_token()})), Errc::cancelled);
}

TEST(DecodeStream, FailuresOfEitherEndAreTyped) {
  const Bytes package = encoded(make_data(DataKind::text, 300'000, 1), {.preset = Preset::fast, .threads = 1});
  for (std::uint64_t byte = 0; byte < package.size(); byte += 1'777) {
    FaultSequentialSource source(std::make_unique<SlicedSource>(package, 500), FaultPlan{.fail_at_byte = byte});
    TellingSink sink;
    EXPECT_EQ(ops::decode_stream(source, sink).error().code, Errc::io) << byte;
    EXPECT_FALSE(sink.committed());
  }
  SlicedSource source(package);
  FaultSink sink(std::make_unique<TellingSink>(), FaultPlan{.fail_at_byte = 200'000});
  EXPECT_EQ(ops::decode_stream(source, sink).error().code, Errc::io);
}

}  // namespace
}  // namespace npk::testing
