#include "ops/write/key_ring.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "crypto/age_armor.h"
#include "crypto/age_with_header.h"
#include "hash/hash.h"
#include "npk/age.h"
#include "package/reader/frames/key_search.h"

namespace npk::ops {
namespace {

constexpr AgeLimits kAgeLimits{.max_scrypt_log2 = reader::KeySearch::kMaxScryptLog2};

struct Opened {
  crypto::EpochRecord record;
  const Identity* by;
};

// nullopt: not for these.
Result<std::optional<Opened>> open_with(ByteView age_file, const std::vector<Identity>& identities) {
  for (const Identity& identity : identities) {
    const auto plain = age_decrypt(age_file, std::span(&identity, 1), kAgeLimits);
    if (!plain && plain.error().code == Errc::no_key) continue;
    if (!plain) return std::unexpected(plain.error());
    NPK_ASSIGN(crypto::EpochRecord record, crypto::decode_epoch_record(plain->view()));
    return Opened{std::move(record), &identity};
  }
  return std::nullopt;
}

Result<void> read_stanzas(Envelope& envelope) {
  envelope.info.bytes = envelope.age_file.size();
  if (crypto::is_age_armor(envelope.age_file)) return fail_corrupt("an envelope is an armored age file");
  NPK_ASSIGN(const std::vector<AgeStanza> stanzas, describe_stanzas(envelope.age_file));
  for (const AgeStanza& stanza : stanzas) envelope.info.stanzas.push_back(stanza.type);
  envelope.is_for_passphrase = reader::is_for_passphrase(stanzas);
  return {};
}

Result<void> open_envelope(Envelope& envelope, const format::Superblock& superblock, const std::vector<Identity>& identities) {
  NPK_ASSIGN(auto opened, open_with(envelope.age_file, identities));
  if (!opened) return {};
  if (!reader::is_record_of(opened->record, superblock))
    return fail(Errc::auth_failed, "an envelope holds the keys of another package");
  envelope.info.is_open = true;
  envelope.info.recipients = opened->record.recipients;
  for (const auto& [epoch, key] : opened->record.keys) envelope.info.epochs.push_back(epoch);
  if (opened->by->is_passphrase()) envelope.passphrase = opened->by;
  envelope.record = std::move(opened->record);
  return {};
}

// Who makes an age file from another with stock age copies its record: but for the header's hash it looks like one that is for
// those it names.
bool is_as_made(const Envelope& envelope) {
  const std::vector<std::string>& names = envelope.info.recipients;
  if (names.size() != envelope.info.stanzas.size() || !envelope.record.header_hash) return false;
  const auto header = crypto::age_header_of(envelope.age_file);
  if (!header || hash::blake3(*header) != *envelope.record.header_hash) return false;
  if (envelope.passphrase != nullptr) return names.front().empty();
  return std::ranges::all_of(names, [](const std::string& name) { return Recipient::parse(name).has_value(); });
}

void tell_own(std::vector<Envelope>& envelopes) {
  reader::OwnEpochs epochs;
  for (const Envelope& envelope : envelopes) epochs.add(envelope.record.keys);
  for (Envelope& envelope : envelopes) {
    EnvelopeInfo& info = envelope.info;
    info.is_own = envelope.record.keys.contains(1) && envelope.record.keys.contains(epochs.newest());
    info.is_complete = info.is_own && is_as_made(envelope);
  }
}

Result<Bytes> read_age_file(const reader::FrameReader& frames, std::uint64_t position) {
  NPK_ASSIGN(const format::FrameHeader header, frames.read_header(position));
  if (header.type != format::FrameType::envelope) return fail_corrupt("the trailer names an envelope that is none");
  if (header.stored_length > kMaxAgeFileBytes) return fail(Errc::limit, "an envelope is larger than age files may be");
  reader::Frame frame;
  NPK_TRY(frames.read_frame(position, frame));
  return std::move(frame.body);
}

Result<void> check_complete(const EnvelopeInfo& info, std::size_t number) {
  if (info.is_complete) return {};
  const std::string which = "envelope " + std::to_string(number);
  if (info.is_open)
    return fail(Errc::no_key, which + " is for others than its record names, so it can't be made again with the new key: remove "
                                  "it, and import another afterwards");
  const std::string kind = info.stanzas.empty() ? "" : " (" + info.stanzas.front() + ")";
  return fail(Errc::no_key, which + kind + " does not open with the keys given, so it can't be made again with the new one: "
                                "give its key, too, or remove the envelope");
}

bool names(const std::vector<Recipient>& recipients, const std::string& text) {
  return std::ranges::any_of(recipients, [&](const Recipient& recipient) { return recipient.text() == text; });
}

// Errors: not_found, if one of those wanted is not there.
Result<void> take_out(std::vector<Recipient>& recipients, const std::vector<std::string>& wanted) {
  for (const std::string& text : wanted) {
    if (text.empty() || !names(recipients, text)) return fail(Errc::not_found, "no envelope is for " + text);
  }
  std::erase_if(recipients, [&](const Recipient& recipient) { return std::ranges::find(wanted, recipient.text()) != wanted.end(); });
  return {};
}

}  // namespace

Result<Envelope> read_envelope(Bytes age_file, const format::Superblock& superblock, const std::vector<Identity>& identities) {
  Envelope envelope;
  envelope.age_file = std::move(age_file);
  NPK_TRY(read_stanzas(envelope));
  NPK_TRY(open_envelope(envelope, superblock, identities));
  return envelope;
}

Result<std::vector<Envelope>> read_envelopes(const reader::FrameReader& frames, const format::Superblock& superblock,
                                             const std::vector<std::uint64_t>& positions,
                                             const std::vector<Identity>& identities) {
  std::vector<Envelope> envelopes;
  bool tried_passphrase = false;
  if (positions.size() > kMostLiveEnvelopes) return fail(Errc::limit, "the package has more live envelopes than readers try");
  for (const std::uint64_t position : positions) {
    Envelope& envelope = envelopes.emplace_back();
    envelope.info.position = position;
    NPK_ASSIGN(envelope.age_file, read_age_file(frames, position));
    auto read = read_stanzas(envelope);
    if (envelope.is_for_passphrase && std::exchange(tried_passphrase, true))
      read = fail(Errc::limit, "of the passphrases only the first is tried");
    if (read) read = open_envelope(envelope, superblock, identities);
    if (!read) envelope.info.problem = std::move(read).error();
  }
  tell_own(envelopes);
  return envelopes;
}

Result<void> add_recipients_of(const Envelope& envelope, std::vector<Recipient>& recipients) {
  for (const std::string& text : envelope.info.recipients) {
    if (envelope.passphrase != nullptr) {
      NPK_ASSIGN(Recipient passphrase, envelope.passphrase->recipient());
      recipients.push_back(std::move(passphrase));
    } else if (!names(recipients, text)) {
      NPK_ASSIGN(Recipient recipient, Recipient::parse(text));
      recipients.push_back(std::move(recipient));
    }
  }
  return {};
}

Result<std::vector<Recipient>> remaining_recipients(const std::vector<Envelope>& envelopes, const RemovedKeys& removed) {
  std::vector<Recipient> recipients;
  for (std::size_t i = 0; i < envelopes.size(); ++i) {
    const EnvelopeInfo& info = envelopes[i].info;
    if (std::ranges::find(removed.envelopes, i + 1) != removed.envelopes.end() || (info.is_open && !info.is_own)) continue;
    NPK_TRY(check_complete(info, i + 1));
    NPK_TRY(add_recipients_of(envelopes[i], recipients));
    if (envelopes[i].passphrase != nullptr) std::ranges::rotate(recipients, std::prev(recipients.end()));
  }
  NPK_TRY(take_out(recipients, removed.recipients));
  if (recipients.empty()) return fail(Errc::misuse, "nobody could open the package any more");
  return recipients;
}

}  // namespace npk::ops
