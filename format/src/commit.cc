#include "npk/format/commit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "npk/format/frame.h"
#include "npk/format/package_metadata.h"
#include "npk/format/signature_record.h"

namespace npk::format {
namespace {

constexpr std::string_view kStatementMagic = "NPKSTMT1";
constexpr std::uint32_t kMaxMessageBytes = 1U << 20;
constexpr std::uint32_t kMaxSections = 1024;
constexpr std::uint8_t kSectionMustUnderstand = 1;

void write_reference(ByteWriter& writer, const FrameReference& reference) {
  writer.write(reference.position);
  writer.write(reference.stored_length);
  writer.write_bytes(reference.hash);
}

Result<FrameReference> read_reference(ByteReader& reader, std::uint64_t before) {
  FrameReference reference;
  NPK_ASSIGN(reference.position, reader.read<std::uint64_t>());
  NPK_ASSIGN(reference.stored_length, reader.read<std::uint64_t>());
  NPK_ASSIGN(reference.hash, reader.read_array<32>());
  if (!reference.exists() && reference != FrameReference{}) return fail_corrupt("a commit's reference has no position but a length or a hash");
  if (reference.exists() && (reference.position < kSuperblockBytes || reference.position >= before))
    return fail_corrupt("a commit refers to a place that is not before it");
  return reference;
}

void write_features(ByteWriter& writer, const FeatureBits& features) {
  writer.write(features.compatible);
  writer.write(features.read_only_compatible);
  writer.write(features.incompatible);
}

Result<FeatureBits> read_features(ByteReader& reader) {
  FeatureBits features;
  NPK_ASSIGN(features.compatible, reader.read<std::uint64_t>());
  NPK_ASSIGN(features.read_only_compatible, reader.read<std::uint64_t>());
  NPK_ASSIGN(features.incompatible, reader.read<std::uint64_t>());
  return features;
}

constexpr std::uint64_t Totals::* kTotals[] = {&Totals::entries, &Totals::files, &Totals::directories, &Totals::content_bytes, &Totals::hole_bytes,
                                               &Totals::chunks, &Totals::blocks, &Totals::unique_bytes, &Totals::stored_bytes};

Result<Totals> read_totals(ByteReader& reader, const Limits& limits) {
  Totals totals;
  for (const auto field : kTotals) {
    NPK_ASSIGN(totals.*field, reader.read<std::uint64_t>());
  }
  if (totals.entries > limits.max_entries) return fail(Errc::limit, "the package claims more entries than the limit");
  if (totals.files > totals.entries || totals.directories > totals.entries - totals.files || totals.hole_bytes > totals.content_bytes)
    return fail_corrupt("a commit's totals contradict each other");
  return totals;
}

void write_chunking(ByteWriter& writer, const Chunking& chunking) {
  writer.write(static_cast<std::uint8_t>(chunking.method));
  writer.write_zeros(3);
  writer.write(chunking.minimum_bytes);
  writer.write(chunking.average_bytes);
  writer.write(chunking.maximum_bytes);
  writer.write(chunking.seed);
}

Result<Chunking> read_chunking(ByteReader& reader) {
  Chunking chunking;
  NPK_ASSIGN(const auto method, reader.read<std::uint8_t>());
  NPK_TRY(reader.expect_zeros(3));
  chunking.method = static_cast<ChunkingMethod>(method);  // an unknown one matters to writers only
  NPK_ASSIGN(chunking.minimum_bytes, reader.read<std::uint32_t>());
  NPK_ASSIGN(chunking.average_bytes, reader.read<std::uint32_t>());
  NPK_ASSIGN(chunking.maximum_bytes, reader.read<std::uint32_t>());
  NPK_ASSIGN(chunking.seed, reader.read<std::uint64_t>());
  return chunking;
}

bool is_known_section(std::uint16_t id) noexcept {
  return id == static_cast<std::uint16_t>(SectionId::kept_statement) || id == static_cast<std::uint16_t>(SectionId::metadata);
}

// At most one, and what it says can be relied on from here on.
Result<void> check_metadata(const std::vector<CommitSection>& sections) {
  bool has_metadata = false;
  for (const CommitSection& section : sections) {
    if (section.id != static_cast<std::uint16_t>(SectionId::metadata)) continue;
    if (std::exchange(has_metadata, true)) return fail_corrupt("a commit has metadata twice");
    NPK_TRY(decode_package_metadata(section.bytes));
  }
  return {};
}

Result<CommitSection> read_section(ByteReader& reader) {
  CommitSection section;
  NPK_ASSIGN(section.id, reader.read<std::uint16_t>());
  NPK_ASSIGN(section.flags, reader.read<std::uint8_t>());
  NPK_TRY(reader.expect_zeros(1));
  NPK_ASSIGN(const auto length, reader.read<std::uint32_t>());
  NPK_ASSIGN(const ByteView bytes, reader.read_bytes(length));
  if ((section.flags & ~kSectionMustUnderstand) != 0) return fail_corrupt("a commit section has reserved flags set");
  if ((section.flags & kSectionMustUnderstand) != 0 && !is_known_section(section.id))
    return fail(Errc::unsupported, "commit section " + std::to_string(section.id) + " must be understood and this npk does not: use a newer npk");
  section.bytes.assign(bytes.begin(), bytes.end());
  return section;
}

Bytes encode_placement(const Placement& placement) {
  Bytes out;
  ByteWriter writer(out);
  writer.write(placement.previous_commit);
  write_features(writer, placement.features);
  write_reference(writer, placement.catalog_root);
  write_reference(writer, placement.chunk_root);
  write_reference(writer, placement.hint_root);
  for (const auto field : kTotals) writer.write(placement.totals.*field);
  write_chunking(writer, placement.chunking);
  writer.write(static_cast<std::uint32_t>(placement.sections.size()));
  for (const CommitSection& section : placement.sections) {
    writer.write(section.id);
    writer.write(section.flags);
    writer.write_zeros(1);
    writer.write(static_cast<std::uint32_t>(section.bytes.size()));
    writer.write_bytes(section.bytes);
  }
  return out;
}

Result<Placement> decode_placement(ByteView bytes, std::uint64_t position, const Limits& limits) {
  ByteReader reader(bytes);
  Placement placement;
  NPK_ASSIGN(placement.previous_commit, reader.read<std::uint64_t>());
  if (placement.previous_commit >= position) return fail_corrupt("a commit names one before it that is not before it");
  NPK_ASSIGN(placement.features, read_features(reader));
  NPK_TRY(check_features(placement.features));
  NPK_ASSIGN(placement.catalog_root, read_reference(reader, position));
  NPK_ASSIGN(placement.chunk_root, read_reference(reader, position));
  NPK_ASSIGN(placement.hint_root, read_reference(reader, position));
  NPK_ASSIGN(placement.totals, read_totals(reader, limits));
  NPK_ASSIGN(placement.chunking, read_chunking(reader));
  NPK_ASSIGN(const auto section_count, reader.read<std::uint32_t>());
  if (section_count > kMaxSections) return fail(Errc::limit, "a commit has more sections than the limit");
  for (std::uint32_t i = 0; i < section_count; ++i) {
    NPK_ASSIGN(CommitSection section, read_section(reader));
    placement.sections.push_back(std::move(section));
  }
  NPK_TRY(reader.expect_end());
  NPK_TRY(check_metadata(placement.sections));
  if (placement.catalog_root.exists() != (placement.totals.entries != 0)) return fail_corrupt("a commit's catalog root does not fit its number of entries");
  if (placement.chunk_root.exists() != (placement.totals.chunks != 0)) return fail_corrupt("a commit's chunk root does not fit its number of chunks");
  return placement;
}

Result<ByteView> read_part(ByteReader& reader) {
  NPK_ASSIGN(const auto length, reader.read<std::uint32_t>());
  return reader.read_bytes(length);
}

}  // namespace

Bytes encode_statement(const Statement& statement) {
  Bytes out;
  ByteWriter writer(out);
  writer.write_bytes(as_bytes(kStatementMagic));
  writer.write_bytes(statement.lineage_id);
  writer.write(statement.generation);
  writer.write(static_cast<std::uint64_t>(statement.time_seconds));
  writer.write(statement.time_nanoseconds);
  writer.write(static_cast<std::uint32_t>(statement.message.size()));
  writer.write_bytes(statement.previous_statement);
  writer.write_bytes(statement.content_root);
  writer.write_bytes(statement.storage_root);
  writer.write_bytes(as_bytes(statement.message));
  return out;
}

Bytes encode_commit(const Commit& commit) {
  const Bytes statement = encode_statement(commit.statement);
  const Bytes placement = encode_placement(commit.placement);
  Bytes out;
  ByteWriter writer(out);
  writer.write(static_cast<std::uint32_t>(statement.size()));
  writer.write_bytes(statement);
  writer.write(static_cast<std::uint32_t>(placement.size()));
  writer.write_bytes(placement);
  return out;
}

Result<Statement> decode_statement(ByteView bytes) {
  ByteReader reader(bytes);
  NPK_ASSIGN(const ByteView magic, reader.read_bytes(kStatementMagic.size()));
  if (as_text(magic) != kStatementMagic) return fail_corrupt("a commit's statement does not begin with its magic");
  Statement statement;
  NPK_ASSIGN(statement.lineage_id, reader.read_array<16>());
  NPK_ASSIGN(statement.generation, reader.read<std::uint64_t>());
  NPK_ASSIGN(const auto seconds, reader.read<std::uint64_t>());
  statement.time_seconds = static_cast<std::int64_t>(seconds);
  NPK_ASSIGN(statement.time_nanoseconds, reader.read<std::uint32_t>());
  NPK_ASSIGN(const auto message_length, reader.read<std::uint32_t>());
  NPK_ASSIGN(statement.previous_statement, reader.read_array<32>());
  NPK_ASSIGN(statement.content_root, reader.read_array<32>());
  NPK_ASSIGN(statement.storage_root, reader.read_array<32>());
  NPK_ASSIGN(const ByteView message, reader.read_bytes(message_length));
  if (message_length > kMaxMessageBytes) return fail(Errc::limit, "a commit's message is longer than the limit");
  statement.message = as_text(message);
  NPK_TRY(reader.expect_end());
  if (statement.generation == 1 && statement.previous_statement != Digest{}) return fail_corrupt("the first generation's statement names one before it");
  if (statement.generation == 0 || statement.time_nanoseconds >= 1'000'000'000) return fail_corrupt("a commit's generation or time is out of range");
  return statement;
}

Result<Commit> decode_commit(ByteView raw, std::uint64_t position, const Limits& limits) {
  ByteReader reader(raw);
  Commit commit;
  NPK_ASSIGN(const ByteView statement, read_part(reader));
  NPK_ASSIGN(commit.statement, decode_statement(statement));
  NPK_ASSIGN(const ByteView placement, read_part(reader));
  NPK_ASSIGN(commit.placement, decode_placement(placement, position, limits));
  NPK_TRY(reader.expect_end());
  return commit;
}

Result<void> check_features(const FeatureBits& features) {
  if (features.incompatible == 0) return {};
  std::string bits;
  for (int bit = 0; bit < 64; ++bit) {
    if ((features.incompatible >> bit & 1) != 0) bits += (bits.empty() ? "" : ", ") + std::to_string(bit);
  }
  return fail(Errc::unsupported, "the package uses incompatible features this npk does not know (bits " + bits + "): use a newer npk");
}

}  // namespace npk::format
