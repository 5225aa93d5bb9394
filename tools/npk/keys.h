// Keys on the command line: who may open a package that is made, and what opens one that is read. Files, or a passphrase
// from the terminal or a descriptor; never a secret as an argument.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "npk/format/superblock.h"
#include "npk/recipients.h"
#include "option_parser.h"

namespace npk::tools {

struct IdentityOptions {
  std::vector<std::string> files;
  bool passphrase = false;
  std::optional<int> descriptor;
};

struct RecipientOptions {
  std::vector<std::string> recipients, files;
  bool passphrase = false;
  std::optional<int> descriptor;
};

void define_identities(OptionParser& parser, IdentityOptions& options);
void define_recipients(OptionParser& parser, RecipientOptions& options);
// Beside define_identities(), which has the short names of the passphrase.
void define_new_recipients(OptionParser& parser, RecipientOptions& options);

// Null if none is given. Errors: a file's, with its name; those of read_passphrase and ask_passphrase.
[[nodiscard]] Result<std::shared_ptr<const std::vector<Identity>>> identities_of(const IdentityOptions& options,
                                                                                 const std::string& package);
// By the names of --help.
[[nodiscard]] Result<format::Cipher> cipher_of(const std::string& name);
// `openers`, if given, gets what opens a package sealed with the passphrase that was asked for.
[[nodiscard]] Result<std::shared_ptr<const std::vector<Recipient>>> recipients_of(const RecipientOptions& options,
                                                                                  const std::string& package,
                                                                                  std::vector<Identity>* openers = nullptr);
// Those of the files alone. Errors: as identities_of.
[[nodiscard]] Result<std::vector<Identity>> identities_in(const std::vector<std::string>& files);

}  // namespace npk::tools
