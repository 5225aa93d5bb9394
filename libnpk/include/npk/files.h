// Ready-made sources and sinks. What a factory returns does not depend on its arguments once it has returned, but for
// the views of memory_source and memory_sink (the caller keeps them alive) and the descriptors of fd_* (the caller
// keeps them open; they are never closed here). Sources of random access may be used from many threads and after fork;
// stream sources and sinks by one thread at a time. A path that does not exist is Errc::not_found, any other refusal of
// the operating system Errc::io with its errno; both name the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "npk/source.h"

namespace npk {

// Reads with pread. Regular files and block devices only; anything else is Errc::unsupported.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> open_file_source(const std::string& path);
// A package by its name: a file, or all parts of one that was written as several (spec section 4.1), given one of them or their name without
// a number. All stay open. Errors besides open_file_source's: truncated (also for one that is missing),
// corrupt, unsupported or trailing_data, naming the part.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> open_package_source(const std::string& path);
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> fd_random_access_source(int fd, std::string name);

// Maps a regular file and copies out of the mapping with process_vm_readv, which reports a page that can't be read
// instead of raising SIGBUS; whatever it does not deliver is read with pread. A read within the size the file had when
// opened that now meets the end of the file is Errc::truncated; a failing disk is Errc::io; never a signal. The price
// of that safety is a slower read than open_file_source (1.0 against 0.4 us for 64 bytes, equal from 1 MiB on; 2 cores,
// Linux 6.18, 2026-11): meant for callers that must hold the file through a mapping, not for speed.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> open_mapped_source(const std::string& path);

[[nodiscard]] std::shared_ptr<RandomAccessSource> memory_source(ByteView bytes, std::string name = "<memory>");
[[nodiscard]] std::shared_ptr<RandomAccessSource> memory_source(Bytes&& bytes, std::string name = "<memory>");

// The bytes [offset, offset + size) of `inner` as a source of their own: a package inside a larger file. A window that
// the inner source does not fill (cut short since) gives Errc::truncated. Errc::misuse if offset + size overflows.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> window_source(std::shared_ptr<RandomAccessSource> inner,
                                                                        std::uint64_t offset, std::uint64_t size);

// Reads a source of random access from its beginning to its end, once.
[[nodiscard]] std::unique_ptr<SequentialSource> sequential_source(std::shared_ptr<const RandomAccessSource> source);

// Pipes, sockets, terminals, files. Interrupted and non-blocking descriptors are waited for.
[[nodiscard]] std::unique_ptr<SequentialSource> fd_source(int fd, std::string name);
// Parts of a package, one behind another, as the package; anything else as it is. `inner` is the caller's.
[[nodiscard]] std::unique_ptr<SequentialSource> joined_volumes(SequentialSource& inner);
// Never seeks. A reader that has gone is Errc::io with EPIPE; the process gets no SIGPIPE for it. commit() syncs where
// the descriptor can be synced.
[[nodiscard]] std::unique_ptr<Sink> fd_sink(int fd, std::string name);
// Written under the temporary name `.NAME.npk-XXXXXX` in the target's directory, then synced and renamed over it by
// commit(), which syncs the directory too. Mode and owner (where permitted) of a replaced file are kept; a new file
// gets 0666 less the umask. A symbolic link is followed: the file it names is replaced. Destroyed without commit, or
// after a failure, nothing is left behind and the old file is as it was; a crash leaves at most the temporary file. If
// `path` is not a regular file (a FIFO, a terminal, /dev/stdout), it is written to directly, as by fd_sink.
[[nodiscard]] Result<std::unique_ptr<Sink>> create_atomic_file(const std::string& path);
// The same past the page cache (O_DIRECT), for regular files: collected in an aligned buffer of 1 MiB, or written straight from memory that is
// aligned to 4 KiB; what is left at the end goes through the cache, and is synced with all else. Errc::misuse if `path` is something else,
// unsupported if its file system has no direct I/O.
[[nodiscard]] Result<std::unique_ptr<Sink>> create_direct_file(const std::string& path);
// A package as files `path`.001, `path`.002, … of at most `volume_bytes` each (4 MiB at least: misuse). They appear when all are whole and
// synced. Errc::exists if a file has the name, or that of a part; limit if a frame does not fit into a part (WriterOptions::volume_bytes sees to that).
[[nodiscard]] Result<std::unique_ptr<Sink>> create_volumes(const std::string& path, std::uint64_t volume_bytes);
// Appends to `out`. commit() does nothing.
[[nodiscard]] std::unique_ptr<Sink> memory_sink(Bytes& out);

}  // namespace npk
