// Packages with parity as all other verbs meet them: read from a file and a pipe, appended to, signed, given keys,
// sealed anew; and generations that are protected on their own.
#include "npk/ops/keys.h"
#include "npk/ops/rekey.h"
#include "parity_support.h"

namespace npk::testing {
namespace {

std::string by_pipe(ByteView package, const Identities& keys) {
  FrameParser parser({}, keys);
  FrameEvent event;
  std::uint64_t parity = 0;
  for (std::size_t at = 0; at < package.size(); at += 1000) {
    const auto fed = parser.feed(package.subspan(at, std::min<std::size_t>(1000, package.size() - at)));
    if (!fed) return failed(fed.error());
    for (;;) {
      const auto more = parser.next(event);
      if (!more) return failed(more.error());
      if (!*more) break;
      if (event.kind == FrameEvent::Kind::body && event.header.type == format::FrameType::parity) ++parity;
    }
  }
  const auto ended = parser.finish();
  return !ended ? failed(ended.error()) : std::to_string(parity) + " parity frames";
}

class Generations : public ::testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] Recipients to() const { return GetParam() ? recipients(recipient()) : nullptr; }
  const Identities keys_ = GetParam() ? identities(identity()) : nullptr;
  ProtectedPackage package_{60'000, 10, to(), keys_};
  const RepairShop shop_;
};
INSTANTIATE_TEST_SUITE_P(Parity, Generations, ::testing::Bool(), [](const auto& kind) { return kind.param ? "sealed" : "clear"; });

TEST_P(Generations, ReadFromFileAndPipe) {
  EXPECT_EQ(package_.in_package(), package_.on_disk());
  EXPECT_EQ(by_pipe(package_.bytes(), keys_), std::to_string(layout_of(package_.bytes()).frames()) + " parity frames");
}

TEST_P(Generations, AppendedToWithParity) {
  const Bytes first = package_.bytes();
  package_.write("c", text_of(DataKind::random, 30'000, 3));
  ops::AppendOptions append = package_.append_options();
  append.create.recovery_percent = 10;
  const ops::AppendReport report = AppendedPackage::run(append);
  const Bytes both = package_.bytes();
  EXPECT_NE(report.parity_bytes, 0U);
  EXPECT_EQ(report.added_bytes, both.size() - first.size());
  EXPECT_EQ(report.write.package_bytes, both.size());
  EXPECT_EQ(layout_of(both).begin, first.size());
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(shop_.mended(zeroed(zeroed(both, 50, 3000), first.size() + 100, 2000), both), "as it was");
  append.create.recovery_percent = 91;
  package_.expect_refused(append, Errc::misuse, "percent");
}

TEST_P(Generations, AppendedToAndProtectedAgain) {
  const Bytes first = package_.bytes();
  package_.write("c", text_of(DataKind::random, 30'000, 3));
  package_.append();
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(package_.in_package(), package_.on_disk());
  const Bytes appended = package_.bytes();
  EXPECT_TRUE(std::ranges::equal(ByteView(appended).first(first.size()), first));
  // What is protected is mended, what is not is as it was.
  EXPECT_EQ(shop_.mended(inverted(appended, 100, 2000), appended), "as it was");
  EXPECT_EQ(shop_.mended(without(appended, 10'000, 512), appended), "as it was");
  EXPECT_EQ(shop_.mended(inverted(appended, first.size() + 5000, 3), appended), "lost " + std::to_string(appended.size() - first.size()) + " bytes");

  package_.protect(10);
  const Bytes both = package_.bytes();
  EXPECT_EQ(layout_of(both).begin, first.size());
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(shop_.mended(zeroed(zeroed(both, 50, 3000), first.size() + 100, 2000), both), "as it was");
  EXPECT_EQ(shop_.mended(without(both, first.size() - 700, 1400), both), "as it was") << "across both";
  EXPECT_EQ(shop_.mended(without(without(both, first.size() + 9000, 1000), 20'000, 999), both), "as it was");
  EXPECT_EQ(package_.protect(10).protected_bytes, 0U) << "nothing is left to protect";
  EXPECT_TRUE(package_.bytes() == both);
  package_.write("d", "more");
  package_.append();
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(package_.verified(1), "sound");
}

TEST_P(Generations, SignedAfterwards) {
  ASSERT_TRUE(ops::sign_package(package_.path(), first_signer(), {.identities = keys_}));
  EXPECT_EQ(package_.verified(), "sound");
  const Bytes signed_package = package_.bytes();
  EXPECT_EQ(open_expecting(signed_package, {.signers = {first_key()}}, keys_), "sound");
  EXPECT_EQ(shop_.mended(inverted(signed_package, 30'000, 1000), signed_package), "as it was");
  package_.protect(50);
  const Bytes all = package_.bytes();
  EXPECT_EQ(shop_.mended(zeroed(all, signed_package.size() - 200, 200), all), "as it was") << "the signature's trailer";
  EXPECT_EQ(open_expecting(all, {.signers = {first_key()}}, keys_), "sound");
}

TEST_P(Generations, TornBehindTheParity) {
  const Bytes whole = package_.bytes();
  package_.write("c", text_of(DataKind::random, 20'000, 3));
  package_.append();
  const Bytes appended = package_.bytes();
  package_.put_back(ByteView(appended).first(whole.size() + 9000));
  package_.append();
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(package_.in_package(), package_.on_disk());
}

// Killed while it writes parity: the next writer cuts that off.
TEST_P(Generations, TornWithinTheParity) {
  const Bytes whole = package_.bytes();
  const format::ParityLayout layout = layout_of(whole);
  package_.put_back(ByteView(whole).first(static_cast<std::size_t>(layout.frame_position(0, 1)) + 100));
  const auto opened = PackageReader::open_file(package_.path(), {.identities = keys_});
  ASSERT_TRUE(opened) << opened.error().to_string();
  EXPECT_TRUE(opened->info().recovered);
  EXPECT_EQ(AppendedPackage::state_of(*opened), package_.on_disk());
  package_.write("c", "new");
  package_.append();
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_P(Generations, EveryDamageIsSeenByVerify) {
  const Bytes whole = package_.bytes();
  const format::ParityLayout layout = layout_of(whole);
  for (std::uint64_t at = layout.end; at < whole.size(); at += 997) {
    package_.put_back(inverted(whole, at, 1));
    EXPECT_NE(package_.verified(), "sound") << at;
  }
}

TEST(SealedParity, NeedsNoKey) {
  ProtectedPackage package(20'000, 10, recipients(recipient()), identities(identity()));
  const Bytes bytes = package.bytes();
  EXPECT_EQ(RepairShop().mended(inverted(bytes, 4000, 1500), bytes), "as it was");
}

TEST(SealedParity, KeyAddedAndSealedAnew) {
  ProtectedPackage package(20'000, 10, recipients(recipient()), identities(identity()));
  const auto added = ops::add_recipients(package.path(), list(passphrase_recipient("another")), {.identities = package.keys()});
  ASSERT_TRUE(added) << added.error().to_string();
  EXPECT_EQ(package.verified(), "sound");
  package.protect(20);
  const Bytes both = package.bytes();
  EXPECT_EQ(heads_of(both).back().layout.begin, heads_of(both).front().layout.protected_end);
  EXPECT_EQ(package.verified(), "sound");
  EXPECT_EQ(RepairShop().mended(zeroed(both, both.size() - 300, 300), both), "as it was");
}

}  // namespace
}  // namespace npk::testing
