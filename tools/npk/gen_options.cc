#include "gen_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace npk::tools {
namespace {

constexpr std::size_t kHalfDigits = 16;

std::optional<std::uint64_t> whole_number(std::string_view text, int base) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<void> set_number(const std::string& text, const char* option, double& value) {
  if (text.empty()) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return {};
  return fail(Errc::misuse, fmt::format("{}: '{}' is not a number", option, text));
}

Result<synth::Compression> compression_of(const std::string& name) {
  if (name.empty() || name == "none") return synth::Compression::none;
  if (name == "zstd") return synth::Compression::zstd;
  if (name == "gzip") return synth::Compression::gzip;
  return fail(Errc::misuse, "--compression: '" + name + "' is none of none, zstd and gzip");
}

Result<synth::SizeDistribution> distribution_of(const std::string& name) {
  if (name.empty() || name == "log-normal") return synth::SizeDistribution::log_normal;
  if (name == "fixed") return synth::SizeDistribution::fixed;
  if (name == "zipf") return synth::SizeDistribution::zipf;
  return fail(Errc::misuse, "--sizes: '" + name + "' is none of fixed, log-normal and zipf");
}

Result<void> set_directories(const GenWords& words, synth::TreeOptions& tree) {
  tree.fan_out = words.fan_out;
  if (words.directories != 0) tree.directories = words.directories;
  if (!words.depth) return {};
  const auto directories = synth::directories_of_depth(static_cast<std::uint64_t>(*words.depth), words.fan_out);
  if (!directories) return fail(Errc::misuse, "--depth: that many directories are too many; a smaller --fan-out makes fewer");
  tree.directories = *directories;
  return {};
}

Result<void> complete_tree(const GenWords& words, GenOptions& options) {
  synth::TreeOptions& tree = options.tree;
  tree.files = options.files;
  tree.total_bytes = options.size.value_or(0);
  tree.block_bytes = options.writer.object.block_bytes;
  tree.dedup = options.writer.object.dedup;
  tree.compress = options.writer.object.compress;
  tree.name_bytes = static_cast<std::size_t>(words.name_length);
  tree.edits.places = static_cast<std::uint32_t>(words.places);
  NPK_ASSIGN(tree.sizes, distribution_of(words.sizes));
  NPK_TRY(set_number(words.spread, "--spread", tree.spread));
  NPK_TRY(set_number(words.changed, "--changed", tree.edits.changed));
  NPK_TRY(set_number(words.added, "--added", tree.edits.added));
  NPK_TRY(set_number(words.removed, "--removed", tree.edits.removed));
  NPK_TRY(set_number(words.renamed, "--renamed", tree.edits.renamed));
  NPK_TRY(set_number(words.changed_bytes, "--changed-bytes", tree.edits.bytes));
  if (options.edit_from && options.package) return fail(Errc::misuse, "--edit: there is no directory to edit with --package");
  if (options.edit_from && *options.edit_from > options.generation) return fail(Errc::misuse, "--edit: --generation must not be before it");
  return set_directories(words, tree);
}

// Options that mean nothing for what is asked for are not passed over.
Result<void> refuse_strays(const OptionParser& parser, const GenOptions& options) {
  constexpr std::array<std::string_view, 14> kOfTrees = {"sizes", "spread", "depth", "directories", "fan-out", "name-length", "generation",
                                                         "edit", "changed", "added", "removed", "renamed", "changed-bytes", "places"};
  constexpr std::array<std::string_view, 5> kOfObjects = {"compression", "level", "chunk", "part-size", "in-flight"};
  for (const OptionParser::Given& given : parser.in_order()) {
    if (!options.is_tree() && std::ranges::find(kOfTrees, given.name) != kOfTrees.end())
      return fail(Errc::misuse, "--" + given.name + " is for trees: --files says of how many files");
    if (options.is_tree() && std::ranges::find(kOfObjects, given.name) != kOfObjects.end())
      return fail(Errc::misuse, "--" + given.name + " is for objects, not for trees");
  }
  if (options.is_tree() && (options.verify || options.checksum)) return fail(Errc::misuse, "--checksum and --verify are for objects, not for trees");
  if (options.is_tree() && options.direct && !options.package) return fail(Errc::misuse, "--direct is for objects and packages, not for trees");
  return {};
}

Result<void> check_outputs(const GenOptions& options, const Io& io) {
  if (options.outputs.empty()) return fail(Errc::misuse, "OUTPUT is missing");
  const bool to_output = std::ranges::find(options.outputs, "-") != options.outputs.end();
  if (!to_output) return {};
  if (options.outputs.size() > 1) return fail(Errc::misuse, "standard output is one file: name no other OUTPUT");
  if (io.out_is_terminal) return fail(Errc::misuse, "made-up bytes are not for a terminal: redirect standard output, or name a file");
  if (options.json) return fail(Errc::misuse, "--json and the data can't both go to standard output");
  if (options.direct || options.verify || options.part_bytes != 0) return fail(Errc::misuse, "--direct, --part-size and --verify need a file");
  if (options.is_tree() && !options.package) return fail(Errc::misuse, "a tree goes into a directory, or with --package to standard output");
  return {};
}

}  // namespace

