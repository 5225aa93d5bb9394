// Opening the PACKAGE argument of the reading verbs.
#pragma once

#include <functional>

#include "expectation.h"
#include "keys.h"
#include "messages.h"
#include "npk/reader.h"

namespace npk::tools {

// What all reading verbs take.
struct ReadingOptions {
  IdentityOptions keys;
  ExpectationOptions expectation;
  std::optional<std::string> at;  // a generation, as parse_generation reads it
  std::optional<std::uint64_t> spool_bytes;  // PACKAGE '-' is kept first, in a file of at most so many bytes
};
void define_reading(OptionParser& parser, ReadingOptions& options);
// Identities and expectations; the rest is the default. Errors: identities_of's, expected_state's.
[[nodiscard]] Result<ReaderOptions> reader_options(const ReadingOptions& options, const std::string& package);

// The package's bytes at any place. Errors: misuse for '-' without a spool; those of open_package_source and spool_source.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> package_source(const std::string& path, const ReadingOptions& reading, Io& io);

// Says what is wrong, and passes on what was wrong with a package that opens all the same. The error has been said.
[[nodiscard]] Result<PackageReader> open_package(const std::string& path, const ReadingOptions& reading, Messages& messages);

// What to do about it, for errors of opening.
void hint_at_keys(const Error& error, Messages& messages);

// Without any commit only what the manifests before the damage name is there: no success for what speaks of the whole package.
[[nodiscard]] bool is_incomplete(const PackageReader& package) noexcept;

// Opens, runs, returns the exit code; kDamaged instead of kDone for an incomplete package.
[[nodiscard]] int with_package(const std::string& path, const ReadingOptions& reading, Messages& messages, const std::function<int(const PackageReader&)>& run);

// For what concerns one entry of the package.
[[nodiscard]] int with_entry_of(const std::string& path, const ReadingOptions& reading, Messages& messages,
                                const std::function<int(const PackageReader&)>& run);

// The regular file of that name; what is wrong is said, with the exit code as the error.
[[nodiscard]] std::expected<FileStream, int> open_content(const PackageReader& package, const std::string& path, Messages& messages);

// Says which globs fit nothing. kSomeFailed if any.
[[nodiscard]] int report_unmatched(const std::vector<std::string>& globs, Messages& messages);

}  // namespace npk::tools
