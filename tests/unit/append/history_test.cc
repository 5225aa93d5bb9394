// Older generations stay readable, signed ones verifiable; keys and sessions of all of them are found.
#include "npk/ops/keys.h"
#include "npk/ops/rekey.h"

#include "append_support.h"

namespace npk::testing {
namespace {

class History : public ::testing::Test {
 protected:
  static void grow(AppendedPackage& package, int generations) {
    package.write("f0", text_of(DataKind::random, 90'000, 0));
    package.pack();
    for (int i = 1; i < generations; ++i) {
      package.write("f" + std::to_string(i), text_of(DataKind::random, 90'000, static_cast<std::uint64_t>(i)));
      package.append();
    }
  }
};

TEST_F(History, NamesEveryGenerationNewestFirst) {
  AppendedPackage package;
  grow(package, 4);
  const auto history = package.open().value().history().value();
  ASSERT_EQ(history.size(), 4U);
  for (std::size_t i = 0; i < history.size(); ++i) {
    EXPECT_EQ(history[i].statement.generation, 4 - i);
    EXPECT_EQ(history[i].totals.files, 4 - i);
    EXPECT_EQ(history[i].statement.time_seconds, AppendedPackage::kFirstTime + 10 * (3 - static_cast<std::int64_t>(i)));
    EXPECT_EQ(package.open(4 - i).value().info().statement_hash, history[i].statement_hash);
    EXPECT_EQ(history[i].statement.lineage_id, history[3].statement.lineage_id);
    EXPECT_EQ(history[i].statement.previous_statement, i + 1 < history.size() ? history[i + 1].statement_hash : Digest());
  }
  EXPECT_EQ(package.open(2).value().history().value().size(), 2U);
  for (const std::uint64_t none : {5U, 99U}) EXPECT_EQ(package.open(none).error().code, Errc::misuse);
}

TEST_F(History, ReadersOfAnOlderGenerationGoOn) {
  AppendedPackage package;
  grow(package, 2);
  const PackageReader reader = package.open().value();
  const State before = AppendedPackage::state_of(reader);
  package.remove("f0");
  package.append();
  EXPECT_TRUE(AppendedPackage::state_of(reader) == before);
}

// Each generation of a sealed package is a session of its own; a reader of the newest finds the others' heads.
TEST_F(History, SessionsOfAllGenerationsAreFound) {
  AppendedPackage package(recipients(recipient()), identities(identity()));
  grow(package, 5);
  std::set<std::uint32_t> salts;
  for (const PackageFrame& frame : frames_of(package.bytes()).frames)
    if ((frame.header.flags & format::kFrameSealed) != 0) salts.insert(frame.header.writer_salt_id);
  EXPECT_EQ(salts, (std::set<std::uint32_t>{1, 2, 3, 4, 5}));
  for (int i = 0; i < 5; ++i) {
    const PackageReader fresh = package.open().value();
    EXPECT_EQ(as_text(read_all(fresh, "t/f" + std::to_string(i)).value()), text_of(DataKind::random, 90'000, static_cast<std::uint64_t>(i)));
  }
}

TEST_F(History, ARemovedRecipientReadsNoLaterGeneration) {
  AppendedPackage package(recipients(recipient(), ssh_identity().recipient().value()), identities(identity()));
  grow(package, 2);
  const auto removed = ops::remove_recipients(package.path(), {.recipients = {ssh_identity().recipient().value().text()}}, {.identities = package.keys()});
  ASSERT_TRUE(removed) << removed.error().to_string();
  package.write("secret", "later");
  package.append();
  EXPECT_EQ(by_reader(package.bytes(), identities(ssh_identity()), {}), "fails: no_key");
  EXPECT_TRUE(package.in_package() == package.on_disk());
  std::set<std::uint32_t> epochs;
  for (const PackageFrame& frame : frames_of(package.bytes()).frames) epochs.insert(frame.header.key_epoch);
  EXPECT_EQ(epochs, (std::set<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(package.verified(), "sound");
}

TEST_F(History, ASignedGenerationIsAddedToOnlyIfThatIsWanted) {
  AppendedPackage package;
  grow(package, 2);
  ASSERT_TRUE(ops::sign_package(package.path(), first_signer()));
  package.write("new", "n");
  package.expect_refused(package.append_options(), Errc::misuse, "generation 2 is signed");
  ops::AppendOptions wanted = package.append_options();
  wanted.append_to_signed = true;
  AppendedPackage::run(wanted);
  const ExpectedState expected{.signers = {first_key()}};
  const auto newest = PackageReader::open_file(package.path(), {.expected = expected});
  ASSERT_FALSE(newest);
  EXPECT_EQ(newest.error().code, Errc::auth_failed);
  EXPECT_NE(newest.error().message.find("generation 2"), std::string::npos) << newest.error().message;
  EXPECT_TRUE(PackageReader::open_file(package.path(), {.generation = 2, .expected = expected}));
  EXPECT_EQ(PackageReader::open_file(package.path(), {.generation = 1, .expected = expected}).error().code, Errc::auth_failed);
  ASSERT_FALSE(package.append().generation != 3);  // the newest is not signed: nothing to refuse
}

TEST_F(History, TheNewestNotAfterATimeIsFound) {
  AppendedPackage package;
  grow(package, 4);
  const auto generation_at = [&](std::int64_t after_first) {
    const auto reader = PackageReader::open_file(package.path(), {.not_after = AppendedPackage::kFirstTime + after_first});
    return reader ? reader->info().commit.statement.generation : 0;
  };
  EXPECT_EQ(generation_at(-1), 0U);
  EXPECT_EQ(generation_at(0), 1U);
  EXPECT_EQ(generation_at(9), 1U);
  EXPECT_EQ(generation_at(10), 2U);
  EXPECT_EQ(generation_at(29), 3U);
  EXPECT_EQ(generation_at(1'000'000), 4U);
}

TEST_F(History, AnOlderGenerationBecomesTheNewestAgain) {
  for (const bool sealed : {false, true}) {
    AppendedPackage package = sealed ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
    grow(package, 3);
    const State second = package.in_package(2);
    ops::AppendOptions revert = package.append_options();
    revert.create.inputs = {};
    revert.revert_to = 2;
    const ops::AppendReport report = AppendedPackage::run(revert);
    EXPECT_EQ(report.generation, 4U);
    EXPECT_EQ(report.write.input_bytes, 0U);
    EXPECT_LT(report.added_bytes, 3000U);
    EXPECT_TRUE(package.in_package() == second);
    EXPECT_EQ(package.open().value().info().commit.statement.content_root, package.open(2).value().info().commit.statement.content_root);
    EXPECT_EQ(package.verified(), "sound");
    EXPECT_EQ(package.in_package(3).size(), second.size() + 1);
    revert.revert_to = 9;
    package.expect_refused(revert, Errc::misuse, "no generation 9");
  }
}

TEST_F(History, RekeyTakesAllGenerationsAlong) {
  AppendedPackage package(recipients(recipient()), identities(identity()));
  grow(package, 4);
  ASSERT_TRUE(ops::sign_package(package.path(), first_signer(), {.identities = package.keys()}));
  std::vector<State> states;
  for (std::uint64_t generation = 1; generation <= 4; ++generation) states.push_back(package.in_package(generation));
  const auto report = ops::rekey(package.path(), {.identities = package.keys()});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->generations, 4U);
  EXPECT_EQ(report->kept_signatures, 1U);
  for (std::uint64_t generation = 1; generation <= 4; ++generation) {
    EXPECT_TRUE(package.in_package(generation) == states[generation - 1]) << generation;
    EXPECT_EQ(package.verified(generation), "sound");
  }
  package.write("after", "rekey");
  package.append();
  EXPECT_TRUE(package.in_package() == package.on_disk());
  EXPECT_EQ(package.open().value().history().value().size(), 5U);
}

}  // namespace
}  // namespace npk::testing
