#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "gen_options.h"
#include "json_text.h"
#include "npk/files.h"
#include "npk/ops/entry_sink.h"
#include "npk/ops/generate.h"
#include "npk/part_sink.h"
#include "output_buffer.h"
#include "progress_line.h"
#include "verbs.h"

namespace npk::tools {
namespace gen_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk gen [OPTION]... OUTPUT...

Makes data up: an object of --size bytes in each OUTPUT (`-` is standard output), or with --files a tree in each directory OUTPUT.
The same seed and options give the same bytes, whatever the threads; several OUTPUTs get one seed after the other.

  --size N             bytes of the object, or of all files together (K, M, G: times 1024, …)
  --seed SEED          a number, or 32 hexadecimal digits; a new one by default, which is told
  --dedup F            blocks (of a tree: files) for each that is unique: 1 to 1000000, fractions too (1)
  --compress F         bytes for each that does not compress away: likewise (1)
  --block-size N       of what --dedup repeats, a multiple of 4096 (1M)
  --threads N          that write a tree or pack: as many as processors by default; that make an object's bytes: 1
  --package            OUTPUT becomes a package of the object or tree, without a file between
  --direct             past the page cache (O_DIRECT)
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no progress and no summary

objects:
  --chunk N            bytes made at once (1M); several threads make 64K at least, and hold three times as much each
  --compression NAME   none, zstd or gzip; --level N sets how hard it tries
  --checksum           prints the CRC-32C of the plain bytes; standard output being the object's, on standard error
  --verify             reads the file back and compares
  --part-size N        written in parts, as to a store over a network; --in-flight N at once at most (4), a thread each

trees:
  --files N            how many
  --sizes NAME         fixed, log-normal (default) or zipf; --spread F: log-normal's deviation, in doublings (2.5)
  --directories N      how many, the top counted (1); --fan-out N: in each (16); --depth N: as many as give N levels
  --name-length N      of files' names at least
  --generation N       the tree after N rounds of edits (0), each of which changes, adds, removes and renames shares of the files:
                       --changed F (0.05), --added F (0.01), --removed F (0.01), --renamed F (0.01)
  --changed-bytes F    of a changed file: replaced, inserted or deleted (0.02), in --places N (1)
  --edit N             the directory holds generation N: only what is different is written

examples:
  npk gen --size 1G --dedup 2 --compress 3 --seed 1 object.bin
  npk gen --files 100000 --size 4G --depth 3 --seed 1 tree
  npk gen --files 100000 --size 4G --depth 3 --seed 1 --edit 0 --generation 1 tree
)";

// Standard output as a sink that someone owns.
class LentOutput final : public Sink {
 public:
  explicit LentOutput(Sink& inner) noexcept : inner_(inner) {}
  Result<void> write(ByteView bytes) override { return inner_.write(bytes); }
  Result<void> commit() override { return {}; }
  std::string name() const override { return inner_.name(); }

 private:
  Sink& inner_;
};

Result<std::unique_ptr<Sink>> file_for(const GenOptions& options, const std::string& output, Io& io) {
  if (output == "-") return std::make_unique<LentOutput>(io.out);
  if (options.part_bytes != 0) {
    NPK_ASSIGN(std::shared_ptr<PartStore> file, part_file(output));
    return part_sink(std::move(file), {.part_bytes = static_cast<std::size_t>(options.part_bytes), .in_flight = options.in_flight});
  }
  return options.direct ? create_direct_file(output) : create_atomic_file(output);
}

// "dir/object.npk": "object".
std::string entry_name(const std::string& output) {
  std::string name = output.substr(output.rfind('/') + 1);
  if (name.ends_with(".npk")) name.resize(name.size() - 4);
  return name.empty() || name == "-" ? "object" : name;
}

WriterOptions package_options(const GenOptions& options) {
  WriterOptions writer;
  writer.threads = static_cast<unsigned>(options.threads);
  writer.time_seconds = options.tree.time_seconds;
  return writer;
}

Result<std::unique_ptr<Sink>> target_for(const GenOptions& options, const std::string& output, Io& io) {
  NPK_ASSIGN(std::unique_ptr<Sink> file, file_for(options, output, io));
  if (!options.package) return file;
  const std::string name = entry_name(output);
  EntryRow entry;
  entry.path = name;
  entry.mode = 0644;
  entry.mtime_seconds = options.tree.time_seconds;
  return ops::entry_sink(entry, std::move(file), package_options(options));
}

Result<synth::ObjectReport> write_object(const GenOptions& options, const synth::Seed& seed, const std::string& output, Messages& messages, Io& io) {
  constexpr std::uint64_t kStepBytes = 64U << 20;
  synth::ObjectWriterOptions own = options.writer;
  own.object.seed = seed;
  if (options.verify) own.reopen = [&output] { return open_file_source(output); };
  NPK_ASSIGN(std::unique_ptr<Sink> target, target_for(options, output, io));
  NPK_ASSIGN(synth::ObjectWriter writer, synth::ObjectWriter::create(own, std::move(target)));
  const ProgressCallback progress = progress_line(io, messages, options.quiet);
  while (!writer.complete()) {
    if (io.stop.stop_requested()) return fail(Errc::cancelled, "interrupted");
    NPK_ASSIGN(const std::uint64_t count, writer.write_generated(kStepBytes));
    static_cast<void>(count);
    if (progress) progress({.done_bytes = writer.generated_bytes(), .total_bytes = own.object.size_bytes, .done_entries = 0, .total_entries = 0});
  }
  return writer.finish();
}

struct Made {
  Json json;
  std::string summary;
};

std::string rate_text(std::uint64_t bytes, std::chrono::duration<double> time) {
  return time.count() > 0 ? ", " + bytes_text(static_cast<std::uint64_t>(static_cast<double>(bytes) / time.count())) + "/s" : "";
}

