// What file and mapped sources share: opening without side effects, and sizes.
#pragma once

#include <memory>
#include <string>

#include "io/descriptor.h"
#include "npk/source.h"

namespace npk::io {

// Opens for reading without waiting on a FIFO or taking a terminal. Errc::unsupported if positions make no sense there.
[[nodiscard]] Result<FileDescriptor> open_for_random_access(const std::string& path);
// Errc::unsupported unless a regular file or a block device.
[[nodiscard]] Result<std::uint64_t> size_of_descriptor(int fd, const std::string& name);
// fd_random_access_source that closes its descriptor.
[[nodiscard]] std::shared_ptr<RandomAccessSource> owned_file_source(FileDescriptor file, std::string name);

}  // namespace npk::io
