// Packages under fuzzing: checksums made right after a mutation, and a reader's whole surface used.
#pragma once

#include "npk/bytes.h"
#include "npk/limits.h"
#include "npk/reader.h"

namespace npk::fuzz {

// Makes every checksum and hash right that the mutated bytes no longer bear out, so that what lies behind them is
// reached: the superblock's and the headers' CRC-32C, the body checks, the hashes in (stored) pages, commits and
// trailers that named a body by its old hash, the storage root. Frames are taken as their headers say; what can't be
// followed stays as it is.
void reseal(Bytes& package);

// Opens, lists, finds, reads the ends of every file; checks what must hold of any package that the reader accepts.
void use_package(ByteView package, bool accept_recovered = true);

}  // namespace npk::fuzz
