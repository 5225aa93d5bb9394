// Frames of a type that this build does not know, in a sealed package: readers that walk skip them, sealed or not to be
// opened, unless they must be understood.
#include "sealed_support.h"

namespace npk::testing {
namespace {

using format::FrameType;
using format::kFrameCarriesSalt;
using format::kFrameMustUnderstand;
using format::kFrameSealed;

class UnknownFrames : public ::testing::Test {
 protected:
  static TestTree sample() {
    TestTree tree;
    for (unsigned i = 0; i < 4; ++i) tree.add(file_entry("f" + std::to_string(i), make_data(DataKind::random, 64U << 10, i)));
    return tree;
  }
  static Bytes packed(const TestTree& tree) {
    WriterOptions options = sealed_options();
    options.block_bytes = 64U << 10;
    return pack(tree, options).bytes;
  }

  // Its body is not one that any key of the package opens.
  static PackageFrame unknown(std::uint8_t flags = kFrameSealed, std::size_t bytes = 1000) {
    PackageFrame frame;
    frame.header.type = static_cast<FrameType>(200);
    frame.header.flags = flags;
    frame.header.key_epoch = frame.header.writer_salt_id = (flags & kFrameSealed) != 0 ? 7 : 0;
    frame.body = make_data(DataKind::random, bytes, 5);
    return frame;
  }
  [[nodiscard]] PackageFrames with(PackageFrame frame, std::size_t index) const {
    PackageFrames package = frames_of(bytes_);
    package.frames.insert(package.frames.begin() + static_cast<std::ptrdiff_t>(index), std::move(frame));
    return package;
  }
  // Where nothing has to move for it: references are sealed, so no one can mend them.
  [[nodiscard]] PackageFrames before_the_trailer(PackageFrame frame) const { return with(std::move(frame), frames_of(bytes_).frames.size() - 1); }

  void expect_recovered(ByteView package) const {
    const auto reader = open_sealed(package, keys_);
    ASSERT_TRUE(reader) << reader.error().to_string();
    EXPECT_TRUE(reader->info().recovered);
    for (const TestEntry& entry : tree_.entries()) EXPECT_TRUE(read_all(*reader, entry.path).value() == entry.content) << entry.path;
  }

  const TestTree tree_ = sample();
  const Identities keys_ = identities(identity());
  const Bytes bytes_ = packed(tree_);
};

TEST_F(UnknownFrames, SealedOnesAreSkippedByAll) {
  for (const std::uint8_t flags : {kFrameSealed, static_cast<std::uint8_t>(kFrameSealed | kFrameCarriesSalt)}) {
    for (const std::size_t bytes : {0U, 15U, 1000U, 300'000U}) {
      SCOPED_TRACE("flags " + std::to_string(flags) + ", bytes " + std::to_string(bytes));
      const Bytes package = forge(before_the_trailer(unknown(flags, bytes)));
      EXPECT_EQ(by_reader(package, keys_, tree_.entries()), "sound");
      EXPECT_EQ(by_verify(package, keys_), "sound");
      EXPECT_EQ(by_pipe(package, keys_, tree_.entries()), "sound");
      EXPECT_EQ(by_parser(package, keys_), "sound");
      EXPECT_EQ(by_parser(package, keys_, BlockBodies::as_stored), "sound");
    }
  }
}

TEST_F(UnknownFrames, AreSkippedWhereverTheyLieBehindTheEnvelopes) {
  const std::size_t count = frames_of(bytes_).frames.size();
  ASSERT_GT(count, 8U);
  for (std::size_t index = 1; index < count; ++index) EXPECT_EQ(by_parser(forge(with(unknown(), index)), keys_), "sound") << index;
}

// What is handed out of such a frame is what is stored.
TEST_F(UnknownFrames, TheParserGivesThemAsTheyAreStored) {
  const PackageFrame frame = unknown();
  const Bytes package = forge(before_the_trailer(frame));
  FrameParser parser({}, keys_);
  ASSERT_TRUE(parser.feed(package));
  FrameEvent event;
  int met = 0;
  while (parser.next(event).value()) {
    if (event.kind != FrameEvent::Kind::body || event.header.type != frame.header.type) continue;
    EXPECT_EQ(event.body, frame.body);
    ++met;
  }
  EXPECT_EQ(met, 1);
}

TEST_F(UnknownFrames, RecoveryGoesPastThem) {
  PackageFrames package = before_the_trailer(unknown());
  package.frames.pop_back();
  expect_recovered(forge(package));  // by the commit
  package = frames_of(bytes_);
  package.frames.resize(package.index_of(FrameType::commit));
  package.frames.push_back(unknown());
  expect_recovered(forge(package));  // by the manifests
}

TEST_F(UnknownFrames, ThatMustBeUnderstoodAreUnsupported) {
  for (const std::uint8_t flags : {kFrameMustUnderstand, static_cast<std::uint8_t>(kFrameSealed | kFrameMustUnderstand)}) {
    const Bytes package = forge(before_the_trailer(unknown(flags)));
    EXPECT_EQ(by_parser(package, keys_), "fails: unsupported");
    EXPECT_EQ(by_pipe(package, keys_, tree_.entries()), "fails: unsupported");
    EXPECT_TRUE(by_verify(package, keys_).contains("unsupported")) << by_verify(package, keys_);
    EXPECT_EQ(by_reader(package, keys_, tree_.entries()), "sound") << "it follows references, and meets none";
  }
}

// Types that are not known may not be clear: nobody without a key adds what a later reader might believe.
TEST_F(UnknownFrames, ThatAreClearAreRefused) {
  const Bytes package = forge(before_the_trailer(unknown(0)));
  EXPECT_EQ(by_parser(package, keys_), "fails: auth_failed");
  EXPECT_EQ(by_pipe(package, keys_, tree_.entries()), "fails: auth_failed");
  EXPECT_TRUE(by_verify(package, keys_).contains("auth_failed")) << by_verify(package, keys_);
  PackageFrame no_epoch = unknown();
  no_epoch.header.key_epoch = 0;
  EXPECT_EQ(by_parser(forge(before_the_trailer(no_epoch)), keys_), "fails: auth_failed");
}

}  // namespace
}  // namespace npk::testing
