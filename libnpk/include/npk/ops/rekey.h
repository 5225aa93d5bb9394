// Seals a package anew: with fresh keys and, if wanted, for others. Who had keys of the package before and does not get
// new ones can't read it any more, unless they kept a copy, of it or of its keys and the old file.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/format/superblock.h"
#include "npk/limits.h"
#include "npk/progress.h"
#include "npk/recipients.h"

namespace npk::ops {

struct RekeyOptions {
  std::shared_ptr<const std::vector<Identity>> identities = {};   // what opens the package as it is
  std::shared_ptr<const std::vector<Recipient>> recipients = {};  // who may open it then; null: who may now
  std::optional<format::Cipher> cipher = {};                      // default: the one it has
  bool pad = false;                                               // as WriterOptions::pad; padding that is there stays
  std::string output_path = {};                                   // empty: the package is replaced, when all is done
  Limits limits = {};
  ProgressCallback progress = {};                                 // bytes: of the package
  std::stop_token stop = {};
};

struct RekeyReport {
  std::uint64_t package_bytes = 0;
  std::uint64_t generations = 0;
  std::uint64_t kept_signatures = 0;  // that were of the form it had, and are records now (spec section 7)
};

// Everything is opened, checked and sealed again; nothing is compressed again. History, chunks and content roots stay;
// positions, storage roots and so statements change. Memory: the largest frame three times, and 100 bytes a frame.
// Errors: misuse (not sealed; recipients); no_key (the package; with `recipients` null also an envelope that can't be
// made again, as in remove_recipients); unsupported (a frame of an unknown type, the cipher); io, also when another
// process writes to the package; cancelled; as verifying. After an error everything is as before.
[[nodiscard]] Result<RekeyReport> rekey(const std::string& path, const RekeyOptions& options);

}  // namespace npk::ops
