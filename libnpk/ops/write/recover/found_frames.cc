#include "ops/write/recover/found_frames.h"

#include <algorithm>

#include "block/open.h"
#include "crypto/epoch_record.h"
#include "hash/hash.h"
#include "npk/age.h"
#include "package/reader/frames/key_search.h"

namespace npk::ops {
namespace {

using format::FrameType;

bool is_sealed_frame(const FoundFrame& frame) noexcept { return (frame.header.flags & format::kFrameSealed) != 0; }

// A frame that may not be clear in a sealed package counts for nothing: anyone could have put it there.
bool is_as_sealed(const FoundFrame& frame) noexcept {
  return !format::has_inner_header(frame.header.type) || is_sealed_frame(frame);
}

// Pages may take this, or so much for each byte of the source where that is more.
constexpr std::uint64_t kFreeMemory = 256ULL << 20;
constexpr std::uint64_t kMemoryPerByte = 64;

constexpr unsigned kTriesWithoutSuperblock = 4;  // each may cost a passphrase's work

bool may_be_envelope(const FoundFrame& frame) noexcept {
  return frame.header.type == FrameType::envelope && frame.header.stored_length <= kMaxAgeFileBytes;
}

// The superblock that these keys were bound to, if the frames' sessions bear it out.
Result<std::optional<format::Superblock>> superblock_of(const crypto::EpochRecord& record, const FoundFrame& frame, ByteView body) {
  const auto first = record.keys.find(1);
  const auto own = record.keys.find(frame.header.key_epoch);
  if (first == record.keys.end() || own == record.keys.end()) return std::nullopt;
  for (const format::Cipher cipher : {format::Cipher::xchacha20_poly1305, format::Cipher::aes_256_gcm}) {
    const format::Superblock superblock{.sealed = true, .package_id = record.package_id,
                                        .key_commitment = crypto::key_commitment(first->second.view(), record.package_id), .cipher = cipher};
    crypto::BodyOpener opener(hash::blake3(format::encode_superblock(superblock)), cipher);
    NPK_ASSIGN(SecretBytes key, SecretBytes::copy_of(own->second.view()));
    NPK_TRY(opener.add_key(own->first, std::move(key)));
    if (opener.meet(frame.header, body)) return superblock;
  }
  return std::nullopt;
}

}  // namespace

FoundFrames::FoundFrames(std::shared_ptr<const RandomAccessSource> source, Survey survey, const Limits& limits)
    : source_(std::move(source)), survey_(std::move(survey)), limits_(limits) {
  for (std::size_t i = 0; i < survey_.frames.size(); ++i) by_hash_.try_emplace(survey_.frames[i].hash, i);
}

Result<FoundFrames> FoundFrames::open(std::shared_ptr<const RandomAccessSource> source, Survey survey, const Limits& limits,
                                      const std::shared_ptr<const std::vector<Identity>>& identities) {
  FoundFrames frames(std::move(source), std::move(survey), limits);
  const bool sealed = frames.survey_.superblock ? frames.survey_.superblock->sealed : std::ranges::any_of(frames.all(), is_sealed_frame);
  if (sealed) {
    NPK_TRY(frames.open_seal(identities));
  } else if (identities != nullptr && !identities->empty()) {
    return fail(Errc::auth_failed, "a key was given, but the package is not sealed: anyone may have made it");
  }
  return frames;
}

Result<std::optional<format::Superblock>> FoundFrames::remake_superblock(const FoundFrame& head, const std::vector<Identity>& identities) const {
  unsigned tries = 0;
  for (const FoundFrame& frame : all()) {
    if (!may_be_envelope(frame)) continue;
    if (++tries > kTriesWithoutSuperblock) break;
    NPK_ASSIGN(const Bytes envelope, body(frame));
    const auto plain = age_decrypt(envelope, identities, {.max_scrypt_log2 = reader::KeySearch::kMaxScryptLog2});
    if (!plain) continue;
    NPK_ASSIGN(const crypto::EpochRecord record, crypto::decode_epoch_record(plain->view()));
    NPK_ASSIGN(const Bytes start, body(head));
    NPK_ASSIGN(auto superblock, superblock_of(record, head, start));
    if (superblock) return superblock;
  }
  return std::nullopt;
}

Result<void> FoundFrames::open_seal(const std::shared_ptr<const std::vector<Identity>>& identities) {
  const auto head = std::ranges::find_if(all(), [](const FoundFrame& frame) {
    return is_sealed_frame(frame) && (frame.header.flags & format::kFrameCarriesSalt) != 0;
  });
  if (!survey_.superblock && head != all().end() && identities != nullptr) {
    NPK_ASSIGN(survey_.superblock, remake_superblock(*head, *identities));
  }
  if (!survey_.superblock)
    return fail(Errc::no_key, "the superblock of this sealed package is lost, and no envelope that these keys open gives it back");
  reader::KeySearch keys(*survey_.superblock, identities);
  for (const FoundFrame& frame : all()) {
    if (!keys.goes_on()) break;
    if (!may_be_envelope(frame)) continue;
    NPK_ASSIGN(const Bytes envelope, body(frame));
    NPK_TRY(keys.offer(envelope));
  }
  NPK_ASSIGN(opener_, keys.opener());
  return meet_sessions();
}

// Frames of a session whose heads are all lost can't be opened.
Result<void> FoundFrames::meet_sessions() {
  for (const FoundFrame& frame : all()) {
    if (!is_sealed_frame(frame) || (frame.header.flags & format::kFrameCarriesSalt) == 0) continue;
    Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(crypto::SessionHead::kBytes, frame.header.stored_length)));
    NPK_ASSIGN(const std::size_t count, source_->read_at(frame.position + format::kFrameHeaderBytes, head));
    head.resize(count);
    static_cast<void>(opener_->meet(frame.header, head));
  }
  return {};
}

std::uint64_t FoundFrames::page_memory() const noexcept { return std::max(kFreeMemory, kMemoryPerByte * survey_.source_bytes); }

reader::PackageExtent FoundFrames::extent() const {
  return {.source = source_, .offset = 0, .length = survey_.source_bytes, .tag = survey_.frames.front().header.tag, .opener = opener_};
}

const FoundFrame* FoundFrames::find(FrameType type, const Digest& hash) const {
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return nullptr;
  const FoundFrame& frame = survey_.frames[found->second];
  return frame.header.type == type ? &frame : nullptr;
}

Result<Bytes> FoundFrames::body(const FoundFrame& frame) const {
  if (opener_ != nullptr && !is_as_sealed(frame)) return fail(Errc::auth_failed, "a frame that must be sealed is not");
  Bytes body(static_cast<std::size_t>(frame.header.stored_length));
  NPK_ASSIGN(const std::size_t count, source_->read_at(frame.position + format::kFrameHeaderBytes, body));
  if (count != body.size()) return fail(Errc::truncated, "the source is shorter than it was");
  NPK_TRY(block::check_body(body, frame.hash));
  if (opener_ != nullptr) NPK_TRY(reader::open_frame(opener_.get(), frame.header, body));
  return body;
}

}  // namespace npk::ops
