// Writes the seed inputs that need the library's encoders: make_seeds CORPUS_DIRECTORY. Each function fills the corpus
// of one target; the files are committed. Valid structures, and some that are wrong in one place.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>

#include "block/seal.h"
#include "codec/encoder.h"
#include "hash/hash.h"
#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "npk/format/commit.h"
#include "npk/format/frame.h"
#include "npk/format/hint_page.h"
#include "npk/format/page.h"
#include "npk/format/parity.h"
#include "npk/format/signature_record.h"
#include "npk/format/superblock.h"
#include "filter_seeds.h"
#include "package_seeds.h"
#include "seed_values.h"

namespace {

using namespace npk;
using namespace fuzz;
using format::PageKind;

void superblocks(const Corpus& corpus) {
  const format::PackageId id{1, 2, 3, 4};
  const auto clear = format::encode_superblock({.sealed = false, .package_id = id, .key_commitment = {}});
  corpus.add("clear", ByteView(clear));
  corpus.add(
      "sealed",
      ByteView(format::encode_superblock({.sealed = true, .package_id = id, .key_commitment = digest_of("key")})));
  corpus.add("version_2", edited(clear, 8, 2));
  corpus.add("reserved_flag", edited(clear, 12, 2));
  corpus.add("reserved_byte", edited(clear, 70, 1));
  corpus.add("cut_short", ByteView(clear).first(95));
}

void frame_headers(const Corpus& corpus) {
  const format::FrameHeader block{format::FrameType::block, 0, {1, 2}, 0, 0, 7, 1000, 96, {9}};
  const auto bytes = format::encode_frame_header(block);
  corpus.add("block", ByteView(bytes));
  corpus.add("unknown_type", edited(bytes, 4, 200));
  corpus.add("unknown_must_understand", edited(edited(bytes, 4, 200), 5, format::kFrameMustUnderstand));
  corpus.add("sealed", edited(bytes, 5, format::kFrameSealed | format::kFrameCarriesSalt));
  corpus.add("reserved_flag", edited(bytes, 5, 0x80));
  corpus.add("longer_header", edited(bytes, 6, 65));
  corpus.add("huge", edited(bytes, 39, 0xFF));
  corpus.add("cut_short", ByteView(bytes).first(63));
}

// The payload and the step that a decoder needs.
std::pair<Bytes, codec::CodecStep> encoded(format::CodecId id, ByteView raw, ByteView base) {
  auto encoder =
      codec::make_encoder({.step = {id, static_cast<std::int8_t>(id == format::CodecId::store ? 0 : 1), 0}}).value();
  Bytes payload(codec::encoded_bound(id, raw.size()));
  payload.resize(encoder->encode(raw, base, payload).value().value());
  return {payload, encoder->step()};
}

void decoders(const Corpus& corpus) {
  const Bytes raw = text_of(700), base = text_of(120);
  for (const auto& [name, id] : kCodecs) {
    for (const bool based : {false, true}) {
      const ByteView used = based ? ByteView(base) : ByteView();
      const auto [payload, step] = encoded(id, raw, used);
      Bytes front = numbers(static_cast<std::uint8_t>(id), step.parameter, static_cast<std::uint16_t>(raw.size()),
                            std::uint16_t{333}, static_cast<std::uint8_t>(used.size()));
      front.insert(front.end(), used.begin(), used.end());
      const std::string label = name + std::string(based ? "_with_base" : "");
      corpus.add(label, front, payload);
      corpus.add(label + "_cut", front, ByteView(payload).first(payload.size() - 1));
      front[0] |= 4;
      corpus.add(label + "_round_trip", front, ByteView(raw).first(200));
    }
  }
}

void frame_bodies(const Corpus& corpus) {
  const Bytes raw = text_of(400), base = text_of(120);
  for (const auto& [name, id] : kCodecs) {
    for (const bool based : {false, true}) {
      const auto [payload, step] = encoded(id, raw, based ? ByteView(base) : ByteView());
      format::InnerHeader header{
          .raw_length = raw.size(), .base_position = based ? 96U : 0U, .padding_length = based ? 5U : 0U, .chain = {}};
      if (id != format::CodecId::store) header.chain = {{step.id, step.level, step.parameter}};
      Bytes body = numbers(std::uint16_t{100}, static_cast<std::uint16_t>(base.size()));
      body.insert(body.end(), base.begin(), base.end());
      const std::size_t at = body.size();
      format::encode_inner_header(header, body);
      body.insert(body.end(), payload.begin(), payload.end());
      body.resize(body.size() + header.padding_length);
      corpus.add(name + std::string(based ? "_with_base" : ""), ByteView(body));
      if (based) corpus.add(name + std::string("_padding_not_zero"), edited(body, body.size() - 1, 1));
      if (!header.chain.empty() && !based) corpus.add(name + std::string("_two_steps"), edited(body, at + 20, 2));
    }
  }
}

std::vector<format::EntryRow> sample_rows() {
  static const std::vector<format::Run> one_chunk{{3, 1, 10}}, runs{{0, 2, 30}, {0, 0, 100}, {9, 1, 7}},
      hole{{0, 0, 5}};
  static const std::vector<format::Xattr> xattrs{{"user.a", "1"}, {"user.b", ""}};
  std::vector<format::EntryRow> rows(9);
  constexpr std::string_view kPaths[] = {"dir",  "dir/fifo", "dir/file", "dir/holes", "dir.txt",
                                         "hole", "link",     "null",     "\xFF\xFE"};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].path = kPaths[i];
    rows[i].mode = 0644;
    rows[i].uid = 1000;
    rows[i].user_name = i % 2 == 0 ? "ann" : "";
    rows[i].group_name = "staff";
    rows[i].mtime_seconds = 1'600'000'000 - static_cast<std::int64_t>(i) * 900'000'000;
    rows[i].mtime_nanoseconds = static_cast<std::uint32_t>(i) * 111'111'111;
  }
  rows[0].kind = format::EntryKind::directory;
  rows[1].kind = format::EntryKind::fifo;
  rows[2].size = 10, rows[2].runs = one_chunk;
  rows[3].size = 137, rows[3].runs = runs, rows[3].digest = digest_of("holes"), rows[3].xattrs = xattrs;
  rows[4].link_group = 1;
  rows[5].size = 5, rows[5].runs = hole, rows[5].digest = digest_of("hole"), rows[5].link_group = 1;
  rows[6].kind = format::EntryKind::symlink, rows[6].target = "../elsewhere";
  rows[7].kind = format::EntryKind::character_device, rows[7].device = 1ULL << 32 | 3;
  return rows;
}

