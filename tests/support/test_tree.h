// Inputs of the writer for tests: entries in memory or computed, which may fail, shrink or grow while they are read; and packing in one call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "npk/files.h"
#include "npk/format/path.h"
#include "npk/writer.h"
#include "package/writer/input.h"
#include "package/writer/write_package.h"

namespace npk::testing {

enum class DataKind : std::uint8_t { zeros, text, random, mixed, counting };
inline constexpr DataKind kAllDataKinds[] = {DataKind::zeros, DataKind::text, DataKind::random, DataKind::mixed, DataKind::counting};

inline void append_text(Bytes& out, std::size_t size, std::mt19937_64& random) {
  static constexpr std::string_view kWords[] = {"static ", "int ", "return ", "struct ", "value",  " = ", ";\n",
                                                "(",       ")",    "{\n",     "}\n",     "device", "0x",  "const "};
  while (out.size() < size) {
    for (const char letter : kWords[random() % std::size(kWords)]) out.push_back(static_cast<std::uint8_t>(letter));
    if (random() % 4 == 0) out.push_back(static_cast<std::uint8_t>('a' + random() % 26));
  }
  out.resize(size);
}

inline Bytes make_data(DataKind kind, std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes out;
  out.reserve(size + 64);
  if (kind == DataKind::text) append_text(out, size, random);
  while (out.size() < size) {
    const std::uint64_t word = random();
    switch (kind) {
      case DataKind::random: for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(word >> (8 * i))); break;
      case DataKind::counting: out.push_back(static_cast<std::uint8_t>(out.size() % 251)); break;
      case DataKind::mixed:
        if (word % 3 == 0) append_text(out, out.size() + 20'000, random);
        else if (word % 3 == 1) out.resize(out.size() + 5'000 + word % 90'000);
        else for (int i = 0; i < 30'000; ++i) out.push_back(static_cast<std::uint8_t>(random()));
        break;
      default: out.resize(size);
    }
  }
  out.resize(size);
  return out;
}

// Bytes at an offset of a file that is not held in memory: fills `out`.
using Generator = std::function<void(std::uint64_t offset, MutableBytes out)>;

struct TestEntry {
  std::string path;
  format::EntryKind kind = format::EntryKind::regular;
  std::uint16_t mode = 0644;
  std::uint64_t uid = 0, gid = 0;
  std::string user_name = {}, group_name = {};
  std::int64_t mtime_seconds = 0;
  std::uint32_t mtime_nanoseconds = 0;
  std::string target = {};
  std::uint64_t device = 0;
  std::vector<std::pair<std::string, std::string>> xattrs = {};
  std::uint64_t link_group = 0;

  Bytes content = {};                           // what reading it gives, unless:
  Generator generator = {};                     // computed instead
  std::uint64_t generated_size = 0;
  std::optional<std::uint64_t> scanned_size = {};  // the size the scan saw, if another
  bool sequential = false;                      // a pipe: its size is not known before
  std::vector<writer::ByteRange> holes = {};
  std::optional<std::uint64_t> fails_at = {};   // a read that touches this byte fails
  Errc fails_with = Errc::io;
  bool fails_to_open = false;
  bool rewritten = false;                       // since it was scanned
  bool likely_known = false;                    // by the generation before

  [[nodiscard]] std::uint64_t real_size() const noexcept { return generator ? generated_size : content.size(); }
};

class TestFile final : public writer::InputFile {
 public:
  explicit TestFile(const TestEntry& entry) noexcept : entry_(entry) {}
  [[nodiscard]] bool is_sequential() const noexcept override { return entry_.sequential; }
  [[nodiscard]] bool has_changed() const noexcept override { return entry_.rewritten; }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) override {
    const std::uint64_t size = entry_.real_size();
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - std::min(size, offset)));
    if (entry_.fails_at && offset + out.size() > *entry_.fails_at)
      return std::unexpected(Error{.code = entry_.fails_with, .message = "can't read", .path = entry_.path, .offset = offset, .system_errno = 5});
    if (entry_.generator) entry_.generator(offset, out.first(count));
    else std::copy_n(entry_.content.begin() + static_cast<std::ptrdiff_t>(std::min(size, offset)), count, out.begin());
    return count;
  }
  Result<std::vector<writer::ByteRange>> holes(std::uint64_t) override { return entry_.holes; }

 private:
  const TestEntry& entry_;
};

