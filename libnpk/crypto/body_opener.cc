#include <algorithm>

#include "crypto/epoch_record.h"
#include "crypto/sealing.h"

namespace npk::crypto {
namespace {

SessionHead read_head(ByteView body) {
  SessionHead head;
  std::copy_n(body.begin(), head.salt.size(), head.salt.begin());
  std::copy_n(body.begin() + head.salt.size(), head.commitment.size(), head.commitment.begin());
  return head;
}

bool carries_head(const format::FrameHeader& header) noexcept { return (header.flags & format::kFrameCarriesSalt) != 0; }

}  // namespace

struct BodyOpener::Known {
  std::uint32_t salt_id;
  std::uint32_t epoch;
  SealingSession session;
  const Known* next;
};

BodyOpener::~BodyOpener() {
  for (const Known* known = known_.load(); known != nullptr;) {
    const std::unique_ptr<const Known> gone(known);
    known = gone->next;
  }
}

Result<void> BodyOpener::add_key(std::uint32_t epoch, SecretBytes key) {
  const auto known = epoch_keys_.find(epoch);
  if (known == epoch_keys_.end()) {
    if (epoch_keys_.size() >= kMostEpochs) return fail(Errc::limit, "a package has too many key epochs");
    epoch_keys_.emplace(epoch, std::move(key));
  } else if (!equal_in_constant_time(known->second.view(), key.view())) {
    return fail(Errc::auth_failed, "two envelopes give one epoch different keys");
  }
  return {};
}

const BodyOpener::Known* BodyOpener::find(const format::FrameHeader& header) const noexcept {
  const Known* known = known_.load(std::memory_order_acquire);
  while (known != nullptr && (known->salt_id != header.writer_salt_id || known->epoch != header.key_epoch))
    known = known->next;
  return known;
}

// Two threads may learn the same one: it is then there twice, to no harm.
Result<const SealingSession*> BodyOpener::learn(const format::FrameHeader& header, const SessionHead& head) const {
  const auto key = epoch_keys_.find(header.key_epoch);
  if (key == epoch_keys_.end())
    return fail(Errc::no_key, "sealed in an epoch whose key none of the given keys opens");
  if (known_count_.load() >= kMostSessions) return fail(Errc::limit, "a package has too many writing sessions");
  NPK_ASSIGN(SealingSession session, SealingSession::resume(key->second.view(), package_, cipher_, head));
  known_count_.fetch_add(1);
  auto fresh = std::make_unique<Known>(Known{header.writer_salt_id, header.key_epoch, std::move(session), known_.load()});
  while (!known_.compare_exchange_weak(fresh->next, fresh.get(), std::memory_order_acq_rel)) continue;
  return &fresh.release()->session;
}

Result<const SealingSession*> BodyOpener::session_of(const format::FrameHeader& header, ByteView body) const {
  const Known* known = find(header);
  if (!carries_head(header)) {
    if (known != nullptr) return &known->session;
    return fail(Errc::auth_failed, "a sealed frame is of a writing session that the package does not show");
  }
  if (body.size() < SessionHead::kBytes)
    return fail_corrupt("a sealed body is shorter than what it must begin with");
  const SessionHead head = read_head(body);
  if (known == nullptr) return learn(header, head);
  if (known->session.head() == head) return &known->session;
  return fail(Errc::auth_failed, "two writing sessions have one number");
}

Result<void> BodyOpener::meet(const format::FrameHeader& header, ByteView body) const {
  NPK_TRY(session_of(header, body));
  return {};
}

Result<MutableBytes> BodyOpener::open(const format::FrameHeader& header, MutableBytes body) const {
  NPK_ASSIGN(const SealingSession* session, session_of(header, body));
  return session->open(header, body.subspan(carries_head(header) ? SessionHead::kBytes : 0));
}

Result<MutableBytes> BodyOpener::open_first(const format::FrameHeader& header, std::uint64_t plain_bytes,
                                            MutableBytes start, ByteView tag) const {
  NPK_ASSIGN(const SealingSession* session, session_of(header, start));
  const MutableBytes segment = start.subspan(carries_head(header) ? SessionHead::kBytes : 0);
  NPK_TRY(session->open_first(header, plain_bytes, segment, tag));
  return segment;
}

}  // namespace npk::crypto
