// The library against the specification's vectors (spec/vectors/README.md): opens, lists and reads each, and compares
// what comes out with manifest.json. What only full verification or extraction shows is left to the tests of those
// operations.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "hash/hash.h"
#include "npk/files.h"
#include "npk/ops/verify.h"
#include "npk/reader.h"
#include "support/vector_keys.h"
#include "support/vector_manifest.h"

namespace npk {
namespace {

using nlohmann::json;

const std::vector<test::ManifestLine>& vectors() {
  static const std::vector<test::ManifestLine> all = test::manifest_lines(NPK_VECTORS_DIRECTORY);
  return all;
}

// ctest starts a process for each test, by its whole name: those of 900 vectors need not be registered to run one.
std::vector<std::string> names() {
  const std::string filter = GTEST_FLAG_GET(filter);
  const bool is_pattern = filter.find_first_of("*?:-") != std::string::npos;
  std::vector<std::string> wanted;
  for (const test::ManifestLine& vector : vectors()) {
    if (is_pattern || filter.ends_with('/' + vector.name())) wanted.push_back(vector.name());
  }
  return wanted;
}

json vector_named(const std::string& name) {
  return std::ranges::find(vectors(), name, &test::ManifestLine::name)->parsed();
}

constexpr std::string_view kStages[] = {"open", "list", "read", "verify", "extract"};

std::size_t rank_of(std::string_view stage) {
  return static_cast<std::size_t>(std::ranges::find(kStages, stage) - std::begin(kStages));
}

struct Outcome {
  std::string_view stage = {};  // the first that failed
  std::optional<Error> error;
};

Result<void> read_entry(const PackageReader& reader, const Entry& entry) {
  NPK_ASSIGN(FileStream stream, reader.open_stream(entry));
  hash::Blake3 hasher;
  Bytes piece(1 << 20);
  for (;;) {
    NPK_ASSIGN(const std::size_t count, stream.read(piece));
    if (count == 0) break;
    hasher.update(ByteView(piece).first(count));
    if (stream.position() > (64ULL << 20)) return {};  // holes of a petabyte
  }
  NPK_ASSIGN(const Digest digest, reader.digest(entry));
  if (hasher.finish() != digest)
    return fail(Errc::corrupt, "the digest of " + std::string(entry.path()) + " does not hold");
  return {};
}

Outcome use(const Result<PackageReader>& reader) {
  if (!reader) return {"open", reader.error()};
  std::vector<Entry> entries;
  const auto listed = reader->for_each([&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  });
  if (!listed) return {"list", listed.error()};
  for (const Entry& entry : entries) {
    if (entry.row().kind != EntryKind::regular) continue;
    if (const auto read = read_entry(*reader, entry); !read) return {"read", read.error()};
  }
  return {};
}

// What a failing vector may fail with.
std::set<std::string> classes_of(const json& vector) {
  std::istringstream words(vector.at("class").get<std::string>() + " " + vector.value("also", ""));
  return {std::istream_iterator<std::string>(words), {}};
}

std::string hex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return text;
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += at + i > bytes.size() ? '=' : kDigits[group >> (18 - 6 * i) & 63];
  }
  return text;
}

void expect_field(const json& object, const std::string& field, const json& found) {
  EXPECT_EQ(object.at(field), found) << field;
}

void expect_text(const json& entry, const std::string& field, std::string_view found) {
  const bool encoded = entry.contains(field + "_base64");
  if (!encoded && !entry.contains(field)) return;
  expect_field(entry, encoded ? field + "_base64" : field, encoded ? base64(found) : std::string(found));
}

constexpr std::string_view kKinds[] = {"",    "regular", "directory", "symlink", "character_device", "block_device",
                                       "fifo"};

void expect_holes(const json& entry, const EntryRow& row) {
  std::vector<std::array<std::uint64_t, 2>> holes;
  std::uint64_t offset = 0;
  for (const format::Run& run : row.runs) {
    if (run.chunk_count == 0) holes.push_back({offset, run.byte_count});
    offset += run.byte_count;
  }
  EXPECT_EQ(entry.value("holes", json::array()), json(holes));
}

void expect_xattrs(const json& entry, const EntryRow& row) {
  const json expected = entry.value("xattrs", json::array());
  ASSERT_EQ(expected.size(), row.xattrs.size());
  for (std::size_t i = 0; i < row.xattrs.size(); ++i) {
    expect_text(expected[i], "name", row.xattrs[i].name);
    expect_field(expected[i], "value_base64", base64(row.xattrs[i].value));
  }
}

