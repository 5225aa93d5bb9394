// A package of several small segments, what runs that were stopped may have left of it, and runs that go on from there.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "io/resume_record.h"
#include "ops/write/resumed_package.h"
#include "package/writer/block_identity.h"
#include "support/fault_io.h"
#include "support/package_frames.h"
#include "support/scratch.h"
#include "support/test_tree.h"

namespace npk::testing {

// In memory where there is such a place: what is synced hundreds of times need not reach a disk.
inline std::string quick_place() { return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ""; }

inline constexpr writer::WriteBounds kSmallSegments{.segment_input_bytes = 200U << 10};

inline WriterOptions small_options(unsigned threads = 2) {
  WriterOptions options;
  options.preset = Preset::fast;
  options.block_bytes = 64U << 10;
  options.chunk_bytes = 4U << 10;
  options.threads = threads;
  options.time_seconds = 1'700'000'000;
  return options;
}

// Text that compresses, data that does not, duplicates, a file of several segments, entries without content.
inline TestTree several_segments() {
  TestTree tree;
  for (std::uint64_t i = 0; i < 12; ++i) {
    const std::string number = std::to_string(100 + i);
    tree.add({.path = "t/text" + number + ".c", .content = make_data(DataKind::text, 30'000 + 7'000 * i, i)});
    tree.add({.path = "t/dense" + number + ".png", .content = make_data(DataKind::random, 9'000, i)});
  }
  tree.add({.path = "t/large", .content = make_data(DataKind::text, 700'000, 99)});
  tree.add({.path = "t/twice", .content = make_data(DataKind::text, 700'000, 99)});
  tree.add({.path = "t/empty"});
  tree.add({.path = "t", .kind = format::EntryKind::directory, .mode = 0755});
  tree.sort();
  return tree;
}

class ResumablePack {
 public:
  explicit ResumablePack(WriterOptions options = small_options()) {
    create.package_path = scratch_ / "p.npk";
    create.resume = true;
    create.writer = std::move(options);
  }

  [[nodiscard]] std::string path(std::string_view name) const { return scratch_ / name; }
  [[nodiscard]] const std::string& directory() const { return scratch_.path(); }
  [[nodiscard]] Bytes package() const {
    const std::string text = read_file(create.package_path);
    return {text.begin(), text.end()};
  }

  // As if a run had been killed that was made by these options, when so much had been written.
  void leave(ByteView partial, const WriterOptions& made_by) const {
    write_file(scratch_ / ".p.npk.npk-partial", as_text(partial));
    const writer::WritePlan plan = writer::make_plan(made_by).value();
    const bool sealed = made_by.recipients != nullptr;
    ASSERT_TRUE(io::write_resume_record(scratch_ / ".p.npk.npk-resume", (sealed ? "sealed, " : "") + writer::block_identity(plan)));
  }
  void leave(ByteView partial) const { leave(partial, create.writer); }

  [[nodiscard]] Result<WriteReport> run(const writer::InputTree& tree) const {
    NPK_ASSIGN(ops::ResumedPackage package, ops::ResumedPackage::open(create));
    return package.write(tree, kSmallSegments);
  }
  // Nothing is left beside the package.
  void expect_only_package() const {
    for (const char* name : {".p.npk.npk-partial", ".p.npk.npk-resume", ".p.npk.npk-earlier"}) EXPECT_FALSE(exists(scratch_ / name)) << name;
  }
  WriteReport expect(const writer::InputTree& tree, ByteView wanted) const {
    const auto report = run(tree);
    EXPECT_TRUE(report) << report.error().to_string();
    EXPECT_TRUE(std::ranges::equal(package(), wanted));
    expect_only_package();
    return report ? *report : WriteReport();
  }

  ops::CreateOptions create;

 private:
  const ScratchDirectory scratch_{quick_place()};
};

}  // namespace npk::testing
