// links: npk_tree npk_format
// Input: the pattern's length (1 byte), the pattern, the text. The matcher agrees with a plain one that tries
// everything.
#include <string>
#include <vector>

#include "fuzz/fuzz_input.h"
#include "tree/glob.h"

namespace {

using namespace npk;

constexpr std::size_t kMostPattern = 12, kMostText = 12;  // the plain matcher takes exponential time

// Which bytes the pattern's first element matches, and how long it is; the element is not a star.
struct Element {
  std::vector<bool> matches = std::vector<bool>(256, false);
  std::size_t length = 1;
};

unsigned char byte_of(char value) {
  return static_cast<unsigned char>(value);
}

// A '\\' stands before a byte that is meant as itself, unless it is the last.
unsigned char take_literal(std::string_view pattern, std::size_t& at) {
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return byte_of(pattern[at++]);
}

bool read_set(std::string_view pattern, Element& element) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  for (const std::size_t first = at; at < pattern.size();) {
    if (pattern[at] == ']' && at != first) {
      if (negated) element.matches.flip();
      element.length = at + 1;
      return true;
    }
    const unsigned char low = take_literal(pattern, at);
    unsigned char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') high = take_literal(pattern, ++at);
    for (unsigned value = low; value <= high; ++value) element.matches[value] = true;
  }
  return false;
}

Element first_element(std::string_view pattern) {
  Element element;
  if (pattern[0] == '?') {
    element.matches.flip();
    return element;
  }
  if (pattern[0] == '[' && read_set(pattern, element)) return element;
  element = {};
  std::size_t at = 0;
  element.matches[take_literal(pattern, at)] = true;
  element.length = at;
  return element;
}

bool plainly_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip)
      if (plainly_matches(pattern.substr(1), text.substr(skip))) return true;
    return false;
  }
  const Element element = first_element(pattern);
  return !text.empty() && element.matches[byte_of(text[0])] &&
         plainly_matches(pattern.substr(element.length), text.substr(1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view pattern = input.text(input.byte());
  const std::string_view text = as_text(input.rest());
  const bool matches = tree::glob_matches(pattern, text);
  if (pattern.size() <= kMostPattern && text.size() <= kMostText)
    fuzz::require(matches == plainly_matches(pattern, text), "the plain answer");
  const tree::PatternList anywhere({std::string(pattern)}, tree::PatternList::Anchor::at_any_component);
  const tree::PatternList at_start({std::string(pattern)}, tree::PatternList::Anchor::at_start);
  fuzz::require(!at_start.matches(text) || anywhere.matches(text), "what matches at the start matches anywhere");
  fuzz::require(!anywhere.matches(text) || anywhere.matches_within(text), "what matches is within");
  return 0;
}
