#include "npk/format/package_metadata.h"

#include <algorithm>
#include <utility>

#include "npk/format/ids.h"

namespace npk::format {
namespace {

constexpr char32_t kNoCharacter = 0xffff'ffff;

// The character at the front of `text`, which is taken off; kNoCharacter if there is none of UTF-8.
char32_t take_character(std::string_view& text) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const int further = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4 || text.size() < static_cast<std::size_t>(further)) return kNoCharacter;
  char32_t character = first & (0x3fU >> further);
  for (int i = 0; i < further; ++i) {
    const auto byte = static_cast<unsigned char>(text[static_cast<std::size_t>(i)]);
    if ((byte & 0xc0U) != 0x80) return kNoCharacter;
    character = character << 6 | (byte & 0x3fU);
  }
  text.remove_prefix(static_cast<std::size_t>(further));
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
  return character < kLeast[further] || character > 0x10ffff || is_surrogate ? kNoCharacter : character;
}

bool is_control(char32_t character) noexcept { return character < 0x20 || (character >= 0x7f && character <= 0x9f); }

Result<void> check_pair(std::string_view name, std::string_view value) {
  if (!is_metadata_name(name)) return fail_corrupt("a name in the metadata is none: 1 to 255 bytes of UTF-8 without control characters");
  if (value.size() > kMaxMetadataValueBytes) return fail(Errc::limit, "a value in the metadata is longer than 64 KiB");
  if (!is_metadata_text(value)) return fail_corrupt("a value in the metadata is not UTF-8");
  return {};
}

// Views of what the reader reads.
Result<std::pair<std::string_view, std::string_view>> read_pair(ByteReader& reader) {
  NPK_ASSIGN(const auto name_length, reader.read<std::uint16_t>());
  NPK_ASSIGN(const ByteView name, reader.read_bytes(name_length));
  NPK_ASSIGN(const auto value_length, reader.read<std::uint32_t>());
  if (value_length > kMaxMetadataValueBytes) return fail(Errc::limit, "a value in the metadata is longer than 64 KiB");
  NPK_ASSIGN(const ByteView value, reader.read_bytes(value_length));
  NPK_TRY(check_pair(as_text(name), as_text(value)));
  return std::pair(as_text(name), as_text(value));
}

Result<PackageMetadata> read_pairs(ByteView section) {
  ByteReader reader(section);
  PackageMetadata metadata;
  NPK_ASSIGN(const auto count, reader.read<std::uint16_t>());
  if (count == 0) return fail_corrupt("metadata without a pair");
  if (count > kMaxMetadataPairs) return fail(Errc::limit, "more metadata than 4,096 pairs");
  for (std::uint16_t i = 0; i < count; ++i) {
    NPK_ASSIGN(const auto pair, read_pair(reader));
    if (!metadata.empty() && pair.first <= metadata.rbegin()->first) return fail_corrupt("names in the metadata are not in order");
    metadata.emplace_hint(metadata.end(), pair.first, pair.second);
  }
  NPK_TRY(reader.expect_end());
  return metadata;
}

}  // namespace

bool is_metadata_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kMaxMetadataNameBytes) return false;
  while (!name.empty()) {
    const char32_t character = take_character(name);
    if (character == kNoCharacter || is_control(character)) return false;
  }
  return true;
}

bool is_metadata_text(std::string_view text) noexcept {
  while (!text.empty()) {
    if (take_character(text) == kNoCharacter) return false;
  }
  return true;
}

Result<void> check_package_metadata(const PackageMetadata& metadata) {
  if (metadata.size() > kMaxMetadataPairs) return fail(Errc::limit, "more metadata than 4,096 pairs");
  std::size_t bytes = 2;
  for (const auto& [name, value] : metadata) {
    NPK_TRY(check_pair(name, value));
    bytes += 6 + name.size() + value.size();
  }
  if (bytes > kMaxMetadataBytes) return fail(Errc::limit, "more metadata than 1 MiB");
  return {};
}

CommitSection encode_package_metadata(const PackageMetadata& metadata) {
  CommitSection section{.id = static_cast<std::uint16_t>(SectionId::metadata), .bytes = {}};
  ByteWriter writer(section.bytes);
  writer.write(static_cast<std::uint16_t>(metadata.size()));
  for (const auto& [name, value] : metadata) {
    writer.write(static_cast<std::uint16_t>(name.size()));
    writer.write_bytes(as_bytes(name));
    writer.write(static_cast<std::uint32_t>(value.size()));
    writer.write_bytes(as_bytes(value));
  }
  return section;
}

Result<PackageMetadata> decode_package_metadata(ByteView section) {
  if (section.size() > kMaxMetadataBytes) return fail(Errc::limit, "more metadata than 1 MiB");
  auto metadata = read_pairs(section);
  if (metadata || metadata.error().code == Errc::limit) return metadata;
  return fail(Errc::corrupt, metadata.error().message);
}

const CommitSection* metadata_section(const Placement& placement) noexcept {
  const auto found = std::ranges::find(placement.sections, static_cast<std::uint16_t>(SectionId::metadata), &CommitSection::id);
  return found == placement.sections.end() ? nullptr : &*found;
}

PackageMetadata package_metadata(const Placement& placement) {
  const CommitSection* section = metadata_section(placement);
  if (section == nullptr) return {};
  auto metadata = decode_package_metadata(section->bytes);
  return metadata ? *std::move(metadata) : PackageMetadata();
}

}  // namespace npk::format
