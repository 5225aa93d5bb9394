// What went in comes out: a package held against the entries it was made of.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "hash/hash.h"
#include "npk/files.h"
#include "npk/reader.h"
#include "package/writer/batch.h"
#include "support/package_audit.h"
#include "support/test_tree.h"

namespace npk::writer {

inline PackageReader open(const Bytes& package) {
  auto reader = PackageReader::open(memory_source(ByteView(package)));
  EXPECT_TRUE(reader) << reader.error().to_string();
  return std::move(reader).value();
}

inline Bytes content_of(const PackageReader& reader, const Entry& entry) {
  FileStream stream = reader.open_stream(entry).value();
  Bytes content(stream.size());
  std::size_t at = 0;
  while (at < content.size()) {
    const auto count = stream.read(MutableBytes(content).subspan(at));
    EXPECT_TRUE(count) << count.error().to_string();
    if (!count || *count == 0) break;
    at += *count;
  }
  content.resize(at);
  return content;
}

inline Bytes content_of(const PackageReader& reader, std::string_view path) { return content_of(reader, reader.find(path).value().value()); }

inline void expect_entry(const PackageReader& reader, const testing::TestEntry& expected) {
  const auto found = reader.find(expected.path);
  ASSERT_TRUE(found) << found.error().to_string();
  ASSERT_TRUE(*found) << expected.path << " is missing";
  const EntryRow row = (*found)->row();
  EXPECT_EQ(row.kind, expected.kind) << expected.path;
  EXPECT_EQ(row.mode, expected.mode) << expected.path;
  EXPECT_EQ(row.uid, expected.uid) << expected.path;
  EXPECT_EQ(row.gid, expected.gid) << expected.path;
  EXPECT_EQ(row.user_name, expected.user_name) << expected.path;
  EXPECT_EQ(row.group_name, expected.group_name) << expected.path;
  EXPECT_EQ(row.mtime_seconds, expected.mtime_seconds) << expected.path;
  EXPECT_EQ(row.mtime_nanoseconds, expected.mtime_nanoseconds) << expected.path;
  EXPECT_EQ(row.target, expected.target) << expected.path;
  EXPECT_EQ(row.device, expected.device) << expected.path;
  EXPECT_EQ(row.link_group, expected.link_group) << expected.path;
  ASSERT_EQ(row.xattrs.size(), expected.xattrs.size()) << expected.path;
  for (std::size_t i = 0; i < row.xattrs.size(); ++i) {
    EXPECT_EQ(row.xattrs[i].name, expected.xattrs[i].first);
    EXPECT_EQ(row.xattrs[i].value, expected.xattrs[i].second);
  }
  if (expected.kind != EntryKind::regular) return;
  ASSERT_EQ(row.size, expected.content.size()) << expected.path;
  ASSERT_TRUE(content_of(reader, **found) == expected.content) << expected.path << ": other bytes";
  EXPECT_EQ(reader.digest(**found).value(), hash::blake3(expected.content)) << expected.path;
}

// All of `entries`, and nothing else.
inline void expect_entries(const Bytes& package, const std::vector<testing::TestEntry>& entries) {
  const PackageReader reader = open(package);
  EXPECT_FALSE(reader.info().recovered);
  EXPECT_EQ(reader.entry_count(), entries.size());
  for (const testing::TestEntry& entry : entries) expect_entry(reader, entry);
}

}  // namespace npk::writer