// A page of `row_count` equal rows whose columns say more than their bytes: each is a claim that costs nothing.
Bytes claims(PageKind kind, std::uint32_t row_count, const std::function<void(format::PageBuilder&)>& fill) {
  format::PageBuilder page({.kind = kind, .row_count = row_count});
  fill(page);
  return page.build();
}

using Integers = std::vector<std::uint64_t>;

void catalog_pages(const Corpus& corpus) {
  const std::vector<format::EntryRow> rows = sample_rows();
  const Bytes leaf = format::encode_catalog_page(PageKind::catalog_leaf, rows);
  corpus.add("leaf", {0}, leaf);
  corpus.add("leaf_default_limits", {1}, leaf);
  corpus.add("leaf_empty", {0}, format::encode_catalog_page(PageKind::catalog_leaf, {}));
  std::vector<format::EntryRow> reversed(rows.rbegin(), rows.rend());
  corpus.add("manifest_any_order", {0}, format::encode_catalog_page(PageKind::manifest, reversed));
  corpus.add("leaf_wrong_order", {0}, format::encode_catalog_page(PageKind::catalog_leaf, reversed));
  for (std::size_t i = 0; i < rows.size(); ++i)
    corpus.add("single_" + std::to_string(i), {0},
               format::encode_catalog_page(PageKind::catalog_leaf, std::span(rows).subspan(i, 1)));
  constexpr std::uint64_t kMany = 1U << 24;
  corpus.add("claim_runs", {1}, claims(PageKind::catalog_leaf, 1, [](format::PageBuilder& page) {
               page.add_integers(format::ColumnId::path_suffix_length, Integers{1});
               page.add_bytes(format::ColumnId::path_suffix, as_bytes("a"));
               page.add_integers(format::ColumnId::kind, Integers{1});
               page.add_integers(format::ColumnId::size, Integers{kMany});
               page.add_integers(format::ColumnId::run_count, Integers{kMany});
               page.add_integers(format::ColumnId::run_chunk_count, Integers(kMany, 1));
               page.add_integers(format::ColumnId::run_bytes, Integers(kMany - 1, 1));
               page.add_bytes(format::ColumnId::digest, digest_of("runs"));
             }));
  corpus.add("claim_attributes", {1}, claims(PageKind::catalog_leaf, 1, [](format::PageBuilder& page) {
               page.add_integers(format::ColumnId::path_suffix_length, Integers{1});
               page.add_bytes(format::ColumnId::path_suffix, as_bytes("a"));
               page.add_integers(format::ColumnId::kind, Integers{1});
               page.add_integers(format::ColumnId::xattr_count, Integers{kMany});
             }));
}

