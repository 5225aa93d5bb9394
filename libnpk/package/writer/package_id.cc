#include "package/writer/package_id.h"

#include <algorithm>

#include "hash/hash.h"

namespace npk::writer {

format::PackageId derive_package_id(const InputTree& input) {
  hash::Blake3 hash = hash::Blake3::derive_key("npk 1 package id");
  EntryScratch scratch;
  Bytes bytes;
  for (std::uint64_t number = 0; number < input.entry_count(); ++number) {
    const format::EntryRow row = input.entry(number, scratch);
    bytes.clear();
    ByteWriter writer(bytes);
    writer.write(static_cast<std::uint32_t>(row.path.size()));
    writer.write_bytes(as_bytes(row.path));
    writer.write(static_cast<std::uint8_t>(row.kind));
    writer.write(input.size(number));
    writer.write(static_cast<std::uint64_t>(row.mtime_seconds));
    writer.write(row.mtime_nanoseconds);
    hash.update(bytes);
  }
  const Digest digest = hash.finish();
  format::PackageId id;
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

}  // namespace npk::writer
