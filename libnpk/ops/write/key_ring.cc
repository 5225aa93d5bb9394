#include "ops/write/key_ring.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

#include "npk/age.h"
#include "package/reader/key_search.h"

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

Result<Bytes> read_age_file(const reader::FrameReader& frames, std::uint64_t position) {
  NPK_ASSIGN(const format::FrameHeader header, frames.read_header(position));
  if (header.type != format::FrameType::envelope) return fail(Errc::corrupt, "the trailer names an envelope that is none");
  if (header.stored_length > kMaxAgeFileBytes) return fail(Errc::limit, "an envelope is larger than age files may be");
  reader::Frame frame;
  NPK_TRY(frames.read_frame(position, frame));
  return std::move(frame.body);
}

Result<void> check_complete(const Envelope& envelope, std::size_t number) {
  if (envelope.info.is_complete()) return {};
  const std::string which = "envelope " + std::to_string(number);
  if (!envelope.info.is_open)
    return fail(Errc::no_key, which + " (" + envelope.info.stanzas.front() + ") does not open with the keys given, so it can't be made "
                                  "again with the new one: give its key, too, or remove the envelope");
  return fail(Errc::no_key, which + " is for more than its record names, so it can't be made again with the new key: remove it, and "
                                "import another afterwards");
}

}  // namespace

Result<Envelope> read_envelope(Bytes age_file, const format::Superblock& superblock, const std::vector<Identity>& identities) {
  Envelope envelope;
  envelope.age_file = std::move(age_file);
  envelope.info.bytes = envelope.age_file.size();
  NPK_ASSIGN(const std::vector<AgeStanza> stanzas, describe_stanzas(envelope.age_file));
  for (const AgeStanza& stanza : stanzas) envelope.info.stanzas.push_back(stanza.type);
  NPK_ASSIGN(auto opened, open_with(envelope.age_file, identities));
  if (!opened) return envelope;
  if (!reader::is_record_of(opened->record, superblock))
    return fail(Errc::auth_failed, "an envelope holds the keys of another package");
  envelope.info.is_open = true;
  envelope.info.recipients = opened->record.recipients;
  for (const auto& [epoch, key] : opened->record.keys) envelope.info.epochs.push_back(epoch);
  if (opened->by->is_passphrase()) envelope.passphrase = opened->by;
  envelope.record = std::move(opened->record);
  return envelope;
}

Result<std::vector<Envelope>> read_envelopes(const reader::FrameReader& frames, const format::Superblock& superblock,
                                             const std::vector<std::uint64_t>& positions,
                                             const std::vector<Identity>& identities) {
  std::vector<Envelope> envelopes;
  if (positions.size() > kMostLiveEnvelopes) return fail(Errc::limit, "the package has more live envelopes than readers try");
  for (const std::uint64_t position : positions) {
    NPK_ASSIGN(Bytes age_file, read_age_file(frames, position));
    NPK_ASSIGN(Envelope envelope, frames.placed(read_envelope(std::move(age_file), superblock, identities), position));
    envelope.info.position = position;
    envelopes.push_back(std::move(envelope));
  }
  return envelopes;
}

Result<std::vector<Recipient>> recipients_of(const Envelope& envelope, std::vector<std::string>& except) {
  std::vector<Recipient> recipients;
  for (const std::string& text : envelope.info.recipients) {
    if (text.empty()) {
      NPK_ASSIGN(Recipient passphrase, envelope.passphrase->recipient());
      recipients.push_back(std::move(passphrase));
    } else if (std::erase(except, text) == 0) {
      NPK_ASSIGN(Recipient recipient, Recipient::parse(text));
      recipients.push_back(std::move(recipient));
    }
  }
  return recipients;
}

Result<std::vector<Recipient>> remaining_recipients(const std::vector<Envelope>& envelopes, const RemovedKeys& removed) {
  std::vector<Recipient> recipients;
  std::vector<std::string> wanted = removed.recipients;
  for (std::size_t i = 0; i < envelopes.size(); ++i) {
    if (std::ranges::find(removed.envelopes, i + 1) != removed.envelopes.end()) continue;
    NPK_TRY(check_complete(envelopes[i], i + 1));
    NPK_ASSIGN(std::vector<Recipient> found, recipients_of(envelopes[i], wanted));
    std::ranges::move(found, std::back_inserter(recipients));
  }
  if (!wanted.empty()) return fail(Errc::not_found, "no envelope is for " + wanted.front());
  if (recipients.empty()) return fail(Errc::misuse, "nobody could open the package any more");
  std::vector<Recipient> passphrases_first;  // std::stable_partition uses what the standard has deprecated
  std::ptrdiff_t passphrases = 0;
  for (Recipient& recipient : recipients) {
    const auto place = recipient.is_passphrase() ? passphrases_first.begin() + passphrases++ : passphrases_first.end();
    passphrases_first.insert(place, std::move(recipient));
  }
  return passphrases_first;
}

}  // namespace npk::ops
