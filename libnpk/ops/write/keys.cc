#include "npk/ops/keys.h"

#include <algorithm>

#include "npk/age.h"
#include "npk/files.h"
#include "ops/write/attachment.h"
#include "ops/write/key_ring.h"
#include "package/reader/frames/key_search.h"
#include "package/writer/envelopes.h"

namespace npk::ops {
namespace {

const std::vector<Identity> kNoIdentities;

const std::vector<Identity>& identities_in(const KeyOptions& options) {
  return options.identities == nullptr ? kNoIdentities : *options.identities;
}

Result<void> check_sealed(const format::Superblock& superblock) {
  if (superblock.sealed) return {};
  return fail(Errc::misuse, "the package is not sealed: it has no keys");
}

// The envelopes of a package that nobody need be able to open.
Result<std::vector<Envelope>> look_at(const std::string& path, const KeyOptions& options) {
  NPK_ASSIGN(const auto source, open_package_source(path));
  NPK_ASSIGN(const reader::EnvelopePlaces places, reader::locate_envelopes(source, options.limits));
  NPK_TRY(check_sealed(places.superblock));
  const reader::FrameReader frames(places.extent, options.limits, std::make_shared<reader::ReadCounters>());
  return read_envelopes(frames, places.superblock, places.trailer.envelope_positions, identities_in(options));
}

std::unexpected<Error> no_envelope(std::size_t number, std::size_t count) {
  return fail(Errc::not_found, "there is no envelope " + std::to_string(number) + ": the package has " + std::to_string(count));
}

// A package whose envelopes are to be others.
class KeyChange {
 public:
  static Result<KeyChange> begin(const std::string& path, const KeyOptions& options) {
    KeyChange change;
    NPK_ASSIGN(change.package_, Attachment::begin(path, {.limits = options.limits, .identities = options.identities}));
    NPK_TRY(check_sealed(change.superblock()));
    NPK_ASSIGN(change.envelopes_, read_envelopes(change.package_->frames(), change.superblock(),
                                                 change.package_->trailer().envelope_positions, identities_in(options)));
    return change;
  }

  [[nodiscard]] const format::Superblock& superblock() const { return package_->package().info.superblock; }
  [[nodiscard]] const std::vector<Envelope>& envelopes() const noexcept { return envelopes_; }

  [[nodiscard]] const crypto::BodyOpener& opener() const { return *package_->package().extent.opener; }

  // All keys that are known, for new envelopes. A further epoch is begun if that is wanted, or if the newest key is not
  // one of the readers' own: in an envelope with all of theirs it would pass for one.
  Result<crypto::EpochKeys> keys(bool new_epoch) const {
    crypto::EpochKeys keys;
    for (const auto& [epoch, key] : opener().epoch_keys()) {
      NPK_ASSIGN(keys[epoch], SecretBytes::copy_of(key.view()));
    }
    const std::uint32_t newest = keys.rbegin()->first;
    if (!new_epoch && newest == opener().sealing_epoch()) return keys;
    if (newest == UINT32_MAX) return fail(Errc::limit, "the package has no further key epochs");
    NPK_ASSIGN(keys[newest + 1], crypto::random_key());
    return keys;
  }

  // `number` from 0 on.
  void drop(std::size_t number) { std::erase(package_->trailer().envelope_positions, envelopes_[number].info.position); }

  Result<void> add(const std::vector<Bytes>& age_files) {
    for (const Bytes& age_file : age_files) {
      NPK_ASSIGN(const std::uint64_t position, package_->add_envelope(age_file));
      package_->trailer().envelope_positions.push_back(position);
      NPK_ASSIGN(const std::vector<AgeStanza> stanzas, describe_stanzas(age_file));
      if (reader::is_for_passphrase(stanzas)) ++added_passphrases_;
    }
    return {};
  }

  Result<KeyReport> finish(std::uint32_t epoch, bool was_checked = true) {
    const std::size_t live = package_->trailer().envelope_positions.size();
    if (live > kMostLiveEnvelopes)
      return fail(Errc::limit, "a package has at most 16 live envelopes: give the keys of some of them, that they be joined");
    NPK_TRY(check_passphrases());
    NPK_TRY(package_->finish());
    return KeyReport{.live_envelopes = live, .epoch = epoch, .was_checked = was_checked};
  }

 private:
  Result<void> check_passphrases() const {
    const auto counts = [&](const Envelope& envelope) { return envelope.is_for_passphrase && is_live(envelope.info.position); };
    if (added_passphrases_ == 0 || added_passphrases_ + std::ranges::count_if(envelopes_, counts) == 1) return {};
    return fail(Errc::misuse, "of several passphrases readers try only the first: remove the one that is there");
  }
  bool is_live(std::uint64_t position) const {
    const std::vector<std::uint64_t>& live = package_->trailer().envelope_positions;
    return std::ranges::find(live, position) != live.end();
  }