// Sorted by path when packed.
class TestTree final : public writer::InputTree {
 public:
  TestTree() = default;
  explicit TestTree(std::vector<TestEntry> entries) : entries_(std::move(entries)) { sort(); }

  TestEntry& add(TestEntry entry) {
    entries_.push_back(std::move(entry));
    return entries_.back();
  }
  void sort() {
    std::ranges::sort(entries_, [](const TestEntry& a, const TestEntry& b) { return format::path_less(a.path, b.path); });
    leaders_.clear();
    for (std::uint64_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].link_group != 0) leaders_.try_emplace(entries_[i].link_group, i);
  }
  [[nodiscard]] const std::vector<TestEntry>& entries() const noexcept { return entries_; }

  [[nodiscard]] std::uint64_t entry_count() const noexcept override { return entries_.size(); }
  [[nodiscard]] bool is_likely_known(std::uint64_t number) const noexcept override { return entries_[number].likely_known; }
  [[nodiscard]] format::EntryRow entry(std::uint64_t number, writer::EntryScratch& scratch) const override {
    const TestEntry& entry = entries_[number];
    scratch.xattrs.clear();
    for (const auto& [name, value] : entry.xattrs) scratch.xattrs.push_back({name, value});
    return {.path = entry.path, .kind = entry.kind, .mode = entry.mode, .uid = entry.uid, .gid = entry.gid, .user_name = entry.user_name,
            .group_name = entry.group_name, .mtime_seconds = entry.mtime_seconds, .mtime_nanoseconds = entry.mtime_nanoseconds,
            .size = 0, .runs = {}, .digest = {}, .link_group = entry.link_group, .target = entry.target, .device = entry.device,
            .xattrs = scratch.xattrs};
  }
  [[nodiscard]] std::uint64_t size(std::uint64_t number) const noexcept override {
    const TestEntry& entry = entries_[number];
    if (entry.kind != format::EntryKind::regular) return 0;
    return entry.sequential ? writer::kUnknownSize : entry.scanned_size.value_or(entry.real_size());
  }
  [[nodiscard]] bool may_have_holes(std::uint64_t number) const noexcept override { return !entries_[number].holes.empty(); }
  [[nodiscard]] std::uint64_t link_leader(std::uint64_t number) const noexcept override {
    const std::uint64_t group = entries_[number].link_group;
    return group == 0 ? number : leaders_.at(group);
  }
  [[nodiscard]] std::unique_ptr<writer::InputOpener> opener() const override {
    struct Opener final : writer::InputOpener {
      explicit Opener(const TestTree& tree) noexcept : tree_(tree) {}
      Result<std::unique_ptr<writer::InputFile>> open(std::uint64_t number) override {
        const TestEntry& entry = tree_.entries_[number];
        if (entry.fails_to_open) return std::unexpected(Error{.code = Errc::io, .message = "can't open", .path = entry.path, .offset = {}, .system_errno = 13});
        return std::make_unique<TestFile>(entry);
      }
      const TestTree& tree_;
    };
    return std::make_unique<Opener>(*this);
  }

 private:
  std::vector<TestEntry> entries_;
  std::map<std::uint64_t, std::uint64_t> leaders_;
};

struct Packed {
  Bytes bytes;
  WriteReport report;
  std::vector<Error> problems;

  [[nodiscard]] std::vector<std::string> problem_paths() const {
    std::vector<std::string> paths;
    for (const Error& error : problems) paths.push_back(error.path);
    std::ranges::sort(paths);
    return paths;
  }
};

inline Result<Packed> try_pack(const writer::InputTree& tree, WriterOptions options, const writer::WriteBounds& bounds = {}) {
  Packed packed;
  std::mutex mutex;
  options.problem = [&](const Error& error) {
    const std::lock_guard lock(mutex);
    packed.problems.push_back(error);
  };
  const std::unique_ptr<Sink> sink = memory_sink(packed.bytes);
  NPK_ASSIGN(packed.report, writer::write_package(tree, *sink, options, bounds));
  return packed;
}

inline Packed pack(const writer::InputTree& tree, const WriterOptions& options = {}, const writer::WriteBounds& bounds = {}) {
  return try_pack(tree, options, bounds).value();
}

}  // namespace npk::testing
