// What the command makes of numbers, names and times.
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tools/npk/amounts.h"
#include "tools/npk/entry_text.h"
#include "tools/npk/exit_code.h"
#include "tools/npk/json_text.h"
#include "tools/npk/messages.h"
#include "tools/npk/option_parser.h"
#include "tools/npk/progress_line.h"
#include "tools/npk/rewrite_report.h"

namespace npk::tools {
namespace {

TEST(Sizes, HaveBinarySuffixes) {
  EXPECT_EQ(parse_size("0"), 0);
  EXPECT_EQ(parse_size("4096"), 4096);
  EXPECT_EQ(parse_size("64K"), 65'536);
  EXPECT_EQ(parse_size("3M"), 3U << 20);
  EXPECT_EQ(parse_size("2G"), 2ULL << 30);
  for (const char* wrong : {"", "K", "-1", "1k", "1 K", "1.5M", "0x10", "18446744073709551616", "17179869184G"})
    EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
}

TEST(ProgressText, LeavesOutWhatIsNotKnown) {
  using std::chrono::seconds;
  EXPECT_EQ(progress_text({.done_bytes = 50'000'000, .total_bytes = 200'000'000}, seconds(2)), "25 %  50.0 MB of 200.0 MB  25.0 MB/s  0:06 left");
  EXPECT_EQ(progress_text({.done_bytes = 0, .total_bytes = 1000}, seconds(2)), "0 %  0 B of 1.0 kB");
  EXPECT_EQ(progress_text({.done_bytes = 1000, .total_bytes = 0}, seconds(1)), "1.0 kB  1.0 kB/s");
  EXPECT_EQ(progress_text({.done_bytes = 1000, .total_bytes = 2000}, seconds(0)), "50 %  1.0 kB of 2.0 kB");
}

TEST(NotRestoredText, SaysThatNothingIsLost) {
  EXPECT_EQ(not_restored_text(1),
            "a block is stored without filters that would not have restored it: nothing is lost but space; please report this error in npk");
  EXPECT_EQ(not_restored_text(1200).substr(0, 77), "1,200 blocks are stored without filters that would not have restored them: no");
}

TEST(Amounts, AreForPeople) {
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1'449'999), "1.4 MB");
  EXPECT_EQ(bytes_text(UINT64_MAX), "18.4 EB");
  EXPECT_EQ(count_text(83'731), "83,731");
  EXPECT_EQ(count_text(1'000'000), "1,000,000");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(clock_text(3753), "1:02:33");
  EXPECT_EQ(ratio_text(1, 0), "-");
}

TEST(JsonText, IsAlwaysUtf8) {
  const auto text_of = [](std::string_view text) {
    std::string out;
    append_json_string(out, text);
    EXPECT_EQ(Json::parse(out).get<std::string>(), to_utf8(text));
    return out;
  };
  EXPECT_EQ(text_of("plain"), "\"plain\"");
  EXPECT_EQ(text_of("a\"b\\c\n\x01\x7f"), "\"a\\\"b\\\\c\\n\\u0001\\u007f\"");
  EXPECT_EQ(text_of("caf\xC3\xA9 \xF0\x9F\x98\x80"), "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"");
  for (const char* wrong : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xE0\x80\x80", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "a\x80", "\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(wrong));
    EXPECT_TRUE(is_utf8(to_utf8(wrong)));
    static_cast<void>(text_of(wrong));
  }
}

TEST(JsonText, NamesThatAreNotUtf8ComeInBase64AsWell) {
  std::string out;
  append_json_name(out, "path", "\xFF\xFE");
  EXPECT_EQ(out, "\"path\":\"\xEF\xBF\xBD\xEF\xBF\xBD\",\"path_base64\":\"//4=\"");
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Times, AreRfc3339) {
  EXPECT_EQ(rfc3339(0, 0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(rfc3339(1'600'000'000, 123'456'789), "2020-09-13T12:26:40.123456789Z");
  EXPECT_EQ(rfc3339(-1, 5), "1969-12-31T23:59:59.000000005Z");
  EXPECT_EQ(rfc3339(951'782'400, 0), "2000-02-29T00:00:00.000000000Z");
  EXPECT_EQ(rfc3339(253'402'300'800, 0), "10000-01-01T00:00:00.000000000Z");
  EXPECT_FALSE(rfc3339(INT64_MIN, 0).empty());
  EXPECT_FALSE(rfc3339(INT64_MAX, 0).empty());
}

TEST(Modes, AreAsLsShowsThem) {
  EXPECT_EQ(mode_text(EntryKind::directory, 0755), "drwxr-xr-x");
  EXPECT_EQ(mode_text(EntryKind::regular, 07777), "-rwsrwsrwt");
  EXPECT_EQ(mode_text(EntryKind::regular, 07000), "---S--S--T");
  EXPECT_EQ(mode_text(EntryKind::fifo, 0644), "prw-r--r--");
}

TEST(LongLines, WidenAndNameLinks) {
  LongLines lines;
  std::string out;
  EntryRow row;
  row.path = "one";
  row.mode = 0644;
  row.user_name = "user";
  row.group_name = "group";
  row.size = 5;
  row.link_group = 1;
  lines.append(out, row, row.path);
  row.path = "two";
  out += '\n';
  lines.append(out, row, row.path);
  EXPECT_NE(out.find("-rw-r--r-- user/group        5 1970-01-01"), std::string::npos) << out;
  EXPECT_TRUE(out.ends_with(" two link to one")) << out;
  EXPECT_NE(out.find("\nhrw-r--r--"), std::string::npos) << out;
}

TEST(ExitCodes, AreStable) {
  const auto code = [](Errc errc) { return exit_code_of({.code = errc, .message = {}}); };
  for (const Errc damage : {Errc::corrupt, Errc::truncated, Errc::trailing_data, Errc::unsupported, Errc::limit, Errc::auth_failed}) EXPECT_EQ(code(damage), 3);
  EXPECT_EQ(code(Errc::no_key), 4);
  EXPECT_EQ(exit_code_of({.code = Errc::limit, .message = {}, .system_errno = ENOMEM}), 5);
  for (const Errc refusal : {Errc::io, Errc::exists, Errc::not_found}) EXPECT_EQ(code(refusal), 5);
  EXPECT_EQ(code(Errc::misuse), 2);
  EXPECT_EQ(code(Errc::cancelled), 130);
}

TEST(Printable, LetsNothingSteerATerminal) { EXPECT_EQ(printable("a\x1b[2J\n\x7f\xC3\xA9"), "a\\033[2J\\n\\177\xC3\xA9"); }

}  // namespace
}  // namespace npk::tools