void catalog_nodes(const Corpus& corpus) {
  std::vector<format::CatalogChild> children{{"a", 200, 100, digest_of("a"), 1024},
                                             {"a/b", 400, 90, digest_of("b"), 2000},
                                             {"a.c", 300, 80, digest_of("c"), 1}};
  corpus.add("node", format::encode_catalog_node(1, children));
  children[0].content_hash.fill(7);
  corpus.add("content_hash", format::encode_catalog_node(1, children));
  corpus.add("one_child", format::encode_catalog_node(8, std::span(children).first(1)));
  corpus.add("too_high", format::encode_catalog_node(9, children));
  corpus.add("no_children", format::encode_catalog_node(1, {}));
  children[1].entry_count = 0;
  corpus.add("no_entries", format::encode_catalog_node(1, children));
  children[1].entry_count = UINT64_MAX;
  corpus.add("entries_overflow", format::encode_catalog_node(1, children));
}

format::ChunkPage sample_chunk_page() {
  format::ChunkPage page{10, 4, 5000, {}, {}};
  page.blocks = {{96, 100, 300, digest_of("x"), 0, false},
                 {300, 50, 60, digest_of("y"), 0, true},
                 {500, 70, 200, digest_of("z"), 1, false}};
  page.chunks = {{digest_of("1"), 100, 0, 0}, {digest_of("2"), 200, 0, 100}, {digest_of("3"), 50, 2, 150}};
  return page;
}

