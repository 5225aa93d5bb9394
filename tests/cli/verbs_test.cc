// Verbs with streams of our own: failing output, a terminal, the clock.
#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "cli/test_io.h"
#include "support/scratch.h"

namespace npk::tools {
namespace {

class Verbs : public ::testing::Test {
 protected:
  // A package of two small files, one's name with control characters.
  std::string package() {
    const std::string path = scratch_ / "p.npk";
    const std::string tree = scratch_ / "tree";
    EXPECT_EQ(::system(("mkdir '" + tree + "' && printf hello >'" + tree + "/a' && printf x >\"$(printf '" + tree + "/b\\033c')\"").c_str()), 0);
    TestRun pack;
    EXPECT_EQ(pack({"pack", path, "-C", tree, "."}), 0) << pack.err.text;
    EXPECT_NE(pack.err.text.find("2 entries"), std::string::npos) << pack.err.text;
    return path;
  }

  npk::testing::ScratchDirectory scratch_;
};

TEST_F(Verbs, TakeTheTimeFromTheClockOrTheEnvironment) {
  const std::string path = package();
  TestRun info;
  ASSERT_EQ(info({"info", "--json", path}), 0);
  EXPECT_EQ(nlohmann::json::parse(info.out.text).at("time"), "2023-11-14T22:13:20.000000000Z");
  TestRun pack;
  pack.source_date = "86400";
  ASSERT_EQ(pack({"pack", "-q", path, scratch_ / "tree"}), 0) << pack.err.text;
  TestRun dated;
  ASSERT_EQ(dated({"info", "--json", path}), 0);
  EXPECT_EQ(nlohmann::json::parse(dated.out.text).at("time"), "1970-01-02T00:00:00.000000000Z");
}

TEST_F(Verbs, FailWhenTheOutputFails) {
  const std::string path = package();
  const std::vector<Arguments> all = {{"list", path},      {"list", "-l", path}, {"list", "--json", path}, {"cat", path, "a"}, {"seek", path, "a", "1"},
                                      {"hash", path},      {"info", path},       {"info", "--json", path}, {"verify", path},   {"verify", "--json", path},
                                      {"list", "--help"},  {"--version"},        {"--help"}};
  for (const Arguments& arguments : all) {
    TestRun run;
    run.out.room = 3;
    run.out.error_number = ENOSPC;
    EXPECT_EQ(run(arguments), 5) << arguments.front();
    EXPECT_NE(run.err.text.find("No space left"), std::string::npos) << arguments.front();
    TestRun closed;
    closed.out.room = 0;
    closed.out.error_number = EPIPE;
    EXPECT_EQ(closed(arguments), 141) << arguments.front();
    EXPECT_EQ(closed.err.text, "");
  }
}

TEST_F(Verbs, EscapeControlCharactersOnATerminalOnly) {
  const std::string path = package();
  TestRun plain;
  ASSERT_EQ(plain({"list", path}), 0);
  EXPECT_EQ(plain.out.text, "a\nb\x1b""c\n");
  TestRun terminal;
  terminal.is_terminal = true;
  ASSERT_EQ(terminal({"list", path}), 0);
  EXPECT_EQ(terminal.out.text, "a\nb\\033c\n");
}

TEST_F(Verbs, ReadListsAndContentFromStandardInput) {
  package();
  TestRun pack;
  pack.in.text = "a";
  ASSERT_EQ(pack({"pack", "-q", scratch_ / "q.npk", "-C", scratch_ / "tree", "--files-from", "-"}), 0) << pack.err.text;
  TestRun list;
  ASSERT_EQ(list({"list", scratch_ / "q.npk"}), 0);
  EXPECT_EQ(list.out.text, "a\n");
  TestRun piped;
  piped.in.text = "from a pipe";
  ASSERT_EQ(piped({"pack", "-q", "--stdin-name", "dir/name", "-", "-"}), 0) << piped.err.text;
  EXPECT_EQ(piped.out.text.substr(1, 3), "NPK");
}

TEST_F(Verbs, SayOneSentenceAndAHint) {
  TestRun run;
  EXPECT_EQ(run({"cat", "--offset", "x", "p", "e"}), 2);
  EXPECT_EQ(run.err.text, "npk cat: --offset: 'x' is not a size: a number, K, M or G behind it if you like\nhint: --help shows what there is\n");
  TestRun extra;
  EXPECT_EQ(extra({"info", "p", "q"}), 2);
  EXPECT_EQ(extra.err.text, "npk info: one argument too many: q\nhint: --help shows what there is\n");
}

}  // namespace
}  // namespace npk::tools
