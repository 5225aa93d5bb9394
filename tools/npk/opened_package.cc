#include "opened_package.h"

#include <fmt/format.h>

#include "exit_code.h"
#include "generation_option.h"
#include "npk/files.h"
#include "npk/spool.h"

namespace npk::tools {
namespace {

std::string_view kind_text(EntryKind kind) noexcept {
  switch (kind) {
    case EntryKind::regular: return "a file";
    case EntryKind::directory: return "a directory";
    case EntryKind::symlink: return "a symbolic link";
    case EntryKind::character_device:
    case EntryKind::block_device: return "a device";
    case EntryKind::fifo: return "a FIFO";
  }
  return "something else";
}

int no_content(const Entry& entry, Messages& messages) {
  const EntryRow row = entry.row();
  messages.error(fmt::format("{} is {}, not a file", row.path, kind_text(row.kind)));
  if (row.kind == EntryKind::symlink) messages.hint("it leads to " + printable(row.target));
  return kSomeFailed;
}

std::string_view without_slashes(std::string_view path) noexcept {
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

Result<PackageReader> opened(const std::string& path, const ReadingOptions& reading, Io& io) {
  NPK_ASSIGN(const ReaderOptions options, reader_options(reading, path));
  NPK_ASSIGN(auto source, package_source(path, reading, io));
  return PackageReader::open(std::move(source), options);
}

}  // namespace

void define_reading(OptionParser& parser, ReadingOptions& options) {
  define_identities(parser, options.keys);
  define_expectation(parser, options.expectation);
  parser.text("--at", options.at);
  parser.size("--spool", options.spool_bytes);
}

Result<std::shared_ptr<RandomAccessSource>> package_source(const std::string& path, const ReadingOptions& reading, Io& io) {
  if (path != "-") return open_package_source(path);
  if (!reading.spool_bytes) return fail(Errc::misuse, "a package can be read in any order only from a file, not from '-'");
  if (*reading.spool_bytes == 0) return fail(Errc::misuse, "--spool: at least one byte");
  return spool_source(*joined_volumes(io.in), {.bytes = *reading.spool_bytes, .stop = io.stop});
}

Result<ReaderOptions> reader_options(const ReadingOptions& options, const std::string& package) {
  ReaderOptions reader;
  if (options.at) {
    NPK_ASSIGN(const GenerationChoice choice, parse_generation(*options.at));
    reader.generation = choice.number;
    reader.not_after = choice.not_after;
  }
  NPK_ASSIGN(reader.expected, expected_state(options.expectation));
  NPK_ASSIGN(reader.identities, identities_of(options.keys, package));
  return reader;
}

void hint_at_keys(const Error& error, Messages& messages) {
  if (error.code == Errc::no_key) messages.hint("-i FILE names a file of identities, -p asks for a passphrase");
}

Result<PackageReader> open_package(const std::string& path, const ReadingOptions& reading, Messages& messages) {
  Result<PackageReader> package = opened(path, reading, messages.io());
  if (!package) {
    static_cast<void>(messages.error(package.error()));
    hint_at_keys(package.error(), messages);
    if (path == "-" && !reading.spool_bytes)
      messages.hint("npk extract reads packages from standard input; --spool SIZE keeps one in a file without a name, of at most SIZE, for any verb");
    return package;
  }
  for (const Error& warning : package->info().warnings) messages.note(warning.to_string());
  return package;
}

bool is_incomplete(const PackageReader& package) noexcept {
  return package.info().recovered && package.info().commit.statement.storage_root == Digest{};
}

int with_package(const std::string& path, const ReadingOptions& reading, Messages& messages, const std::function<int(const PackageReader&)>& run) {
  return with_entry_of(path, reading, messages, [&](const PackageReader& package) {
    const int code = run(package);
    return code == kDone && is_incomplete(package) ? kDamaged : code;
  });
}

int with_entry_of(const std::string& path, const ReadingOptions& reading, Messages& messages, const std::function<int(const PackageReader&)>& run) {
  const Result<PackageReader> package = open_package(path, reading, messages);
  return package ? run(*package) : exit_code_of(package.error());
}

std::expected<FileStream, int> open_content(const PackageReader& package, const std::string& path, Messages& messages) {
  const auto found = package.find(without_slashes(path));
  if (!found) return std::unexpected(messages.error(found.error()));
  if (!*found) {
    messages.error(fmt::format("{}: there is no such entry", path));
    messages.hint("npk list shows what there is");
    return std::unexpected(kSomeFailed);
  }
  if ((*found)->row().kind != EntryKind::regular) return std::unexpected(no_content(**found, messages));
  Result<FileStream> stream = package.open_stream(**found);
  if (!stream) return std::unexpected(messages.error(stream.error()));
  return *std::move(stream);
}

int report_unmatched(const std::vector<std::string>& globs, Messages& messages) {
  for (const std::string& glob : globs) messages.error(glob + ": fits no entry");
  return globs.empty() ? kDone : kSomeFailed;
}

}  // namespace npk::tools
