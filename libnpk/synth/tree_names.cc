#include "synth/tree_names.h"

#include <array>
#include <string_view>

namespace npk::synth::internal {
namespace {

constexpr std::string_view kConsonants = "bdfgklmnprstvz";
constexpr std::string_view kVowels = "aeiou";
constexpr std::array<std::string_view, 8> kEndings = {".txt", ".c", ".json", ".log", ".bin", ".dat", ".so", ""};

void add_syllable(std::string& text, std::uint64_t& word) {
  text += kConsonants[word % kConsonants.size()];
  word /= kConsonants.size();
  text += kVowels[word % kVowels.size()];
  word /= kVowels.size();
}

std::string base36(std::uint64_t number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]);
    number /= 36;
  } while (number != 0);
  return digits;
}

}  // namespace

std::string file_name(const Draws& draws, std::uint64_t number, std::uint64_t occasion, std::size_t least_bytes) {
  std::uint64_t word = draws.word(Purpose::name, number, occasion);
  const std::string_view ending = kEndings[word % kEndings.size()];
  word /= kEndings.size();
  const std::string own = "-" + base36(number);
  std::string name;
  for (std::uint64_t left = 2 + word % 3; left != 0; --left) add_syllable(name, word);
  while (name.size() + own.size() + ending.size() < least_bytes) {
    if (word == 0) word = draws.word(Purpose::name, number, mix(name.size()));
    add_syllable(name, word);
  }
  if (name.size() + own.size() + ending.size() == least_bytes + 1) name.pop_back();  // half a syllable
  return name.append(own).append(ending);
}

std::string directory_name(const Draws& draws, std::uint64_t number) {
  std::uint64_t word = draws.word(Purpose::directory_name, number);
  std::string name;
  add_syllable(name, word);
  return name + base36(number);
}

}  // namespace npk::synth::internal
