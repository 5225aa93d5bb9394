// Further generations of a package that is there: paths added or brought up to date, taken out, renamed. What was there
// stays readable as the generation it was; only what is new is written, behind the end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "npk/ops/create.h"

namespace npk::ops {

// A pair of the package's metadata is set, or, without a value, taken away; what is not there is taken away too.
struct MetadataChange {
  std::string name;
  std::optional<std::string> value;
};

// An attribute of an entry that no file system has (npk/format/entry_attributes.h): a tag or the comment.
struct AttributeChange {
  std::string path;  // stored, as it is in the new generation
  std::string name;
  std::optional<std::string> value;
};

struct AppendOptions {
  std::string package_path;
  // What the package is to hold beside, or instead of, what it holds: `inputs`, excludes and the rest mean what they
  // mean to create(). `resume`: what this call has written stays in the file when it fails or is killed, and what such a
  // call left is taken over as create() does; only between two calls that both have it set. What lay under a given path and
  // is not found there any more is not in the new generation, unless parts of it could not be scanned. `recovery_percent`: afterwards all that is
  // not protected yet gets parity, as by protect(); if that fails, the generation stays. package_path and sink in
  // here are not used; of `writer` not recipients, cipher, pad.
  CreateOptions create;
  std::vector<std::string> removed;  // globs (select.h); each must fit something (not_found)
  std::vector<std::pair<std::string, std::string>> renamed;  // stored paths, with all that is under them. Misuse: a path
                                                             // that is taken; or one in, or over others of, what is no directory
  // Not 0: what is changed is not the newest generation but this one, which becomes the newest again. misuse if it is not
  // there.
  std::uint64_t revert_to = 0;
  // To the metadata of the generation before, or of `revert_to`; that of create.writer is not used.
  std::vector<MetadataChange> metadata;
  // In this order. Each path must be there (not_found). All names of a hard-linked file have the same attributes.
  std::vector<AttributeChange> attributes;
  // Files whose size and mtime are those the package has are taken to be unchanged, but for times not older than the
  // newest generation. Where it has hints (CreateOptions::hints), inode number and ctime must be the same too, and both times
  // older than the scan. True: all are read.
  bool read_all = false;
  bool ignore_ctime = false, ignore_inode = false;  // as if they were the same
  bool keep_missing = false;      // what is not found any more stays
  bool append_to_signed = false;  // else a package whose newest generation is signed is refused (misuse)
  std::shared_ptr<const std::vector<Identity>> identities = {};
};

struct AppendReport {
  WriteReport write;                // package_bytes: all of it
  std::uint64_t added_bytes = 0;    // that the package grew by
  std::uint64_t parity_bytes = 0;   // of these
  std::uint64_t generation = 0;
  std::uint64_t new_entries = 0;    // whose path was not there
  std::uint64_t gone_entries = 0;   // whose path is not there any more
  std::uint64_t kept_files = 0;     // not read
  std::uint64_t scan_problems = 0;
  std::uint64_t cut_bytes = 0;      // of what a writer that was stopped had begun to add
  bool changed_nothing = false;     // content, attributes and metadata are what they were: no generation was written
};

// Memory: as create(); of what is there, the catalog pages in which something changes and, where there is new content, the
// chunks. Errors: misuse (options, a signed package); truncated (no whole package); not_found; no_key; io, also when another
// process writes to it; limit; cancelled. After an error the package is as before; a crash loses no generation that was there.
[[nodiscard]] Result<AppendReport> append(const AppendOptions& options);

}  // namespace npk::ops
