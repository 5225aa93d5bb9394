#include "npk/format/frame.h"

#include <algorithm>
#include <string>

#include "npk/format/crc32c.h"

namespace npk::format {
namespace {

constexpr std::uint8_t kKnownFlags = kFrameMustUnderstand | kFrameSealed | kFrameCarriesSalt;
constexpr std::size_t kSealCounterOffset = 56;
constexpr std::size_t kChecksumOffset = 60;

Result<void> check_known(const FrameHeader& header) {
  if (is_known(header.type) || (header.flags & kFrameMustUnderstand) == 0) return {};
  return fail(Errc::unsupported, "frame type " + std::to_string(static_cast<int>(header.type)) +
                                     " must be understood and this npk does not: use a newer npk");
}

}  // namespace

PackageTag package_tag(const PackageId& id) noexcept {
  PackageTag tag;
  std::copy_n(id.begin(), tag.size(), tag.begin());
  return tag;
}

bool is_known(FrameType type) noexcept { return type >= FrameType::block && type <= FrameType::hint_page; }

bool has_inner_header(FrameType type) noexcept {
  return type != FrameType::envelope && type != FrameType::trailer && type != FrameType::parity && type != FrameType::padding;
}

namespace {

std::array<std::uint8_t, kFrameHeaderBytes> encode_without_checksum(const FrameHeader& header) {
  std::array<std::uint8_t, kFrameHeaderBytes> out{};
  std::ranges::copy(kFrameMagic, out.begin());
  out[4] = static_cast<std::uint8_t>(header.type);
  out[5] = header.flags;
  store_le(&out[6], static_cast<std::uint16_t>(kFrameHeaderBytes));
  std::ranges::copy(header.tag, out.begin() + 8);
  store_le(&out[16], header.key_epoch);
  store_le(&out[20], header.writer_salt_id);
  store_le(&out[24], header.sequence);
  store_le(&out[32], header.stored_length);
  store_le(&out[40], header.last_commit);
  std::ranges::copy(header.body_check, out.begin() + 48);
  store_le(&out[kSealCounterOffset], header.seal_counter);
  return out;
}

}  // namespace

std::array<std::uint8_t, kFrameHeaderBytes> encode_frame_header(const FrameHeader& header) {
  auto out = encode_without_checksum(header);
  store_le(&out[kChecksumOffset], crc32c(ByteView(out).first(kChecksumOffset)));
  return out;
}

std::array<std::uint8_t, kFrameHeaderBytes> seal_associated_data(const FrameHeader& header) {
  FrameHeader bound = header;
  bound.sequence = bound.last_commit = 0;
  bound.body_check = {};
  return encode_without_checksum(bound);
}

Result<FrameHeader> decode_frame_header(ByteView bytes, const PackageTag& tag, const Limits& limits) {
  if (bytes.size() < kFrameHeaderBytes) return fail(Errc::truncated, "a frame header is cut short");
  ByteReader reader(bytes.first(kFrameHeaderBytes));
  NPK_ASSIGN(const auto magic, reader.read_array<4>());
  if (magic != kFrameMagic) return fail_corrupt("no frame begins here");
  if (crc32c(bytes.first(kChecksumOffset)) != load_le<std::uint32_t>(bytes.data() + kChecksumOffset))
    return fail_corrupt("a frame header's checksum does not hold");
  FrameHeader header;
  NPK_ASSIGN(const auto type, reader.read<std::uint8_t>());
  header.type = static_cast<FrameType>(type);
  NPK_ASSIGN(header.flags, reader.read<std::uint8_t>());
  NPK_ASSIGN(const auto header_length, reader.read<std::uint16_t>());
  NPK_ASSIGN(header.tag, reader.read_array<8>());
  NPK_ASSIGN(header.key_epoch, reader.read<std::uint32_t>());
  NPK_ASSIGN(header.writer_salt_id, reader.read<std::uint32_t>());
  NPK_ASSIGN(header.sequence, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.stored_length, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.last_commit, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.body_check, reader.read_array<8>());
  NPK_ASSIGN(header.seal_counter, reader.read<std::uint32_t>());
  if ((header.flags & kFrameSealed) == 0 && header.seal_counter != 0)
    return fail_corrupt("a frame header has reserved bits set");
  if (header.tag != tag) return fail_corrupt("a frame of another package lies here");
  if ((header.flags & ~kKnownFlags) != 0 || type == 0) return fail_corrupt("a frame header has reserved bits set");
  if (header_length != kFrameHeaderBytes) return fail(Errc::unsupported, "a frame header has an unknown length");
  NPK_TRY(check_known(header));
  if (header.stored_length > limits.max_frame_bytes)
    return fail(Errc::limit, "a frame claims " + std::to_string(header.stored_length) + " bytes, more than the limit of " +
                                 std::to_string(limits.max_frame_bytes));
  return header;
}

void encode_inner_header(const InnerHeader& header, Bytes& out) {
  ByteWriter writer(out);
  writer.write(header.raw_length);
  writer.write(header.base_position);
  writer.write(header.padding_length);
  writer.write(static_cast<std::uint8_t>(header.chain.size()));
  writer.write_zeros(3);
  for (const ChainStep& step : header.chain) {
    writer.write(static_cast<std::uint8_t>(step.id));
    writer.write(static_cast<std::uint8_t>(step.level));
    writer.write_zeros(2);
    writer.write(step.parameter);
  }
}

namespace {

Result<ChainStep> read_step(ByteReader& reader) {
  ChainStep step;
  NPK_ASSIGN(const auto id, reader.read<std::uint8_t>());
  NPK_ASSIGN(const auto level, reader.read<std::uint8_t>());
  NPK_TRY(reader.expect_zeros(2));
  NPK_ASSIGN(step.parameter, reader.read<std::uint32_t>());
  if (id == 0) return fail_corrupt("a codec chain names store, which only an empty chain may mean");
  step.id = static_cast<CodecId>(id);
  step.level = static_cast<std::int8_t>(level);
  return step;
}

Result<InnerHeader> read_inner_header(ByteReader& reader, const Limits& limits) {
  InnerHeader header;
  NPK_ASSIGN(header.raw_length, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.base_position, reader.read<std::uint64_t>());
  NPK_ASSIGN(header.padding_length, reader.read<std::uint32_t>());
  NPK_ASSIGN(const auto chain_length, reader.read<std::uint8_t>());
  NPK_TRY(reader.expect_zeros(3));
  if (chain_length > limits.max_codec_chain) return fail(Errc::limit, "a codec chain is longer than the limit");
  if (header.raw_length > limits.max_block_raw_bytes)
    return fail(Errc::limit, "a frame claims to decode to " + std::to_string(header.raw_length) + " bytes, more than the limit of " +
                                 std::to_string(limits.max_block_raw_bytes));
  if (reader.remaining() < chain_length * kChainStepBytes) return fail(Errc::truncated, "a frame ends within its codec chain");
  for (std::uint8_t i = 0; i < chain_length; ++i) {
    NPK_ASSIGN(const ChainStep step, read_step(reader));
    header.chain.push_back(step);
  }
  return header;
}

}  // namespace

Result<OpenedBody> split_body(ByteView body, const Limits& limits) {
  ByteReader reader(body);
  NPK_ASSIGN(InnerHeader header, read_inner_header(reader, limits));
  if (header.padding_length > reader.remaining()) return fail(Errc::truncated, "a frame's padding is longer than the frame");
  NPK_ASSIGN(const ByteView payload, reader.read_bytes(reader.remaining() - header.padding_length));
  NPK_TRY(reader.expect_zeros(header.padding_length));
  if (header.chain.empty() && payload.size() != header.raw_length)
    return fail_corrupt("a stored frame's payload and raw length differ");
  return OpenedBody{std::move(header), payload};
}

}  // namespace npk::format