std::optional<synth::Seed> parse_seed(std::string_view text) noexcept {
  if (text.size() == 2 * kHalfDigits) {
    const auto high = whole_number(text.substr(0, kHalfDigits), 16), low = whole_number(text.substr(kHalfDigits), 16);
    if (!high || !low) return std::nullopt;
    return synth::Seed{*low, *high};
  }
  const auto number = whole_number(text, 10);
  if (!number) return std::nullopt;
  return synth::Seed{*number, 0};
}

std::string seed_text(const synth::Seed& seed) {
  return seed.high == 0 ? std::to_string(seed.low) : fmt::format("{:016x}{:016x}", seed.high, seed.low);
}

void define_gen(OptionParser& parser, GenOptions& options, GenWords& words) {
  constexpr std::uint64_t kMost = UINT32_MAX;
  parser.size("--size", options.size);
  parser.number("--files", options.files, 1, kMost);
  parser.text("--seed", words.seed);
  parser.text("--dedup", words.dedup);
  parser.text("--compress", words.compress);
  parser.size("--block-size", words.block);
  parser.size("--chunk", words.chunk);
  parser.number("--threads", options.threads, 1, 256);
  parser.text("--compression", words.compression);
  parser.number("--level", words.level, 1, 22);
  parser.size("--part-size", options.part_bytes);
  parser.number("--in-flight", words.in_flight, 1, 64);
  parser.flag("--checksum", options.checksum);
  parser.flag("--direct", options.direct);
  parser.flag("--verify", options.verify);
  parser.flag("--package", options.package);
  parser.text("--sizes", words.sizes);
  parser.text("--spread", words.spread);
  parser.number("--depth", words.depth, 0, 1'000'000);
  parser.number("--directories", words.directories, 1, kMost);
  parser.number("--fan-out", words.fan_out, 1, kMost);
  parser.number("--name-length", words.name_length, 1, 255);
  parser.number("--generation", options.generation, 0, kMost);
  parser.size("--edit", options.edit_from);
  parser.text("--changed", words.changed);
  parser.text("--added", words.added);
  parser.text("--removed", words.removed);
  parser.text("--renamed", words.renamed);
  parser.text("--changed-bytes", words.changed_bytes);
  parser.number("--places", words.places, 1, 1000);
  parser.flag("--json", options.json);
  parser.flag("-q,--quiet", options.quiet);
  parser.operands("OUTPUT", options.outputs);
  parser.excludes("--depth", "--directories");
  parser.excludes("--direct", "--part-size");
}

Result<void> complete_gen(const GenWords& words, const OptionParser& parser, const Io& io, GenOptions& options) {
  NPK_TRY(check_outputs(options, io));
  if (!options.size && !options.is_tree()) return fail(Errc::misuse, "--size is missing");
  if (!words.seed.empty()) {
    options.seed = parse_seed(words.seed);
    if (!options.seed) return fail(Errc::misuse, "--seed: '" + words.seed + "' is neither a number nor 32 hexadecimal digits");
  }
  synth::ObjectWriterOptions& writer = options.writer;
  writer.object.size_bytes = options.size.value_or(0);
  NPK_TRY(set_number(words.dedup, "--dedup", writer.object.dedup));
  NPK_TRY(set_number(words.compress, "--compress", writer.object.compress));
  writer.object.block_bytes = words.block.value_or(writer.object.block_bytes);
  writer.buffer_bytes = static_cast<std::size_t>(words.chunk.value_or(writer.buffer_bytes));
  // Most outputs read the bytes: to do so from another core's cache costs more than to make them.
  writer.threads = static_cast<unsigned>(std::max<std::uint64_t>(1, options.threads));
  NPK_ASSIGN(writer.compression, compression_of(words.compression));
  writer.level = words.level;
  if (words.in_flight && options.part_bytes == 0) return fail(Errc::misuse, "--in-flight is of --part-size's parts");
  options.in_flight = static_cast<unsigned>(words.in_flight.value_or(4));
  if (options.package && options.verify) return fail(Errc::misuse, "--verify is for files; npk verify reads packages");
  NPK_TRY(refuse_strays(parser, options));
  return options.is_tree() ? complete_tree(words, options) : Result<void>();
}

}  // namespace npk::tools