Result<Made> make_object(const GenOptions& options, const synth::Seed& seed, const std::string& output, Messages& messages, Io& io) {
  const auto start = io.now();
  NPK_ASSIGN(const synth::ObjectReport report, write_object(options, seed, output, messages, io));
  const std::chrono::duration<double> time = io.now() - start;
  synth::ObjectOptions object = options.writer.object;
  object.seed = seed;
  NPK_ASSIGN(const synth::ObjectLayout layout, synth::ObjectLayout::of(object));
  Made made;
  made.json = {{"output", to_utf8(output)},
               {"seed", seed_text(seed)},
               {"bytes", report.generated_bytes},
               {"stored_bytes", report.stored_bytes},
               {"blocks", layout.blocks},
               {"unique_blocks", layout.unique_blocks},
               {"crc32c", fmt::format("{:08x}", report.crc32c)},
               {"verified", report.verified},
               {"seconds", time.count()}};
  made.summary = fmt::format("{}: seed {}, {} in {} blocks, {} unique, CRC-32C {:08x}, {}{}", output, seed_text(seed), bytes_text(report.generated_bytes),
                             count_text(layout.blocks), count_text(layout.unique_blocks), report.crc32c, seconds_text(time),
                             rate_text(report.generated_bytes, time));
  if (options.checksum && !options.json) {
    const std::string line = fmt::format("{:08x}  {}\n", report.crc32c, output);
    NPK_TRY((output == "-" ? io.err : io.out).write(as_bytes(line)));
  }
  return made;
}

Result<ops::GenerateReport> write_tree(const GenOptions& options, const synth::Tree& tree, const std::string& output, Messages& messages, Io& io) {
  const auto generation = static_cast<std::uint32_t>(options.generation);
  if (!options.package) {
    std::optional<std::uint32_t> from;
    if (options.edit_from) from = static_cast<std::uint32_t>(*options.edit_from);
    return ops::generate_tree(tree, {.directory = output, .generation = generation, .from = from, .threads = static_cast<unsigned>(options.threads),
                                     .progress = progress_line(io, messages, options.quiet), .stop = io.stop});
  }
  NPK_ASSIGN(const std::unique_ptr<Sink> file, file_for(options, output, io));
  WriterOptions writer = package_options(options);
  writer.progress = progress_line(io, messages, options.quiet);
  writer.stop = io.stop;
  NPK_ASSIGN(const WriteReport report, ops::pack_generated_tree(tree, generation, *file, writer));
  return ops::GenerateReport{.directories = report.totals.directories, .files = report.totals.files, .bytes = report.totals.content_bytes,
                             .moved_files = 0, .removed_files = 0};
}

Result<Made> make_tree(const GenOptions& options, const synth::Seed& seed, const std::string& output, Messages& messages, Io& io) {
  const auto start = io.now();
  synth::TreeOptions own = options.tree;
  own.seed = seed;
  NPK_ASSIGN(const synth::Tree tree, synth::Tree::create(own));
  NPK_ASSIGN(const ops::GenerateReport report, write_tree(options, tree, output, messages, io));
  const std::chrono::duration<double> time = io.now() - start;
  Made made;
  made.json = {{"output", to_utf8(output)},     {"seed", seed_text(seed)},      {"generation", options.generation},
               {"directories", report.directories}, {"files", report.files},    {"bytes", report.bytes},
               {"unique_files", tree.unique_files()}, {"moved_files", report.moved_files}, {"removed_files", report.removed_files},
               {"seconds", time.count()}};
  made.summary = fmt::format("{}: seed {}, generation {}: {} files of {} written, {}", output, seed_text(seed), options.generation, count_text(report.files),
                             bytes_text(report.bytes), seconds_text(time));
  if (options.edit_from) made.summary += fmt::format(", {} moved, {} removed", count_text(report.moved_files), count_text(report.removed_files));
  return made;
}

int tell(const Json& outputs, Messages& messages, Io& io) {
  OutputBuffer out(io.out);
  out.append(Json{{"format", "npk-gen-1"}, {"outputs", outputs}}.dump(2) + "\n");
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

// A limit or what is not supported is about what was asked for; no package is read here.
int say_failure(const Error& error, Messages& messages) {
  messages.clear_status_line();
  const int code = messages.error(error);
  if (error.code == Errc::limit || error.code == Errc::unsupported) return kUsage;
  return code;
}

int gen(const GenOptions& options, Messages& messages, Io& io) {
  Result<synth::Seed> seed = options.seed ? Result<synth::Seed>(*options.seed) : synth::Seed::unique();
  if (!seed) return messages.error(seed.error());
  Json outputs = Json::array();
  for (const std::string& output : options.outputs) {
    const auto made = options.is_tree() ? make_tree(options, *seed, output, messages, io) : make_object(options, *seed, output, messages, io);
    if (!made) return say_failure(made.error(), messages);
    messages.clear_status_line();
    if (!options.json) messages.note(made->summary);
    outputs.push_back(made->json);
    ++seed->low;
  }
  return options.json ? tell(outputs, messages, io) : kDone;
}

}  // namespace
}  // namespace gen_verb

int run_gen(const Arguments& arguments, Io& io) {
  using namespace gen_verb;
  Messages messages(io, "gen");
  GenOptions options;
  GenWords words;
  OptionParser parser(kHelp, messages);
  define_gen(parser, options, words);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(options.quiet);
  if (const auto completed = complete_gen(words, parser, io, options); !completed) {
    const int code = messages.error(completed.error());
    if (code == kUsage) messages.hint("--help shows what there is");
    return code;
  }
  return gen(options, messages, io);
}

}  // namespace npk::tools
