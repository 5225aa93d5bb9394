#include "pack_options.h"

#include <charconv>
#include <map>

#include "pack_inputs.h"

namespace npk::tools {
namespace {

Result<Deduplication> deduplication_of(const std::string& name) {
  static const std::map<std::string, Deduplication> kNames = {
      {"none", Deduplication::none}, {"files", Deduplication::files}, {"chunks", Deduplication::chunks}};
  const auto found = kNames.find(name);
  if (found == kNames.end()) return fail(Errc::misuse, "--dedup: '" + name + "' is none of none, files and chunks");
  return found->second;
}

Result<FileOrder> order_of(const std::string& name) {
  static const std::map<std::string, FileOrder> kNames = {
      {"", FileOrder::preset}, {"path", FileOrder::path}, {"kind", FileOrder::kind}, {"similar", FileOrder::similar}};
  const auto found = kNames.find(name);
  if (found == kNames.end()) return fail(Errc::misuse, "--order: '" + name + "' is none of path, kind and similar");
  return found->second;
}

// https://reproducible-builds.org/specs/source-date-epoch/: ASCII digits, seconds.
Result<std::optional<std::int64_t>> source_date(const Io& io) {
  const auto text = io.environment("SOURCE_DATE_EPOCH");
  if (!text) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size() || seconds < 0)
    return fail(Errc::misuse, "SOURCE_DATE_EPOCH is '" + *text + "', not a number of seconds since 1970");
  return seconds;
}

}  // namespace

Result<void> set_time(ops::CreateOptions& create, const Io& io) {
  NPK_ASSIGN(const auto given, source_date(io));
  WriterOptions& writer = create.writer;
  if (given) {
    writer.time_seconds = *given;
    create.clamp_times = true;
  } else if (!writer.reproducible) {
    create.hints = true;
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(io.now().time_since_epoch()).count();
    writer.time_seconds = now / 1'000'000'000;
    writer.time_nanoseconds = static_cast<std::uint32_t>(now % 1'000'000'000);
  }
  return {};
}

void define_pack(OptionParser& parser, PackOptions& options, ops::CreateOptions& create) {
  WriterOptions& writer = create.writer;
  parser.flag("--fast", options.fast);
  parser.flag("--max", options.max);
  parser.texts("-C,--directory", options.directories);
  parser.texts("--files-from", options.lists);
  parser.texts("--exclude", create.excludes);
  parser.texts("--include", create.includes);
  parser.text("--stdin-name", create.standard_input_name);
  parser.number("--level", writer.level, -100, 100);
  parser.text("--codec", writer.codec);
  parser.text("--chain", writer.chain);
  parser.flag("--filters", options.filters);
  parser.flag("--no-filters", options.no_filters);
  parser.size("--block-size", writer.block_bytes);
  parser.size("--chunk-size", writer.chunk_bytes);
  parser.text("--dedup", options.dedup);
  parser.text("--order", options.order);
  parser.number("--threads", options.threads, 1, 1024);
  parser.size("--memory", writer.memory_bytes);
  parser.text("--accel", options.accel);
  parser.text("--message", writer.message);
  parser.excludes("--fast", "--max");
  parser.excludes("--filters", "--no-filters");
}

Result<void> complete_pack(const PackOptions& options, const OptionParser& parser, Io& io, ops::CreateOptions& create) {
  if (options.fast) create.writer.preset = Preset::fast;
  if (options.max) create.writer.preset = Preset::max;
  if (options.filters || options.no_filters) create.writer.choose_filters = options.filters;
  create.writer.threads = static_cast<unsigned>(options.threads);
  if (options.accel && !(create.writer.accel = accel_mode_of(*options.accel)))
    return fail(Errc::misuse, "--accel: '" + *options.accel + "' is none of off, auto, opencl and cuda");
  NPK_ASSIGN(create.writer.deduplication, deduplication_of(options.dedup));
  NPK_ASSIGN(create.writer.order, order_of(options.order));
  NPK_TRY(set_time(create, io));
  NPK_ASSIGN(PackInputs inputs, pack_inputs(parser.in_order(), io.in));
  create.inputs = std::move(inputs.paths);
  if (inputs.standard_input) create.standard_input = &io.in;
  return {};
}

}  // namespace npk::tools
