#include "option_parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <map>

#include "exit_code.h"
#include "npk/checked.h"
#include "output_buffer.h"

namespace npk::tools {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string not_a_size(const std::string& text) { return "'" + text + "' is not a size: a number, K, M or G behind it if you like"; }

std::uint64_t size_or_throw(const std::string& text) {
  const auto size = parse_size(text);
  if (!size) throw CLI::ConversionError(not_a_size(text), CLI::ExitCodes::ConversionError);
  return *size;
}

template <class Number>
Number number_or_throw(const std::string& text, Number least, Number most) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    const bool open = most == std::numeric_limits<Number>::max();
    const std::string range = open ? (least == 0 ? "" : " of at least " + std::to_string(least))
                                   : " from " + std::to_string(least) + " to " + std::to_string(most);
    throw CLI::ConversionError("'" + text + "' is not a number" + range, CLI::ExitCodes::ConversionError);
  }
  return value;
}

// CLI11 takes an operand "[ab]" apart as a list of its own. So what begins with '[' travels behind a mark, and so does the mark itself.
constexpr char kMark = '\x01';

std::string marked(const std::string& argument) {
  return argument.starts_with('[') || argument.starts_with(kMark) ? kMark + argument : argument;
}

std::string unmarked(const std::string& argument) { return argument.starts_with(kMark) ? argument.substr(1) : argument; }

std::vector<std::string> unmarked(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (const std::string& argument : arguments) out.push_back(unmarked(argument));
  return out;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  constexpr std::string_view kUnits = "KMG";
  if (text.empty()) return std::nullopt;
  const std::size_t unit = kUnits.find(text.back());
  if (unit == std::string_view::npos) return parse_number(text);
  const auto value = parse_number(text.substr(0, text.size() - 1));
  if (!value) return std::nullopt;
  return checked_multiply(*value, std::uint64_t{1} << (10 * (unit + 1)));
}

struct OptionParser::Rep {
  CLI::App app;
  std::string help;
  Messages& messages;

  // The value's own message, with the option it belongs to.
  template <class Take>
  CLI::Option* add(const char* names, Take take) {
    const auto with_name = [names, take](const std::string& text) {
      try {
        take(unmarked(text));
      } catch (const CLI::ConversionError& wrong) {
        throw CLI::ConversionError(std::string(names) + ": " + wrong.what(), CLI::ExitCodes::ConversionError);
      }
    };
    return app.add_option_function<std::string>(names, with_name);
  }
  CLI::Option* add_list(const char* names, std::vector<std::string>& values) {
    return app.add_option_function<std::vector<std::string>>(names, [&values](const std::vector<std::string>& given) { values = unmarked(given); });
  }
};

OptionParser::OptionParser(std::string_view help, Messages& messages) : rep_(new Rep{CLI::App(), std::string(help), messages}) {
  rep_->app.set_help_flag("-h,--help");
}
OptionParser::~OptionParser() = default;

void OptionParser::flag(const char* names, bool& value) { rep_->app.add_flag(names, value)->disable_flag_override(); }

void OptionParser::text(const char* names, std::string& value) {
  rep_->add(names, [&value](const std::string& text) { value = text; });
}

void OptionParser::text(const char* names, std::optional<std::string>& value) {
  rep_->add(names, [&value](const std::string& text) { value = text; });
}

// Without allow_extra_args(false) an option would swallow the operands behind it.
void OptionParser::texts(const char* names, std::vector<std::string>& values) {
  rep_->add_list(names, values)->allow_extra_args(false);
}

void OptionParser::number(const char* names, std::uint64_t& value, std::uint64_t least, std::uint64_t most) {
  rep_->add(names, [&value, least, most](const std::string& text) { value = number_or_throw(text, least, most); });
}

void OptionParser::number(const char* names, std::optional<int>& value, int least, int most) {
  rep_->add(names, [&value, least, most](const std::string& text) { value = number_or_throw(text, least, most); });
}

void OptionParser::size(const char* names, std::uint64_t& value) {
  rep_->add(names, [&value](const std::string& text) { value = size_or_throw(text); });
}

void OptionParser::size(const char* names, std::optional<std::uint64_t>& value) {
  rep_->add(names, [&value](const std::string& text) { value = size_or_throw(text); });
}

void OptionParser::operand(const char* name, std::string& value) {
  rep_->add(name, [&value](const std::string& text) { value = text; })->required();
}

void OptionParser::operand(const char* name, std::optional<std::uint64_t>& size) { this->size(name, size); }

void OptionParser::operands(const char* name, std::vector<std::string>& values) { rep_->add_list(name, values); }

void OptionParser::excludes(const char* one, const char* other) { rep_->app.get_option(one)->excludes(rep_->app.get_option(other)); }

std::optional<int> OptionParser::parse(const Arguments& arguments, Io& io) {
  Messages& messages = rep_->messages;
  Arguments reversed;
  std::transform(arguments.rbegin(), arguments.rend(), std::back_inserter(reversed), marked);
  try {
    rep_->app.parse(std::move(reversed));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    OutputBuffer out(io.out);
    out.append(rep_->help);
    const auto written = out.finish();
    return written ? kDone : messages.error(written.error());
  } catch (const CLI::ExtrasError&) {
    const std::string extra = unmarked(rep_->app.remaining().front());
    messages.error(extra.size() > 1 && extra.starts_with('-') ? "there is no option " + extra : "one argument too many: " + extra);
  } catch (const CLI::RequiredError& wrong) {
    std::string text = wrong.what();
    messages.error(text.substr(0, text.find(' ')) + " is missing");
  } catch (const CLI::ExcludesError& wrong) {
    std::string text = wrong.what();
    messages.error(text.replace(text.find(" excludes "), 10, " does not go with "));
  } catch (const CLI::ArgumentMismatch& wrong) {
    // The value is not repeated: it may be a passphrase.
    const std::string text = wrong.what();
    const std::size_t override_at = text.find(" was given a disallowed flag override");
    messages.error(override_at == std::string::npos ? text : "--" + text.substr(0, override_at) + " takes no value");
  } catch (const CLI::ParseError& wrong) {
    messages.error(wrong.what());
  }
  messages.hint("--help shows what there is");
  return kUsage;
}

std::vector<OptionParser::Given> OptionParser::in_order() const {
  std::vector<Given> given;
  std::map<const CLI::Option*, std::size_t> taken;
  for (const CLI::Option* option : rep_->app.parse_order()) {
    if (option->get_expected_max() == 0) continue;  // a flag
    const std::size_t index = taken[option]++;
    if (index < option->results().size()) given.push_back({option->get_single_name(), unmarked(option->results()[index])});
  }
  return given;
}

}  // namespace npk::tools
