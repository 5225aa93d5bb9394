// Command lines: what a verb takes is defined here, then parsed, then the verb runs. The one place that knows CLI11.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages.h"

namespace npk::tools {

using Arguments = std::vector<std::string>;  // behind the verb

class OptionParser {
 public:
  // `help`: the whole text of --help.
  OptionParser(std::string_view help, Messages& messages);
  ~OptionParser();
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  // Names as in "-q,--quiet". Values are bound, and stay as they are if the option is not given; they must outlive parse().
  void flag(const char* names, bool& value);
  void text(const char* names, std::string& value);
  void text(const char* names, std::optional<std::string>& value);
  void texts(const char* names, std::vector<std::string>& values);  // given several times
  void number(const char* names, std::uint64_t& value, std::uint64_t least = 0, std::uint64_t most = UINT64_MAX);
  void number(const char* names, std::optional<int>& value, int least, int most);
  void size(const char* names, std::uint64_t& value);               // bytes, with K, M or G: times 1024 once, twice, thrice
  void size(const char* names, std::optional<std::uint64_t>& value);
  void operand(const char* name, std::string& value);
  void operand(const char* name, std::optional<std::uint64_t>& size);
  void operands(const char* name, std::vector<std::string>& values);
  void excludes(const char* one, const char* other);                // not both

  // An exit code if there is nothing to do any more: help was asked for, or the line is wrong (said on stderr).
  [[nodiscard]] std::optional<int> parse(const Arguments& arguments, Io& io);

  struct Given {
    std::string name;   // the option's long name, or else its short one, without dashes; or the operand's
    std::string value;
  };
  // All that was given with a value, in the order of the command line.
  [[nodiscard]] std::vector<Given> in_order() const;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// "64K" -> 65536. nullopt: not a size, or too large.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

}  // namespace npk::tools
