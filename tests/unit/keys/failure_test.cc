// Changes that can't be made, or are cut off: what was there stays.
#include <sys/resource.h>

#include <csignal>

#include "io/appended_file.h"
#include "keys_support.h"

namespace npk::testing {
namespace {

class Failure : public KeysTest {
 protected:
  void SetUp() override { make(recipients(alice_.recipient(), bob_.recipient())); }

  static void limit_file_size(std::uint64_t bytes) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
};

TEST_F(Failure, AWriteThatFailsAnywhereLeavesThePackage) {
  const std::size_t before = bytes().size();
  ASSERT_NE(std::signal(SIGXFSZ, SIG_IGN), SIG_ERR);
  std::size_t failures = 0;
  for (std::size_t room = 0; room < 2000; room += 37) {
    limit_file_size(before + room);
    const auto report = add(keys(alice_), carol_);
    limit_file_size(RLIM_INFINITY);
    if (report) break;
    ++failures;
    ASSERT_EQ(code_of(report), "io");
    ASSERT_EQ(bytes().size(), before);
  }
  EXPECT_GE(failures, 10U);
  EXPECT_EQ(read_by(carol_), "sound");
}

// A killed writer takes nothing back, but what was there is there: an older trailer ends it.
TEST_F(Failure, AWriterThatIsKilledAnywhereLeavesTheOldState) {
  const Bytes before = bytes();
  std::size_t kills = 0;
  for (std::size_t room = 1; room < 2000; room += 111) {
    write_file(path_, as_text(before));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      std::signal(SIGXFSZ, SIG_DFL);
      const rlimit none{0, 0};
      ::setrlimit(RLIMIT_CORE, &none);
      limit_file_size(before.size() + room);
      ::_exit(ops::remove_recipients(path_, {.recipients = {bob_.text()}}, keys(alice_)) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      break;
    }
    ++kills;
    const Bytes after = bytes();
    ASSERT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
    const auto reader = open_sealed(after, identities(alice_.identity()));
    ASSERT_EQ(why(reader), "");
    EXPECT_FALSE(reader->info().warnings.empty());
    EXPECT_TRUE(read_all(*reader, "f").value() == tree_.entries()[0].content);
  }
  EXPECT_GE(kills, 5U);
  EXPECT_EQ(read_by(alice_), "sound");
  EXPECT_EQ(read_by(bob_), "fails: no_key");
}

TEST_F(Failure, AnotherWriterHoldsTheLock) {
  const auto other = io::AppendedFile::open(path_).value();
  EXPECT_EQ(code_of(add(keys(alice_), carol_)), "io");
  EXPECT_EQ(code_of(remove(keys(alice_), bob_)), "io");
  EXPECT_EQ(code_of(import(keys(alice_), ops::export_envelope(path_, 1).value())), "io");
  EXPECT_EQ(envelopes(keys(alice_)).size(), 1U) << "readers need not wait";
}

TEST_F(Failure, OnlyRegularFilesAreChanged) {
  const std::string pipe = scratch_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto to = list(bob_.recipient());
  EXPECT_EQ(code_of(ops::add_recipients(pipe, to, keys(alice_))), "unsupported");
}

}  // namespace
}  // namespace npk::testing
