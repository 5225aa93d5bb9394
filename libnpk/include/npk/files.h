// Ready-made sources and sinks. Each factory's result is independent of the arguments once it returns, but for
// memory_source (the caller keeps the bytes alive) and fd_* (the caller keeps the descriptor open; it is not closed).
#pragma once

#include <memory>
#include <string>

#include "npk/source.h"

namespace npk {

[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> open_file_source(const std::string& path);  // pread
// Mapping is opt-in. A file cut short under the mapping gives Errc::truncated from read_at, never a signal: reads copy
// with process_vm_readv-like checks or pread, see libnpk/io/mapped_source.cc.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> open_mapped_source(const std::string& path);
[[nodiscard]] std::shared_ptr<RandomAccessSource> memory_source(ByteView bytes, std::string name = "<memory>");
[[nodiscard]] std::shared_ptr<RandomAccessSource> memory_source(Bytes&& bytes, std::string name = "<memory>");

[[nodiscard]] std::unique_ptr<SequentialSource> fd_source(int fd, std::string name);  // pipes, stdin
[[nodiscard]] std::unique_ptr<Sink> fd_sink(int fd, std::string name);                // pipes, stdout: never seeks
// Written under a temporary name in the same directory, then synced and renamed over `path` by commit().
// Without commit nothing is left behind. Errc::io / Errc::not_found if the directory can't be written.
[[nodiscard]] Result<std::unique_ptr<Sink>> create_atomic_file(const std::string& path);
[[nodiscard]] std::unique_ptr<Sink> memory_sink(Bytes& out);

}  // namespace npk
