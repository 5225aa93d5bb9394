// Sealed bodies: every segment is bound to its key, session, frame and place.
#include "crypto/sealing.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

#include "crypto/epoch_record.h"

namespace npk::crypto {
namespace {

using format::Cipher;
using format::FrameHeader;
using format::FrameType;

constexpr Digest kPackage = {7};

FrameHeader header_of(FrameType type, std::uint32_t counter, std::uint64_t stored_length, std::uint8_t flags = format::kFrameSealed) {
  FrameHeader header;
  header.type = type;
  header.flags = flags;
  header.tag = {1, 2, 3};
  header.key_epoch = 1;
  header.writer_salt_id = 1;
  header.seal_counter = counter;
  header.stored_length = stored_length;
  return header;
}

Bytes text_of(std::size_t size) {
  Bytes text(size);
  std::mt19937 random(static_cast<unsigned>(size));
  for (std::uint8_t& byte : text) byte = static_cast<std::uint8_t>(random());
  return text;
}

struct Sealed {
  FrameHeader header;
  Bytes body;
};

Sealed seal(const SealingSession& session, ByteView text, FrameType type = FrameType::block, std::uint32_t counter = 0) {
  Sealed sealed;
  sealed.body.assign(text.begin(), text.end());
  sealed.body.resize(text.size() + static_cast<std::size_t>(tag_bytes(text.size())));
  sealed.header = header_of(type, counter, sealed.body.size());
  session.seal(sealed.header, sealed.body);
  return sealed;
}

Errc code_of(const SealingSession& session, const FrameHeader& header, Bytes body) {
  const auto opened = session.open(header, body);
  return opened ? Errc::internal : opened.error().code;
}

class Sealing : public ::testing::TestWithParam<Cipher> {
 protected:
  void SetUp() override {
    if (!check_cipher(GetParam())) GTEST_SKIP() << "not on this processor";
    key_ = random_key().value();
  }
  SealingSession begin(const Digest& package = kPackage) const { return SealingSession::begin(key_.view(), package, GetParam()).value(); }