void chunk_pages(const Corpus& corpus) {
  format::ChunkPage page = sample_chunk_page();
  corpus.add("leaf", format::encode_chunk_page(page));
  corpus.add("leaf_empty", format::encode_chunk_page({}));
  page.chunks[2].offset = 151;
  corpus.add("beyond_block", format::encode_chunk_page(page));
  page = sample_chunk_page();
  page.chunks[1].offset = 99;
  corpus.add("overlap", format::encode_chunk_page(page));
  page = sample_chunk_page();
  page.chunks[2].block = 1;
  corpus.add("in_dictionary", format::encode_chunk_page(page));
  page = sample_chunk_page();
  page.first_byte = UINT64_MAX - 100;
  corpus.add("overflow", format::encode_chunk_page(page));
  format::ChunkNode node{1,
                         {{200, 100, digest_of("a"), 0, 0, 0},
                          {900, 100, digest_of("b"), 50, 4, 70'000},
                          {1500, 10, digest_of("c"), 60, 5, 80'000}}};
  corpus.add("node", format::encode_chunk_node(node));
  node.children[2].first_block = 4;
  corpus.add("node_not_ascending", format::encode_chunk_node(node));
}

void pages(const Corpus& corpus) {
  format::PageBuilder page({.kind = PageKind::hint, .row_count = 9});
  page.add_integers(format::ColumnId::hint_device, Integers(9, 1000));
  page.add_integers(format::ColumnId::hint_inode, Integers{5, 6, 7, 8, 9, 11, 12, 13, 14});
  page.add_integers(format::ColumnId::hint_ctime_seconds, Integers{0, 0, 0, 0, 0, 0, 1ULL << 60, 0, 0});
  page.add_integers(format::ColumnId::hint_ctime_nanoseconds, Integers{7, 500, 7, 7, 500, 7, 500, 9000, 7});
  const Bytes bytes = page.build();
  corpus.add("every_encoding", ByteView(bytes));
  corpus.add("unknown_column", edited(bytes, 32, 60));
  corpus.add("unknown_must_understand", edited(edited(bytes, 32, 60), 35, 1));
  corpus.add("kind_0", edited(bytes, 0, 0));
  corpus.add("trailing", bytes, numbers(std::uint8_t{0}));
  format::PageBuilder claimed({.kind = PageKind::manifest, .row_count = 1U << 17});
  claimed.add_integers(format::ColumnId::mode, Integers(1U << 17, 0644));
  corpus.add("claim_rows", ByteView(claimed.build()));
}

void hint_pages(const Corpus& corpus) {
  const std::vector<format::FileHint> rows = {{}, {1'234'567, 1'700'000'000, 123'456'789}, {1'234'568, -5, 0}};
  const Bytes bytes = format::encode_hint_page(1'700'000'100, rows);
  corpus.add("leaf", ByteView(bytes));
  corpus.add("trailing", bytes, numbers(std::uint8_t{0}));
  format::PageBuilder scans({.kind = PageKind::hint, .row_count = 2});
  scans.add_integers(format::ColumnId::hint_scan_seconds, Integers{8, 9});
  corpus.add("two_scans", ByteView(scans.build()));
  format::PageBuilder late({.kind = PageKind::hint, .row_count = 2});
  late.add_integers(format::ColumnId::hint_ctime_nanoseconds, Integers{8, 1'000'000'000});
  corpus.add("nanoseconds", ByteView(late.build()));
  const std::vector<format::CatalogChild> children = {{"a", 200, 100, digest_of("a"), 5, {}}, {"b", 900, 100, digest_of("b"), 3, {}}};
  corpus.add("node", format::encode_catalog_node(1, children, PageKind::hint_node));
}

format::Commit sample_commit() {
  format::Commit commit;
  commit.statement.generation = 3;
  commit.statement.time_seconds = -5;
  commit.statement.message = "third";
  commit.placement.previous_commit = 900;
  commit.placement.catalog_root = {2000, 100, digest_of("catalog")};
  commit.placement.chunk_root = {1000, 200, digest_of("chunks")};
  commit.placement.totals = {5, 2, 1, 1000, 100, 3, 2, 900, 500};
  commit.placement.chunking = {format::ChunkingMethod::gear, 16384, 65536, 262144, 0};
  return commit;
}

void commits(const Corpus& corpus) {
  const Bytes position = numbers(std::uint64_t{5000});
  format::Commit commit = sample_commit();
  corpus.add("third", position, format::encode_commit(commit));
  corpus.add("roots_behind", numbers(std::uint64_t{1500}), format::encode_commit(commit));
  commit.placement.sections = {{7, 0, {1, 2, 3}}, {8, 0, {}}};
  corpus.add("sections", position, format::encode_commit(commit));
  commit.placement.sections[1].flags = 1;
  corpus.add("section_must_understand", position, format::encode_commit(commit));
  commit = sample_commit();
  commit.placement.features.incompatible = 1ULL << 63;
  corpus.add("unknown_feature", position, format::encode_commit(commit));
  corpus.add("empty", position, format::encode_commit({}));
}

void trailers(const Corpus& corpus) {
  format::Trailer trailer;
  trailer.package_length = 10'000;
  trailer.commit = {5000, 400, digest_of("commit")};
  trailer.generation = 3;
  corpus.add("plain", format::encode_trailer(trailer));
  trailer.envelope_positions = {96, 700};
  trailer.signature_position = 6000;
  corpus.add("envelopes", format::encode_trailer(trailer));
  trailer.commit.position = 9900;
  corpus.add("commit_behind", format::encode_trailer(trailer));
}

void signature_records(const Corpus& corpus) {
  constexpr std::uint8_t kRecord = 0, kKept = 1, kStatement = 2;
  format::SignatureRecord record{.previous = 0, .commit = {5000, 400, digest_of("commit")}, .generation = 3,
                                 .statement_hash = digest_of("statement"), .signature = "untrusted comment: a signature\n"};
  const Bytes front = numbers(kRecord, std::uint64_t{9000});
  corpus.add("first", front, format::encode_signature_record(record));
  record.previous = 8000;
  corpus.add("second", front, format::encode_signature_record(record));
  corpus.add("previous_behind", numbers(kRecord, std::uint64_t{8000}), format::encode_signature_record(record));
  corpus.add("commit_behind", numbers(kRecord, std::uint64_t{5000}), format::encode_signature_record(record));
  record.signature.assign(format::kMaxSignatureBytes + 1, 'x');
  corpus.add("too_long", front, format::encode_signature_record(record));
  const Bytes statement = format::encode_statement(sample_commit().statement);
  const format::KeptStatement kept{.statement = statement, .signatures = {"one", "", "three"}};
  corpus.add("kept", numbers(kKept), format::encode_kept_statement(kept).bytes);
  corpus.add("kept_nothing", numbers(kKept), format::encode_kept_statement({}).bytes);
  corpus.add("statement", numbers(kStatement), statement);
}

// One stripe of three data shards and one parity shard, for a range of 190 bytes.
format::ParityHead sample_parity(std::uint16_t row) {
  format::ParityHead head{.layout = {}, .group = 0, .row = row, .checks = std::vector<format::ShardCheck>(4), .hash = {}};
  format::ParityLayout& layout = head.layout;
  layout.superblock = format::encode_superblock({.package_id = {1, 2, 3}});
  layout.end = 190;
  layout.first_sequence = 3;
  layout.shard_bytes = 64;
  layout.data_shards = 3;
  layout.parity_shards = 1;
  layout.stripes = layout.group_stripes = 1;
  layout.protected_end = layout.trailer_position() + 184;
  return head;
}

void parity_frames(const Corpus& corpus) {
  for (const std::uint16_t row : {std::uint16_t{0}, std::uint16_t{1}}) {
    format::ParityHead head = sample_parity(row);
    const Bytes front = numbers(head.layout.frame_position(0, row));
    const std::vector<std::uint8_t> behind(sizeof(Digest) + (row == 0 ? 64 : 0));
    Bytes body = format::encode_parity_head(head);
    body.insert(body.end(), behind.begin(), behind.end());
    corpus.add(row == 0 ? "shards" : "checks_alone", front, body);
    body.resize(200);
    corpus.add(row == 0 ? "cut_shards" : "cut_checks", front, body);
    head.layout.stripes = 1U << 31;
    corpus.add(row == 0 ? "stripes" : "stripes_alone", front, format::encode_parity_head(head));
  }
}

void paths(const Corpus& corpus) {
  const auto triple = [&](const std::string& name, std::string_view a, std::string_view b, std::string_view c) {
    corpus.add(name, numbers(static_cast<std::uint8_t>(a.size()), static_cast<std::uint8_t>(b.size())),
               as_bytes(std::string(a) + std::string(b) + std::string(c)));
  };
  triple("directory_first", "a", "a/b", "a.b");
  triple("high_bytes", "a\xFF", "a\x7F", "a/\x01");
  triple("dots", "a/./b", "a/..", "...");
  triple("slashes", "/a", "a/", "a//b");
  triple("empty", "", "a", "");
  triple("link_targets", "a/b/c", "../../x", "../../../x");
}

void globs(const Corpus& corpus) {
  const auto pair = [&](const std::string& name, std::string_view pattern, std::string_view text) {
    corpus.add(name, numbers(static_cast<std::uint8_t>(pattern.size())),
               as_bytes(std::string(pattern) + std::string(text)));
  };
  pair("star", "*.c", "src/a.c");
  pair("set", "[a-c]?[!x]", "bzy");
  pair("escape", "\\*[\\]-a]", "*_");
  pair("unclosed", "[a-", "[a-");
  pair("bracket_first", "[]a]*[^]]", "]xb");
  pair("rooted", "/src/*", "src/x");
  pair("backtrack", "*a*b*c", "aabbxc");
}

void chunkers(const Corpus& corpus) {
  const auto add = [&](const std::string& name, std::uint8_t log, std::uint8_t repeats, ByteView data) {
    corpus.add(name,
               numbers(log, std::uint16_t{100}, std::uint32_t{5000}, std::uint64_t{42}, repeats, std::uint16_t{999}),
               data);
  };
  add("text", 128, 20, text_of(300));
  add("zeros", 129, 255, Bytes(400));
  add("empty", 128, 0, {});
  add("short", 130, 0, text_of(50));
  add("bad_average", 5, 0, text_of(50));
  Bytes noise;
  for (std::uint32_t i = 0; noise.size() < 1500; ++i) {
    const Digest more = hash::blake3(numbers(i));
    noise.insert(noise.end(), more.begin(), more.end());
  }
  add("noise", 128, 30, noise);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::pair<const char*, void (*)(const Corpus&)> targets[] = {{"superblock_fuzz", superblocks},
                                                                     {"frame_header_fuzz", frame_headers},
                                                                     {"frame_body_fuzz", frame_bodies},
                                                                     {"decoder_fuzz", decoders},
                                                                     {"page_fuzz", pages},
                                                                     {"catalog_page_fuzz", catalog_pages},
                                                                     {"catalog_node_fuzz", catalog_nodes}, {"hint_page_fuzz", hint_pages},
                                                                     {"chunk_page_fuzz", chunk_pages},
                                                                     {"commit_fuzz", commits},
                                                                     {"signature_record_fuzz", signature_records},
                                                                     {"trailer_fuzz", trailers},
                                                                     {"parity_fuzz", parity_frames},
                                                                     {"path_fuzz", paths},
                                                                     {"glob_fuzz", globs},
                                                                     {"chunker_fuzz", chunkers},
                                                                     {"package_reader_fuzz", packages},
                                                                     {"frame_walker_fuzz", packages},
                                                                     {"frame_parser_fuzz", sliced_packages},
                                                                     {"package_pages_fuzz", package_pages},
                                                                     {"package_verify_fuzz", packages},
                                                                     {"extract_stream_fuzz", streamed_packages},
                                                                     {"writer_round_trip_fuzz", writer_inputs},
                                                                     {"element_filter_fuzz", element_filters},
                                                                     {"integers_filter_fuzz", integers_filters},
                                                                     {"branch_filter_fuzz", branch_filters}};
  for (const auto& [name, fill] : targets) fill(Corpus(argv[1], name));
  return 0;
}
