// Damaged packages, what recover() makes of them, and what it ought to.
#pragma once

#include "npk/ops/recover.h"
#include "package/reader/impl.h"
#include "unit/append/append_support.h"

namespace npk::testing {

struct Recovered {
  Result<ops::RecoverReport> report = fail(Errc::internal, "not run");
  Bytes package;  // what was written
  Identities keys;

  [[nodiscard]] Result<PackageReader> open() const { return PackageReader::open(memory_source(package), {.identities = keys}); }
  [[nodiscard]] State state() const {
    const auto reader = open();
    EXPECT_TRUE(reader) << reader.error().to_string();
    return reader ? AppendedPackage::state_of(*reader) : State();
  }
  [[nodiscard]] std::set<std::string> lost_paths() const {
    std::set<std::string> paths;
    for (const ops::LostEntry& lost : report.value().lost) paths.insert(lost.path);
    return paths;
  }
};

// What was written passes verify; nothing else is left behind.
inline Recovered recover_bytes(ByteView damaged, ops::RecoverOptions options = {}) {
  const ScratchDirectory scratch;
  write_file(scratch / "damaged.npk", as_text(damaged));
  options.output_path = scratch / "saved.npk";
  options.threads = 1;
  options.preset = Preset::fast;
  Recovered recovered;
  recovered.keys = options.identities;
  recovered.report = ops::recover(scratch / "damaged.npk", options);
  EXPECT_EQ(read_file(scratch / "damaged.npk"), as_text(damaged));
  EXPECT_EQ(exists(options.output_path), recovered.report.has_value());
  if (!recovered.report) return recovered;
  const std::string text = read_file(options.output_path);
  recovered.package.assign(text.begin(), text.end());
  EXPECT_EQ(by_verify(recovered.package, options.identities), "sound");
  return recovered;
}

// Every entry is what it was, or is listed; nothing is there that was not.
inline void expect_true_or_listed(const Recovered& recovered, const State& state) {
  const State saved = recovered.state();
  const std::set<std::string> lost = recovered.lost_paths();
  for (const auto& [path, content] : saved) {
    const auto original = state.find(path);
    ASSERT_TRUE(original != state.end()) << path;
    EXPECT_TRUE(content == original->second) << path;
    EXPECT_FALSE(lost.contains(path)) << path;
  }
  std::uint64_t missing = 0;
  for (const auto& [path, content] : state) missing += saved.contains(path) || lost.contains(path) ? 0U : 1U;
  EXPECT_LE(missing, recovered.report->unnamed_entries);
}

inline Bytes with_zeros(Bytes bytes, std::uint64_t begin, std::uint64_t end) {
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(end), std::uint8_t{0});
  return bytes;
}
inline Bytes without(Bytes bytes, std::uint64_t begin, std::uint64_t end) {
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(end));
  return bytes;
}

// Several blocks, a file of many chunks, small files that share a block, a duplicate, directories.
inline void fill_small(const AppendedPackage& package) {
  package.write("large", text_of(DataKind::random, 150'000, 1));
  package.write("copy", text_of(DataKind::random, 150'000, 1));
  for (int i = 0; i < 8; ++i) package.write("d/f" + std::to_string(i), text_of(DataKind::text, 9'000, static_cast<std::uint64_t>(10 + i)));
  package.write("d/noise", text_of(DataKind::random, 40'000, 2));
  package.write("empty", "");
}

// By the position of each block's frame, and of each chunk page's: the entries that need it.
inline std::map<std::uint64_t, std::set<std::string>> needs_of(const PackageReader& reader) {
  std::map<std::uint64_t, std::set<std::string>> needs;
  const auto& chunks = reader.impl().chunks();
  EXPECT_TRUE(reader.for_each([&](const Entry& entry) {
    for (const format::Run& run : entry.row().runs) {
      for (std::uint64_t i = 0; i < run.chunk_count; ++i) {
        const auto chunk = chunks.chunk(run.first_chunk + i);
        EXPECT_TRUE(chunk);
        const format::BlockRow row = chunks.block(chunk->block)->row;
        needs[row.position].insert(std::string(entry.path()));
        if (row.base_distance != 0) needs[chunks.block(chunk->block - row.base_distance)->row.position].insert(std::string(entry.path()));
      }
    }
    return true;
  }));
  return needs;
}

}  // namespace npk::testing
