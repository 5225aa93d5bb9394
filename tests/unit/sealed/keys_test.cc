// Without the right key nothing opens, and the error says which of the reasons it is.
#include "sealed_support.h"

namespace npk::testing {
namespace {

class WrongKeys : public ::testing::Test {
 protected:
  static void expect_from_all(ByteView package, const Identities& keys, const std::string& what) {
    EXPECT_EQ(by_reader(package, keys, {}), what);
    EXPECT_EQ(by_verify(package, keys), what);
    EXPECT_EQ(by_verify(package, keys, true), what);
    EXPECT_EQ(by_pipe(package, keys, {}), what);
    EXPECT_EQ(by_parser(package, keys), what);
    EXPECT_EQ(by_parser(package, keys, BlockBodies::as_stored), what);
    EXPECT_EQ(by_decoder(package, keys, {}), what);
  }

  const TestTree tree_{std::vector<TestEntry>{file_entry("secret name", make_data(DataKind::text, 5000, 1))}};
  const Bytes sealed_ = pack(tree_, sealed_options()).bytes;
  const Bytes clear_ = pack(tree_, sealed_options(nullptr)).bytes;
};

TEST_F(WrongKeys, NoneIsNoKey) {
  expect_from_all(sealed_, nullptr, "fails: no_key");
  expect_from_all(sealed_, std::make_shared<const std::vector<Identity>>(), "fails: no_key");
}

TEST_F(WrongKeys, AnotherIsNoKey) {
  expect_from_all(sealed_, identities(generate_identity().value().identity), "fails: no_key");
  expect_from_all(sealed_, identities(ssh_identity()), "fails: no_key");
  expect_from_all(sealed_, identities(passphrase_identity("no")), "fails: no_key");
}

TEST_F(WrongKeys, AKeyForWhatIsNotSealedIsRefused) {
  expect_from_all(clear_, identities(identity()), "fails: auth_failed");
  EXPECT_EQ(by_reader(clear_, nullptr, tree_.entries()), "sound");
}

TEST_F(WrongKeys, NoRecipientsIsNotSealed) {
  WriterOptions options = sealed_options(std::make_shared<const std::vector<Recipient>>());
  EXPECT_FALSE(frames_of(pack(tree_, options).bytes).superblock.sealed);
}

TEST_F(WrongKeys, NeitherNamesNorContentShow) {
  const std::string_view text = as_text(sealed_);
  EXPECT_EQ(text.find("secret name"), std::string_view::npos);
  const std::string_view content = as_text(tree_.entries()[0].content);
  for (std::size_t at = 0; at + 12 < content.size(); at += 12) EXPECT_EQ(text.find(content.substr(at, 12)), std::string_view::npos);
}

TEST_F(WrongKeys, OptionsThatMakeNoSenseAreMisuse) {
  WriterOptions options = sealed_options();
  options.cipher = format::Cipher::none;
  const auto packed = try_pack(tree_, options);
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk::testing
