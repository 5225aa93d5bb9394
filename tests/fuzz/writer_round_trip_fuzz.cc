// links: npk_package_writer npk_package_reader npk_format
// Input: choices, among them entries and their content. What the writer makes of them the reader gives back, the same
// from one thread and from two; what the writer refuses it refuses as misuse.
#include <string>

#include "fuzz/fuzz_input.h"
#include "npk/files.h"
#include "npk/format/path.h"
#include "npk/reader.h"
#include "npk/writer.h"

namespace {

using namespace npk;
using format::Xattr;

struct Given {
  EntryRow row;
  std::string path;
  ByteView content;
  std::vector<Xattr> xattrs;
};

std::string take_path(fuzz::Input& input, std::size_t number) {
  if (input.byte() % 8 == 1) return std::string(input.text(input.byte()));
  return std::string(1, static_cast<char>('a' + number % 5)) +
         (input.flag() ? "/" + std::to_string(number) : std::string());
}

Given take_entry(fuzz::Input& input, std::size_t number) {
  constexpr std::size_t kMostContent = 3000;
  Given given;
  given.path = take_path(input, number);
  given.row.kind = static_cast<EntryKind>(input.byte() < 180 ? 1 : input.byte() % 8);
  given.row.mode = static_cast<std::uint16_t>(input.take<std::uint16_t>() & (input.byte() == 1 ? 0xFFFF : 0xFFF));
  given.row.uid = input.take<std::uint32_t>();
  given.row.user_name = input.text(input.byte() % 4);
  given.row.mtime_seconds = static_cast<std::int64_t>(input.take<std::uint64_t>());
  given.row.mtime_nanoseconds = input.take<std::uint32_t>() % 1'000'000'010;
  if (given.row.kind == EntryKind::symlink) given.row.target = input.text(input.byte() % 9);
  if (given.row.kind == EntryKind::character_device || given.row.kind == EntryKind::block_device)
    given.row.device = input.take<std::uint64_t>();
  for (std::size_t count = input.byte() % 4; count > 0; --count)
    given.xattrs.push_back({input.text(input.byte() % 5), input.text(input.byte() % 5)});
  if (given.row.kind == EntryKind::regular) given.content = input.bytes(input.below(kMostContent));
  return given;
}

WriterOptions take_options(fuzz::Input& input) {
  constexpr const char* kCodecs[] = {"store", "zstd", "lz4", "lzma2"};
  WriterOptions options;
  options.codec = kCodecs[input.byte() % 4];
  options.level = *options.codec == "store" ? 0 : 1;
  options.block_bytes = 65'536;
  options.chunk_bytes = 4096;
  options.deduplication = static_cast<Deduplication>(input.byte() % 3);
  options.reproducible = input.flag();
  return options;
}

bool is_sound(const Given& given) {
  const auto has_zero = [](std::string_view text) { return text.find('\0') != std::string_view::npos; };
  std::vector<std::string_view> names;
  for (const Xattr& xattr : given.xattrs) names.push_back(xattr.name);
  std::ranges::sort(names);
  const bool good_names =
      std::ranges::adjacent_find(names) == names.end() &&
      std::ranges::none_of(names, [&](std::string_view name) { return name.empty() || has_zero(name); });
  const bool good_kind = given.row.kind >= EntryKind::regular && given.row.kind <= EntryKind::fifo;
  const bool good_target =
      given.row.kind != EntryKind::symlink || (!given.row.target.empty() && !has_zero(given.row.target));
  return format::check_path(given.path, 65'535).has_value() && good_names && good_kind && good_target &&
         given.row.mode <= 0xFFF && given.row.mtime_nanoseconds < 1'000'000'000;
}

Result<Bytes> write(const std::vector<Given>& entries, WriterOptions options, unsigned threads) {
  options.threads = threads;
  PackageWriter writer(options);
  for (const Given& given : entries) {
    EntryRow row = given.row;
    row.path = given.path;
    row.xattrs = given.xattrs;
    const auto added = row.kind == EntryKind::regular ? writer.add(row, given.content) : writer.add(row);
    if (!added) return std::unexpected(added.error());
  }
  Bytes package;
  NPK_TRY(writer.finish(*memory_sink(package)));
  return package;
}

void expect_entry(const PackageReader& reader, const Given& given) {
  const auto found = reader.find(given.path);
  fuzz::require(found && *found, "each entry found");
  const EntryRow row = (*found)->row();
  fuzz::require(row.kind == given.row.kind && row.mode == given.row.mode && row.uid == given.row.uid &&
                    row.user_name == given.row.user_name && row.mtime_seconds == given.row.mtime_seconds &&
                    row.mtime_nanoseconds == given.row.mtime_nanoseconds && row.target == given.row.target &&
                    row.device == given.row.device && row.size == given.content.size(),
                "each entry as it was given");
  std::vector<Xattr> xattrs = given.xattrs;
  std::ranges::sort(xattrs, {}, &Xattr::name);
  fuzz::require(std::ranges::equal(row.xattrs, xattrs), "its attributes too");
  if (row.kind != EntryKind::regular) return;
  auto stream = reader.open_stream(**found);
  Bytes content(given.content.size() + 1);
  const auto count = stream ? stream->read(content) : Result<std::size_t>(std::unexpected(stream.error()));
  fuzz::require(
      count && *count == given.content.size() && std::ranges::equal(ByteView(content).first(*count), given.content),
      "its content too");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const WriterOptions options = take_options(input);
  std::vector<Given> entries;
  bool sound = true;
  for (std::size_t count = input.below(8); count > 0; --count) {
    entries.push_back(take_entry(input, count));
    sound = sound && is_sound(entries.back());
  }
  std::vector<std::string> paths;
  for (const Given& given : entries) paths.push_back(given.path);
  std::ranges::sort(paths);
  sound = sound && std::ranges::adjacent_find(paths) == paths.end();
  const auto package = write(entries, options, 1);
  if (!package) {
    fuzz::require(!sound && package.error().code == Errc::misuse, package.error().to_string().c_str());
    return 0;
  }
  fuzz::require(sound, "wrong entries refused");
  const auto reader = PackageReader::open(memory_source(*package));
  fuzz::require(reader && reader->entry_count() == entries.size() && !reader->info().recovered, "a package that opens");
  for (const Given& given : entries) expect_entry(*reader, given);
  fuzz::require(reader->for_each([](const Entry&) { return true; }).has_value(), "totals borne out");
  if (size % 8 == 0) fuzz::require(write(entries, options, 2) == *package, "the same bytes from two threads");
  return 0;
}
