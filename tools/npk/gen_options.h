// What npk gen is told on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "npk/object_writer.h"
#include "npk/synth_tree.h"
#include "option_parser.h"

namespace npk::tools {

struct GenOptions {
  std::vector<std::string> outputs;
  std::optional<std::uint64_t> size;
  std::uint64_t files = 0;                  // 0: objects, not trees
  std::optional<synth::Seed> seed;          // none: a new one
  std::uint64_t threads = 0;
  synth::ObjectWriterOptions writer;        // of each object, but for its seed
  synth::TreeOptions tree;                  // likewise
  std::uint64_t generation = 0;
  std::optional<std::uint64_t> edit_from;
  std::uint64_t part_bytes = 0;             // not 0: files are written in parts
  unsigned in_flight = 4;
  bool direct = false, verify = false, checksum = false, package = false, json = false, quiet = false;

  [[nodiscard]] bool is_tree() const noexcept { return files != 0; }
};

// What of it are words still.
struct GenWords {
  std::string seed, dedup, compress, compression, sizes, spread, changed, added, removed, renamed, changed_bytes;
  std::optional<std::uint64_t> chunk, block;
  std::optional<int> level, depth, in_flight;
  std::uint64_t directories = 0, fan_out = 16, places = 1, name_length = 0;
};

void define_gen(OptionParser& parser, GenOptions& options, GenWords& words);
// Errc::misuse.
[[nodiscard]] Result<void> complete_gen(const GenWords& words, const OptionParser& parser, const Io& io, GenOptions& options);

// A number, or 32 hexadecimal digits.
[[nodiscard]] std::optional<synth::Seed> parse_seed(std::string_view text) noexcept;
[[nodiscard]] std::string seed_text(const synth::Seed& seed);

}  // namespace npk::tools
