// Sealed packages in memory, and what each way of reading makes of one, in a word.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "npk/frame_parser.h"
#include "npk/ops/decode.h"
#include "npk/ops/verify.h"
#include "support/package_frames.h"
#include "support/scratch.h"
#include "support/test_tree.h"
#include "unit/crypto/age_support.h"
#include "unit/extract/extract_support.h"

namespace npk::testing {

using Identities = std::shared_ptr<const std::vector<Identity>>;
using Recipients = std::shared_ptr<const std::vector<Recipient>>;

template <class... Key>
Identities identities(Key... keys) {
  return std::make_shared<const std::vector<Identity>>(list(std::move(keys)...));
}
template <class... Key>
Recipients recipients(Key... keys) {
  return std::make_shared<const std::vector<Recipient>>(list(std::move(keys)...));
}

inline WriterOptions sealed_options(Recipients to = recipients(recipient())) {
  WriterOptions options;
  options.preset = Preset::fast;
  options.threads = 2;
  options.recipients = std::move(to);
  return options;
}

inline TestEntry file_entry(std::string path, Bytes content) {
  TestEntry entry;
  entry.path = std::move(path);
  entry.content = std::move(content);
  return entry;
}

inline Result<PackageReader> open_sealed(ByteView package, Identities keys) {
  return PackageReader::open(memory_source(package), {.identities = std::move(keys)});
}

inline Result<Bytes> read_all(const PackageReader& reader, std::string_view path) {
  NPK_ASSIGN(const auto entry, reader.find(path));
  if (!entry) return fail(Errc::not_found, "no such entry");
  NPK_ASSIGN(FileStream stream, reader.open_stream(*entry));
  Bytes content(static_cast<std::size_t>(stream.size()));
  NPK_ASSIGN(const std::size_t count, stream.read(content));
  if (count != content.size()) return fail(Errc::internal, "a short read");
  return content;
}

// "sound", "fails: CODE", or "damaged: CODE CODE…" in the order of their names.
inline std::string damaged(const std::set<std::string_view>& codes) {
  if (codes.empty()) return "sound";
  std::string text = "damaged:";
  for (const std::string_view code : codes) text += " " + std::string(code);
  return text;
}
inline std::string failed(const Error& error) { return "fails: " + std::string(errc_name(error.code)); }

// Opening it and reading these entries. Bytes that are not an entry's are a test failure.
inline std::string by_reader(ByteView package, const Identities& keys, const std::vector<TestEntry>& entries) {
  const auto reader = open_sealed(package, keys);
  if (!reader) return failed(reader.error());
  std::set<std::string_view> codes;
  for (const Error& warning : reader->info().warnings) codes.insert(errc_name(warning.code));
  for (const TestEntry& entry : entries) {
    if (entry.kind != format::EntryKind::regular) continue;
    const auto content = read_all(*reader, entry.path);
    if (!content) codes.insert(errc_name(content.error().code));
    else EXPECT_TRUE(*content == entry.content) << entry.path << " reads as other bytes";
  }
  return damaged(codes);
}

inline std::string by_verify(ByteView package, const Identities& keys, bool quick = false) {
  const auto report = ops::verify(memory_source(package), {.quick = quick, .threads = 1, .identities = keys});
  if (!report) return failed(report.error());
  std::set<std::string_view> codes;
  for (const ops::Damage& damage : report->damages) codes.insert(errc_name(damage.error.code));
  EXPECT_EQ(report->is_sound(), codes.empty());
  return damaged(codes);
}

// Extracting it from a pipe. A file that is there and not reported must be what it was.
inline std::string by_pipe(ByteView package, const Identities& keys, const std::vector<TestEntry>& entries) {
  const ScratchDirectory scratch;
  const Extracted extracted = extract_bytes(package, Way::pipe, scratch / "out", {.threads = 1, .identities = keys});
  const std::vector<std::string> reported = extracted.problem_paths();
  for (const TestEntry& entry : entries) {
    const std::string path = scratch / ("out/" + entry.path);
    if (entry.kind != format::EntryKind::regular || !exists(path)) continue;
    if (std::ranges::any_of(reported, [&](const std::string& name) { return name.ends_with(entry.path); })) continue;
    EXPECT_TRUE(read_file(path) == as_text(entry.content)) << entry.path << " came out as other bytes";
  }
  if (!extracted.result) return failed(extracted.result.error());
  std::set<std::string_view> codes;
  for (const Error& problem : extracted.problems) codes.insert(errc_name(problem.code));
  return damaged(codes);
}

// Every frame, fed in slices.
inline std::string by_parser(ByteView package, const Identities& keys, BlockBodies bodies = BlockBodies::opened) {
  FrameParser parser({}, keys, bodies);
  const auto walk = [&]() -> Result<void> {
    constexpr std::size_t kSlice = 1009;
    FrameEvent event;
    for (std::size_t at = 0; at < package.size(); at += kSlice) {
      NPK_TRY(parser.feed(package.subspan(at, std::min(kSlice, package.size() - at))));
      for (bool found = true; found;) {
        NPK_ASSIGN(found, parser.next(event));
      }
    }
    return parser.finish();
  };
  const auto walked = walk();
  return walked ? "sound" : failed(walked.error());
}

// The only file, from a pipe to a sink: what was committed must be `content`.
inline std::string by_decoder(ByteView package, const Identities& keys, ByteView content) {
  MemoryPipe pipe(package);
  Bytes out;
  const auto sink = memory_sink(out);
  const auto report = ops::decode_stream(pipe, *sink, {.threads = 1, .identities = keys});
  if (!report) return failed(report.error());
  EXPECT_TRUE(std::ranges::equal(out, content)) << "decoded to other bytes";
  return "sound";
}

}  // namespace npk::testing