void expect_entry(const PackageReader& reader, const json& expected, const Entry& entry) {
  const EntryRow row = entry.row();
  expect_text(expected, "path", row.path);
  expect_field(expected, "kind", kKinds[static_cast<std::size_t>(row.kind)]);
  expect_field(expected, "mode", row.mode);
  expect_field(expected, "uid", row.uid);
  expect_field(expected, "gid", row.gid);
  expect_text(expected, "user", row.user_name);
  expect_text(expected, "group", row.group_name);
  expect_field(expected, "mtime", json::array({row.mtime_seconds, row.mtime_nanoseconds}));
  expect_text(expected, "target", row.target);
  EXPECT_EQ(expected.value("device", json::array({0, 0})), json::array({row.device >> 32, row.device & 0xFFFF'FFFF}));
  if (row.kind == EntryKind::regular) {
    expect_field(expected, "size", row.size);
    expect_field(expected, "digest", hex(reader.digest(entry).value()));
    expect_holes(expected, row);
  }
  expect_xattrs(expected, row);
}

void expect_commit(const json& vector, const PackageInfo& info) {
  EXPECT_EQ(info.recovered, vector.contains("recovered"));
  EXPECT_EQ(info.warnings.empty(), !info.recovered);
  EXPECT_EQ(vector.value("prefix", info.package_offset), info.package_offset);
  if (!vector.contains("generation")) return;
  const format::Statement& statement = info.commit.statement;
  expect_field(vector, "generation", statement.generation);
  expect_field(vector, "message", statement.message);
  expect_field(vector, "content_root", hex(statement.content_root));
  expect_field(vector, "storage_root", hex(statement.storage_root));
}

void expect_listing(const json& vector, const PackageReader& reader) {
  const json& expected = vector.at("entries");
  ASSERT_EQ(reader.entry_count(), expected.size());
  std::map<std::uint64_t, std::string> leaders;
  for (std::uint64_t number = 0; number < expected.size(); ++number) {
    const Entry entry = reader.entry(number).value();
    SCOPED_TRACE(entry.path());
    expect_entry(reader, expected[number], entry);
    if (const std::uint64_t group = entry.row().link_group; group != 0) {
      expect_field(expected[number], "link_leader", leaders.try_emplace(group, entry.path()).first->second);
    }
  }
}

std::string file_of(const json& vector) {
  return NPK_VECTORS_DIRECTORY "/" + vector.at("file").get<std::string>();
}

std::shared_ptr<const std::vector<Identity>> keys_of(const json& vector) {
  return test::keys_of_vector(NPK_VECTORS_DIRECTORY, vector.at("name"));
}

Result<PackageReader> open(const json& vector) {
  return PackageReader::open_file(file_of(vector), {.identities = keys_of(vector)});
}

class Vector : public testing::TestWithParam<std::string> {};

TEST_P(Vector, IsReadAsItsManifestSays) {
  const json vector = vector_named(GetParam());
  SCOPED_TRACE(vector.at("what"));
  const auto reader = open(vector);
  const Outcome outcome = use(reader);
  if (vector.at("class") == "ok") {
    ASSERT_FALSE(outcome.error) << outcome.stage << ": " << outcome.error->to_string();
    expect_commit(vector, reader->info());
    expect_listing(vector, *reader);
    return;
  }
  const std::size_t latest = rank_of(vector.at("stage").get<std::string>());
  if (!outcome.error) {
    EXPECT_GE(latest, rank_of("verify")) << "nothing was found wrong";
    return;
  }
  EXPECT_LE(rank_of(outcome.stage), latest) << outcome.error->to_string();
  EXPECT_TRUE(classes_of(vector).contains(std::string(errc_name(outcome.error->code))))
      << outcome.stage << ": " << outcome.error->to_string();
}

// What verification finds, one line each.
std::map<std::string, std::string> verify(const json& vector) {
  std::map<std::string, std::string> found;
  const auto add = [&](const Error& error) { found.emplace(errc_name(error.code), error.to_string()); };
  ops::VerifyOptions options;
  options.identities = keys_of(vector);
  const auto source = open_package_source(file_of(vector));
  if (!source) return add(source.error()), found;
  const auto report = ops::verify(*source, options);
  if (!report)
    add(report.error());
  else
    std::ranges::for_each(report->damages, add, &ops::Damage::error);
  return found;
}

TEST_P(Vector, IsVerifiedAsItsManifestSays) {
  const json vector = vector_named(GetParam());
  SCOPED_TRACE(vector.at("what"));
  const auto found = verify(vector);
  const bool recovered = vector.contains("recovered");
  if (vector.at("class") == "ok" && !recovered) {
    EXPECT_TRUE(found.empty()) << found.begin()->second;
    return;
  }
  if (vector.at("stage") == "extract" && found.empty()) return;
  const std::set<std::string> classes =
      recovered ? std::set<std::string>{vector.at("verify_class")} : classes_of(vector);
  EXPECT_TRUE(std::ranges::any_of(found, [&](const auto& one) { return classes.contains(one.first); }))
      << (found.empty() ? "nothing was found wrong" : found.begin()->second);
}

TEST_P(Vector, LeavesWhatIsIntactReadable) {
  const json vector = vector_named(GetParam());
  if (!vector.contains("intact")) return;
  const auto reader = open(vector).value();
  for (const json& path : vector.at("intact")) {
    const auto entry = reader.find(path.get<std::string>()).value();
    ASSERT_TRUE(entry.has_value()) << path;
    EXPECT_TRUE(read_entry(reader, *entry)) << path;
  }
}

TEST(Vectors, AreAllHere) {
  EXPECT_GE(vectors().size(), 687U);
  std::ifstream file(NPK_VECTORS_DIRECTORY "/manifest.json");
  EXPECT_EQ(json::parse(file).at("count"), vectors().size());
}

INSTANTIATE_TEST_SUITE_P(Spec, Vector, testing::ValuesIn(names()), [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace npk