  std::unique_ptr<Attachment> package_;
  std::vector<Envelope> envelopes_;
  std::ptrdiff_t added_passphrases_ = 0;
};

bool has_text(const std::vector<Recipient>& recipients, const std::string& text) {
  return std::ranges::any_of(recipients, [&](const Recipient& recipient) { return recipient.text() == text; });
}

// Not one that would make a key of another's an own one.
Result<void> check_importable(const crypto::EpochRecord& record, const crypto::BodyOpener& package) {
  for (const auto& [epoch, key] : record.keys) {
    const auto known = package.epoch_keys().find(epoch);
    if (known == package.epoch_keys().end() || !equal_in_constant_time(known->second.view(), key.view()))
      return fail(Errc::auth_failed, "the age file holds a key that is not the package's");
  }
  if (record.keys.rbegin()->first == package.sealing_epoch()) return {};
  return fail(Errc::auth_failed, "the age file does not hold the package's newest key: export an envelope again");
}

}  // namespace

Result<std::vector<EnvelopeInfo>> list_envelopes(const std::string& path, const KeyOptions& options) {
  NPK_ASSIGN(const std::vector<Envelope> envelopes, look_at(path, options));
  std::vector<EnvelopeInfo> infos;
  for (const Envelope& envelope : envelopes) infos.push_back(envelope.info);
  return infos;
}

Result<Bytes> export_envelope(const std::string& path, std::size_t number, const KeyOptions& options) {
  NPK_ASSIGN(std::vector<Envelope> envelopes, look_at(path, {.identities = nullptr, .limits = options.limits}));
  if (number == 0 || number > envelopes.size()) return no_envelope(number, envelopes.size());
  return std::move(envelopes[number - 1].age_file);
}

Result<KeyReport> add_recipients(const std::string& path, std::span<const Recipient> recipients, const KeyOptions& options) {
  if (recipients.empty()) return fail(Errc::misuse, "no recipients");
  NPK_ASSIGN(KeyChange change, KeyChange::begin(path, options));
  NPK_ASSIGN(const crypto::EpochKeys keys, change.keys(false));
  std::vector<Recipient> joined;
  for (std::size_t i = 0; i < change.envelopes().size(); ++i) {
    const Envelope& envelope = change.envelopes()[i];
    if (!envelope.info.is_complete || envelope.passphrase != nullptr) continue;
    NPK_TRY(add_recipients_of(envelope, joined));
    change.drop(i);
  }
  std::vector<Bytes> age_files;
  for (const Recipient& recipient : recipients) {
    if (recipient.is_passphrase()) {
      NPK_ASSIGN(std::vector<Bytes> own, writer::make_envelopes(change.superblock().package_id, keys, std::span(&recipient, 1)));
      age_files.push_back(std::move(own.front()));
    } else if (!has_text(joined, recipient.text())) {
      NPK_ASSIGN(Recipient copy, Recipient::parse(recipient.text()));
      joined.push_back(std::move(copy));
    }
  }
  NPK_ASSIGN(std::vector<Bytes> together, writer::make_envelopes(change.superblock().package_id, keys, joined));
  NPK_TRY(change.add(together));
  NPK_TRY(change.add(age_files));
  return change.finish(keys.rbegin()->first);
}

Result<KeyReport> remove_recipients(const std::string& path, const RemovedKeys& removed, const KeyOptions& options) {
  if (removed.recipients.empty() && removed.envelopes.empty()) return fail(Errc::misuse, "nobody to remove");
  NPK_ASSIGN(KeyChange change, KeyChange::begin(path, options));
  for (const std::size_t number : removed.envelopes) {
    if (number == 0 || number > change.envelopes().size()) return no_envelope(number, change.envelopes().size());
  }
  NPK_ASSIGN(const std::vector<Recipient> recipients, remaining_recipients(change.envelopes(), removed));
  NPK_ASSIGN(const crypto::EpochKeys keys, change.keys(true));
  NPK_ASSIGN(const std::vector<Bytes> age_files, writer::make_envelopes(change.superblock().package_id, keys, recipients));
  for (std::size_t i = 0; i < change.envelopes().size(); ++i) change.drop(i);
  NPK_TRY(change.add(age_files));
  return change.finish(keys.rbegin()->first);
}

Result<KeyReport> import_envelope(const std::string& path, ByteView age_file, std::size_t replaced, const KeyOptions& options) {
  NPK_ASSIGN(KeyChange change, KeyChange::begin(path, options));
  if (replaced > change.envelopes().size()) return no_envelope(replaced, change.envelopes().size());
  NPK_ASSIGN(Bytes binary, age_binary(age_file));
  NPK_ASSIGN(const Envelope envelope, read_envelope(std::move(binary), change.superblock(), identities_in(options)));
  if (envelope.info.is_open) NPK_TRY(check_importable(envelope.record, change.opener()));
  if (replaced != 0) change.drop(replaced - 1);
  NPK_TRY(change.add({envelope.age_file}));
  return change.finish(change.opener().sealing_epoch(), envelope.info.is_open);
}

}  // namespace npk::ops