  SecretBytes key_;
};

TEST_P(Sealing, EverySizeComesBack) {
  const SealingSession session = begin();
  for (const std::size_t size : {0UL, 1UL, 100UL, kSegmentBytes - 1, kSegmentBytes, kSegmentBytes + 1, 2 * kSegmentBytes, 3 * kSegmentBytes + 5}) {
    const Bytes text = text_of(size);
    Sealed sealed = seal(session, text);
    EXPECT_EQ(plain_bytes(sealed.body.size()).value(), size);
    const auto opened = session.open(sealed.header, sealed.body);
    ASSERT_TRUE(opened) << size;
    EXPECT_EQ(Bytes(opened->begin(), opened->end()), text) << size;
  }
}

TEST_P(Sealing, TheFirstSegmentOpensAlone) {
  const SealingSession session = begin();
  for (const std::size_t size : {0UL, 1UL, kSegmentBytes, kSegmentBytes + 1, 3 * kSegmentBytes + 5}) {
    const Bytes text = text_of(size);
    const Sealed sealed = seal(session, text);
    const std::size_t first = std::min(size, kSegmentBytes);
    const ByteView tag = ByteView(sealed.body).subspan(size, kTagBytes);
    Bytes segment(sealed.body.begin(), sealed.body.begin() + static_cast<std::ptrdiff_t>(first));
    ASSERT_TRUE(session.open_first(sealed.header, size, segment, tag)) << size;
    EXPECT_TRUE(std::equal(segment.begin(), segment.end(), text.begin())) << size;
    // Of a text of another number of segments it is not the first.
    Bytes other(sealed.body.begin(), sealed.body.begin() + static_cast<std::ptrdiff_t>(first));
    const std::uint64_t wrong = size > kSegmentBytes ? 1 : 2 * kSegmentBytes;
    EXPECT_EQ(session.open_first(sealed.header, wrong, other, tag).error().code, Errc::auth_failed);
    EXPECT_EQ(std::count(other.begin(), other.end(), 0), std::ssize(other)) << "wiped";
  }
}

TEST_P(Sealing, EveryFlippedBitIsNoticedAndNothingIsGivenOut) {
  const SealingSession session = begin();
  const Sealed sealed = seal(session, text_of(70));
  for (std::size_t bit = 0; bit < sealed.body.size() * 8; ++bit) {
    Bytes body = sealed.body;
    body[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_EQ(session.open(sealed.header, body).error().code, Errc::auth_failed);
    EXPECT_EQ(std::count(body.begin(), body.begin() + 70, 0), 70);
  }
}

TEST_P(Sealing, EverythingThatIsBoundIsChecked) {
  const SealingSession session = begin();
  const Sealed sealed = seal(session, text_of(70));
  const std::vector<std::pair<const char*, void (*)(FrameHeader&)>> changes = {
      {"type", [](FrameHeader& header) { header.type = FrameType::manifest; }},
      {"flags", [](FrameHeader& header) { header.flags |= format::kFrameMustUnderstand; }},
      {"tag", [](FrameHeader& header) { header.tag[7] = 1; }},
      {"epoch", [](FrameHeader& header) { header.key_epoch = 2; }},
      {"salt", [](FrameHeader& header) { header.writer_salt_id = 2; }},
      {"counter", [](FrameHeader& header) { header.seal_counter = 1; }},
      {"length", [](FrameHeader& header) { header.stored_length += 1; }},
  };
  for (const auto& [name, change] : changes) {
    FrameHeader header = sealed.header;
    change(header);
    EXPECT_EQ(code_of(session, header, sealed.body), Errc::auth_failed) << name;
  }
  FrameHeader moved = sealed.header;  // known only once the body is sealed: references and readers that walk check these
  moved.sequence = 9;
  moved.last_commit = 9;
  moved.body_check = {1};
  EXPECT_EQ(code_of(session, moved, sealed.body), Errc::internal);
}

TEST_P(Sealing, SegmentsCanNotBeSwappedDroppedOrRepeated) {
  const SealingSession session = begin();
  const Sealed sealed = seal(session, text_of(3 * kSegmentBytes));
  const auto segment = [](Bytes& body, std::size_t number) { return body.begin() + static_cast<std::ptrdiff_t>(number * kSegmentBytes); };
  const auto tag = [](Bytes& body, std::size_t number) { return body.begin() + static_cast<std::ptrdiff_t>(3 * kSegmentBytes + number * kTagBytes); };
  Bytes swapped = sealed.body;
  std::swap_ranges(segment(swapped, 0), segment(swapped, 1), segment(swapped, 1));
  std::swap_ranges(tag(swapped, 0), tag(swapped, 1), tag(swapped, 1));
  EXPECT_EQ(code_of(session, sealed.header, swapped), Errc::auth_failed);

  Bytes repeated = sealed.body;
  std::copy(segment(repeated, 0), segment(repeated, 1), segment(repeated, 1));
  std::copy(tag(repeated, 0), tag(repeated, 1), tag(repeated, 1));
  EXPECT_EQ(code_of(session, sealed.header, repeated), Errc::auth_failed);

  Bytes dropped = sealed.body;
  dropped.erase(tag(dropped, 2), dropped.end());
  dropped.erase(segment(dropped, 2), segment(dropped, 3));
  FrameHeader shorter = sealed.header;
  shorter.stored_length = dropped.size();
  EXPECT_EQ(code_of(session, shorter, dropped), Errc::auth_failed);
}

TEST_P(Sealing, LengthsThatNoBodyHasAreCorrupt) {
  const SealingSession session = begin();
  for (const std::uint64_t size : {0UL, 15UL, kSegmentBytes + kTagBytes + 1, kSegmentBytes + 2 * kTagBytes - 1}) {
    EXPECT_EQ(plain_bytes(size).error().code, Errc::corrupt) << size;
    EXPECT_EQ(code_of(session, header_of(FrameType::block, 0, size), Bytes(static_cast<std::size_t>(size))), Errc::corrupt) << size;
  }
}

TEST_P(Sealing, SessionsOfOneKeyShareNothing) {
  const SealingSession one = begin(), other = begin();
  EXPECT_NE(one.head().salt, other.head().salt);
  const Sealed sealed = seal(one, text_of(50));
  EXPECT_NE(sealed.body, seal(other, text_of(50)).body);
  EXPECT_EQ(code_of(other, sealed.header, sealed.body), Errc::auth_failed);
  const SealingSession resumed = SealingSession::resume(key_.view(), kPackage, GetParam(), one.head()).value();
  EXPECT_EQ(code_of(resumed, sealed.header, sealed.body), Errc::internal);
}

TEST_P(Sealing, HeadsAreOfOneKeyAndOnePackage) {
  const SessionHead head = begin().head();
  const SecretBytes other_key = random_key().value();
  EXPECT_EQ(SealingSession::resume(other_key.view(), kPackage, GetParam(), head).error().code, Errc::auth_failed);
  EXPECT_EQ(SealingSession::resume(key_.view(), Digest{8}, GetParam(), head).error().code, Errc::auth_failed);
  SessionHead changed = head;
  changed.salt[31] ^= 1;
  EXPECT_EQ(SealingSession::resume(key_.view(), kPackage, GetParam(), changed).error().code, Errc::auth_failed);
}

TEST_P(Sealing, EqualTextsLookDifferent) {
  const SealingSession session = begin();
  const Bytes text(1000, 7);
  std::set<Bytes> seen;
  for (std::uint32_t counter = 0; counter < 100; ++counter) {
    seen.insert(seal(session, text, FrameType::block, counter).body);
    seen.insert(seal(session, text, FrameType::manifest, counter).body);
  }
  EXPECT_EQ(seen.size(), 200U);
}

TEST_P(Sealing, AnOpenerLearnsTheSessionsItMeets) {
  const SealingSession session = begin();
  BodyOpener opener(kPackage, GetParam());
  ASSERT_TRUE(opener.add_key(1, key_.clone().value()));
  Sealed later = seal(session, text_of(50), FrameType::block, 5);
  Bytes early = later.body;
  EXPECT_EQ(opener.open(later.header, early).error().code, Errc::auth_failed);

  Bytes body(session.head().salt.begin(), session.head().salt.end());
  body.insert(body.end(), session.head().commitment.begin(), session.head().commitment.end());
  const Bytes text = text_of(50);
  body.insert(body.end(), text.begin(), text.end());
  body.resize(body.size() + kTagBytes);
  const FrameHeader first = header_of(FrameType::block, 0, body.size(), format::kFrameSealed | format::kFrameCarriesSalt);
  session.seal(first, MutableBytes(body).subspan(SessionHead::kBytes));
  Bytes other_head = body;
  other_head[0] ^= 1;
  const auto opened = opener.open(first, body);
  ASSERT_TRUE(opened);
  EXPECT_EQ(Bytes(opened->begin(), opened->end()), text);
  EXPECT_TRUE(opener.open(later.header, later.body));
  EXPECT_EQ(opener.open(first, other_head).error().code, Errc::auth_failed) << "two sessions of one number";

  FrameHeader strange = first;
  strange.key_epoch = 2;
  Bytes again = body;
  EXPECT_EQ(opener.open(strange, again).error().code, Errc::no_key);
  Bytes cut(SessionHead::kBytes - 1);
  EXPECT_EQ(opener.open(first, cut).error().code, Errc::corrupt);
  EXPECT_TRUE(opener.add_key(1, key_.clone().value()));
  EXPECT_EQ(opener.add_key(1, random_key().value()).error().code, Errc::auth_failed);
}

// A hostile package may show many sessions; each costs guarded memory.
TEST_P(Sealing, AnOpenerRemembersSoManySessions) {
  BodyOpener opener(kPackage, GetParam());
  ASSERT_TRUE(opener.add_key(1, key_.clone().value()));
  const SealingSession session = begin();
  Bytes head(session.head().salt.begin(), session.head().salt.end());
  head.insert(head.end(), session.head().commitment.begin(), session.head().commitment.end());
  Bytes wrong = head;
  wrong.back() ^= 1;
  FrameHeader header = header_of(FrameType::block, 0, head.size(), format::kFrameSealed | format::kFrameCarriesSalt);
  for (std::uint32_t id = 1; id <= kMostSessions; ++id) {
    header.writer_salt_id = id;
    EXPECT_EQ(opener.meet(header, wrong).error().code, Errc::auth_failed) << "and does not count";
    ASSERT_TRUE(opener.meet(header, head)) << id;
  }
  header.writer_salt_id = kMostSessions + 1;
  EXPECT_EQ(opener.meet(header, head).error().code, Errc::limit);
  header.writer_salt_id = 1;
  EXPECT_TRUE(opener.meet(header, head));
}

TEST_P(Sealing, AnOpenerHoldsSoManyEpochs) {
  BodyOpener opener(kPackage, GetParam());
  for (std::uint32_t epoch = 1; epoch <= kMostEpochs; ++epoch) ASSERT_TRUE(opener.add_key(epoch, key_.clone().value()));
  EXPECT_EQ(opener.add_key(kMostEpochs + 1, key_.clone().value()).error().code, Errc::limit);
  EXPECT_TRUE(opener.add_key(kMostEpochs, key_.clone().value()));
}

INSTANTIATE_TEST_SUITE_P(With, Sealing, ::testing::Values(Cipher::xchacha20_poly1305, Cipher::aes_256_gcm), [](const auto& at) {
  return std::string(at.param == Cipher::aes_256_gcm ? "Aes256Gcm" : "XChaCha20Poly1305");
});

}  // namespace
}  // namespace npk::crypto
