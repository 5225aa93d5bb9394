// What opens a sealed package (spec section 14): its envelopes against the caller's identities.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/epoch_record.h"
#include "crypto/sealing.h"
#include "npk/age.h"
#include "npk/format/superblock.h"
#include "npk/recipients.h"

namespace npk::reader {

using Identities = std::shared_ptr<const std::vector<Identity>>;

// Errc::auth_failed if keys are given for a package that is not sealed: whoever has keys expects one that is.
[[nodiscard]] Result<void> check_sealing_expected(const format::Superblock& superblock, const Identities& identities);

// Whether an opened envelope is one of this package, as far as its id and its first key show.
[[nodiscard]] bool is_record_of(const crypto::EpochRecord& record, const format::Superblock& superblock);
// Errc::limit for an envelope, before it is read, that is larger than any age file.
[[nodiscard]] Result<void> check_envelope_size(std::uint64_t stored_bytes);

// Which epochs are of the package's own readers: the first, and, ascending, each whose key came with those of all own
// ones before. Others anyone can add who knows a recipient, or who was removed and so lacks a key since.
class OwnEpochs {
 public:
  static constexpr unsigned kMostRecords = 64;
  // Keys that came together; at most kMostRecords of them. A first one has been checked against the superblock.
  void add(const crypto::EpochKeys& keys);
  // 0: none.
  [[nodiscard]] std::uint32_t newest() const noexcept;

 private:
  std::map<std::uint32_t, std::uint64_t> holders_;  // a bit for each record that has the epoch's key
  unsigned records_ = 0;
};

// Opening it costs a passphrase's work.
[[nodiscard]] bool is_for_passphrase(const std::vector<AgeStanza>& stanzas) noexcept;

// One thread. Tries at most kMostTries envelopes, and one passphrase, whose cost is bounded: hostile packages may have
// many of both.
class KeySearch {
 public:
  static constexpr unsigned kMostTries = 16;
  static constexpr int kMaxScryptLog2 = 20;  // 1 GiB, some seconds

  KeySearch(const format::Superblock& superblock, Identities identities);

  // The body of one envelope frame. One that does not open is no error; auth_failed: it holds keys of another package.
  [[nodiscard]] Result<void> offer(ByteView envelope);
  // False: no more envelopes are looked at.
  [[nodiscard]] bool goes_on() const noexcept { return tries_ < kMostTries; }
  // With all keys found so far; more may be added to it by offer(). Errc::no_key if there are none.
  [[nodiscard]] Result<std::shared_ptr<const crypto::BodyOpener>> opener() const;

 private:
  [[nodiscard]] bool may_try(ByteView envelope);
  [[nodiscard]] Result<void> take(ByteView record);
  [[nodiscard]] std::string why_none_opens() const;

  format::Superblock superblock_;
  Identities identities_;
  std::shared_ptr<crypto::BodyOpener> opener_;
  std::optional<Error> refused_;  // why the first envelope did not open, if not for want of a key
  unsigned tries_ = 0;
  OwnEpochs epochs_;
  bool tried_passphrase_ = false;
  bool skipped_passphrase_ = false;
};

}  // namespace npk::reader
