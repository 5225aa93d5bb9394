#include <algorithm>

#include "exit_code.h"
#include "json_text.h"
#include "npk/files.h"
#include "npk/format/entry_attributes.h"
#include "npk/ops/tags.h"
#include "output_buffer.h"
#include "tag_change.h"
#include "verbs.h"

namespace npk::tools {
namespace comment_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk comment [OPTION]... PACKAGE [ENTRY]

Prints the comment of an entry, or without ENTRY that of the package itself; or changes it, from the next generation on.

  --set TEXT           the comment is this
  --file FILE          it is what FILE holds, UTF-8 of at most 64 KiB; - is standard input
  --unset              there is none any more
  --message TEXT       kept with the generation
  --append-to-signed   also where the newest generation is signed; the new one is not
  --json               the comment, or a report of the change, as JSON on standard output (see JSON.md)
  -q, --quiet          no summary
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --signer KEY, --expect-commit HASH, --at N|TIME, --spool SIZE
                       where it is printed, as of npk list

example:
  npk comment --set 'checked by ann' photos.npk photos/2026
)";

struct Options {
  TagCommand command;
  std::optional<std::string> set, file;
  bool unset = false;
  std::vector<std::string> entries;
};

// Up to one byte more than a comment may have.
Result<std::string> read_start(SequentialSource& source) {
  Bytes bytes(format::kMaxMetadataValueBytes + 1);
  std::size_t have = 0;
  while (have < bytes.size()) {
    NPK_ASSIGN(const std::size_t count, source.read(MutableBytes(bytes).subspan(have)));
    if (count == 0) break;
    have += count;
  }
  return std::string(as_text(ByteView(bytes).first(have)));
}

Result<std::string> read_file_start(const std::string& path) {
  NPK_ASSIGN(const auto source, open_file_source(path));
  NPK_ASSIGN(const std::uint64_t size, source->size());
  Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size, format::kMaxMetadataValueBytes + 1)));
  std::size_t have = 0;
  while (have < bytes.size()) {
    NPK_ASSIGN(const std::size_t count, source->read_at(have, MutableBytes(bytes).subspan(have)));
    if (count == 0) break;
    have += count;
  }
  return std::string(as_text(ByteView(bytes).first(have)));
}

Result<std::string> comment_in(const std::string& path, Io& io) {
  NPK_ASSIGN(std::string text, path == "-" ? read_start(io.in) : read_file_start(path));
  if (text.size() > format::kMaxMetadataValueBytes) return fail(Errc::misuse, "--file: a comment is at most 64 KiB");
  return text;
}

Result<void> complete(Options& options, Io& io) {
  if (options.entries.size() > 1) return fail(Errc::misuse, "one ENTRY has one comment: more than one is given");
  if ((options.set ? 1 : 0) + (options.file ? 1 : 0) + (options.unset ? 1 : 0) > 1) return fail(Errc::misuse, "--set, --file and --unset: one of them");
  std::optional<std::string> text = options.set;
  if (options.file) {
    NPK_ASSIGN(text, comment_in(*options.file, io));
  }
  if (!text && !options.unset) return {};
  ops::AppendOptions& append = options.command.append;
  if (options.entries.empty()) append.metadata.push_back({std::string(format::kPackageCommentName), text});
  else append.attributes.push_back({stored_path(options.entries.front()), std::string(format::kEntryCommentName), text});
  return {};
}

Result<std::optional<std::string>> comment_of(const PackageReader& package, const Options& options) {
  if (options.entries.empty()) {
    const format::PackageMetadata metadata = ops::metadata_of(package);
    const auto found = metadata.find(format::kPackageCommentName);
    return found == metadata.end() ? std::nullopt : std::optional(found->second);
  }
  NPK_ASSIGN(const auto entry, package.find(stored_path(options.entries.front())));
  if (!entry) return fail(Errc::not_found, "'" + options.entries.front() + "' is no entry of the package");
  return ops::comment_of(entry->row());
}

int print(const PackageReader& package, const Options& options, Messages& messages, Io& io) {
  const auto comment = comment_of(package, options);
  if (!comment && comment.error().code == Errc::not_found) return messages.error(comment.error().to_string()), kSomeFailed;
  if (!comment) return messages.error(comment.error());
  OutputBuffer out(io.out);
  if (options.command.change.json) {
    Json json = {{"format", "npk-comment-1"}, {"comment", nullptr}};
    if (*comment) json["comment"] = to_utf8(**comment);
    out.append(json.dump(2) + "\n");
  } else if (*comment) {
    const std::string text = io.out_is_terminal ? printable(**comment) : **comment;
    out.append(text.ends_with('\n') ? text : text + "\n");
  }
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

}  // namespace
}  // namespace comment_verb

int run_comment(const Arguments& arguments, Io& io) {
  using namespace comment_verb;
  Messages messages(io, "comment");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.text("--set", options.set);
  parser.text("--file", options.file);
  parser.flag("--unset", options.unset);
  define_tag_command(parser, options.command);
  parser.operands("ENTRY", options.entries);
  if (const auto code = parser.parse(arguments, io)) return *code;
  if (const auto completed = complete(options, io); !completed) return messages.error(completed.error());
  const ops::AppendOptions& append = options.command.append;
  if (!append.metadata.empty() || !append.attributes.empty()) return run_tag_change(options.command, messages, io);
  return with_package(append.package_path, options.command.reading, messages,
                      [&](const PackageReader& package) { return print(package, options, messages, io); });
}

}  // namespace npk::tools
