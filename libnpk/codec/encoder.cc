#include "codec/encoder.h"

#include <algorithm>
#include <array>
#include <string>

#include "codec/encoder_factories.h"
#include "codec/registry.h"

namespace npk::codec {
namespace {

struct EncoderRow {
  format::CodecId id;
  Result<EncoderOptions> (*check)(EncoderOptions);
  std::unique_ptr<Encoder> (*create)(const EncoderOptions&);
  std::uint64_t (*memory)(const EncoderOptions&, std::uint64_t, std::uint64_t);
};

constexpr std::array<EncoderRow, 4> kEncoders{{
    {format::CodecId::store, check_store, create_store_encoder, store_memory},
    {format::CodecId::zstd, check_zstd, create_zstd_encoder, zstd_memory},
    {format::CodecId::lz4, check_lz4, create_lz4_encoder, lz4_memory},
    {format::CodecId::lzma2, check_lzma2, create_lzma2_encoder, lzma2_memory},
}};

const EncoderRow* find_row(format::CodecId id) {
  const auto found = std::ranges::find(kEncoders, id, &EncoderRow::id);
  return found == kEncoders.end() ? nullptr : &*found;
}

}  // namespace

Result<void> expect_range(std::string_view field, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return {};
  return fail(Errc::misuse, std::string(field) + " is " + std::to_string(value) + "; it must be from " +
                                std::to_string(low) + " to " + std::to_string(high));
}

Result<std::unique_ptr<Encoder>> make_encoder(const EncoderOptions& options) {
  const EncoderRow* row = find_row(options.step.id);
  if (row == nullptr) return unknown_codec(options.step.id);
  NPK_ASSIGN(const EncoderOptions checked, row->check(options));
  return row->create(checked);
}

std::uint64_t encoder_memory_bytes(const EncoderOptions& options, std::uint64_t raw_block_bytes,
                                   std::uint64_t raw_base_bytes) {
  const EncoderRow* row = find_row(options.step.id);
  if (row == nullptr) return 0;
  const Result<EncoderOptions> checked = row->check(options);
  return checked ? row->memory(*checked, raw_block_bytes, raw_base_bytes) : 0;
}

std::uint64_t encoded_bound(format::CodecId id, std::uint64_t raw_bytes) {
  // zstd and LZ4 add at most raw/255 (their bounds), LZMA2 3 bytes for each 64 KiB; each something for its header.
  return id == format::CodecId::store ? raw_bytes : raw_bytes + raw_bytes / 128 + 512;
}

}  // namespace npk::codec
