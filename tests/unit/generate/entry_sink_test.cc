// A package's entry as a sink: the same package as from a source, nothing without a commit, and errors that come through.
#include <cerrno>

#include "npk/files.h"
#include "npk/object_writer.h"
#include "npk/ops/encode.h"
#include "npk/ops/entry_sink.h"
#include "npk/reader.h"
#include "support/fault_io.h"
#include "support/scratch.h"
#include "unit/synth/made_object.h"

namespace npk::ops {
namespace {

EntryRow row() {
  EntryRow entry;
  entry.path = "dir/object";
  entry.mode = 0640;
  entry.uid = 7;
  entry.user_name = "ann";
  entry.mtime_seconds = 1'700'000'000;
  entry.mtime_nanoseconds = 5;
  return entry;
}

synth::ObjectOptions object(std::uint64_t size) { return {.seed = {1, 1}, .size_bytes = size, .dedup = 2, .compress = 3}; }

TEST(EntrySink, MakesThePackageThatASourceMakes) {
  for (const std::uint64_t size : {0ULL, 1ULL, 10'000'001ULL}) {
    const synth::ObjectGenerator generator = synth::generator_of(object(size));
    Bytes expected, made;
    const auto sink = memory_sink(expected);
    const auto source = synth::object_source(generator);
    ASSERT_TRUE(encode_stream(*source, row(), *sink).has_value());
    WriteReport report;
    auto writer = *synth::ObjectWriter::create({.object = object(size), .threads = 2}, *entry_sink(row(), memory_sink(made), {}, &report));
    ASSERT_TRUE(writer.write_remaining().has_value());
    ASSERT_TRUE(writer.finish().has_value());
    EXPECT_EQ(made, expected) << size;
    EXPECT_EQ(report.input_bytes, size);
    const PackageReader package = *PackageReader::open(memory_source(made));
    const Entry entry = **package.find("dir/object");
    EXPECT_EQ(entry.row().size, size);
    EXPECT_EQ(entry.row().mode, 0640);
    EXPECT_EQ(entry.row().user_name, "ann");
    EXPECT_EQ(entry.row().mtime_nanoseconds, 5U);
  }
}

TEST(EntrySink, LeavesNothingWithoutACommit) {
  const testing::ScratchDirectory scratch;
  const std::string path = scratch / "p.npk";
  {
    const auto sink = *entry_sink(row(), *create_atomic_file(path));
    ASSERT_TRUE(sink->write(Bytes(9'000'000, 1)).has_value());
  }
  EXPECT_FALSE(testing::exists(path));
  auto writer = *synth::ObjectWriter::create({.object = object(30'000'000)}, *entry_sink(row(), *create_atomic_file(path)));
  ASSERT_TRUE(writer.write_generated(20'000'000).has_value());
  writer.cancel();
  EXPECT_FALSE(testing::exists(path));
}

TEST(EntrySink, ErrorsOfThePackageSurface) {
  Bytes made;
  auto full = std::make_unique<testing::FaultSink>(memory_sink(made), testing::FaultPlan{.fail_at_byte = 100'000, .error_number = ENOSPC});
  const auto sink = *entry_sink(row(), std::move(full));
  synth::ObjectGenerator generator = synth::generator_of({.size_bytes = 100U << 20});
  Bytes piece(1U << 20);
  Result<void> written;
  while (written && generator.fill(piece) != 0) written = sink->write(piece);
  if (written) written = sink->commit();
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().system_errno, ENOSPC);
}

TEST(EntrySink, WrongEntriesAndOptionsAreRefused) {
  EntryRow wrong = row();
  wrong.path = "../up";
  Bytes made;
  const auto sink = *entry_sink(wrong, memory_sink(made));
  EXPECT_EQ(sink->commit().error().code, Errc::misuse);
  EXPECT_TRUE(made.empty());
}

}  // namespace
}  // namespace npk::ops
