// For differential.py, many packages in one process: each is read and verified, and what came of it said in a line.
// In: a byte (1: its checksums are made right first), its length (eight bytes, the lowest first), the package. Out: the package as it was read, its
// length before it, then a line `read=CODE verify=CODE,… entries=HASH`; `ok` where nothing is wrong.
#include <cstdio>
#include <set>

#include "fuzz/packages.h"
#include "hash/hash.h"
#include "npk/files.h"
#include "npk/ops/verify.h"

namespace {

using namespace npk;

constexpr std::uint64_t kMostContentBytes = 4U << 20;  // differential.py's MOST_CONTENT_BYTES

Result<void> read_entry(const PackageReader& reader, const Entry& entry, hash::Blake3& all) {
  NPK_ASSIGN(FileStream stream, reader.open_stream(entry));
  hash::Blake3 hasher;
  Bytes piece(1 << 16);
  for (;;) {
    NPK_ASSIGN(const std::size_t count, stream.read(piece));
    if (count == 0) break;
    hasher.update(ByteView(piece).first(count));
    if (stream.position() > kMostContentBytes) return fail(Errc::limit, "larger than is compared");
  }
  NPK_ASSIGN(const Digest digest, reader.digest(entry));
  const Digest found = hasher.finish();
  all.update(found);
  return found == digest ? Result<void>() : fail(Errc::corrupt, "another digest");
}

// What was read: of each entry its path and, of files, its digest.
Result<Digest> read_all(ByteView package) {
  NPK_ASSIGN(const PackageReader reader, PackageReader::open(memory_source(package)));
  hash::Blake3 all;
  Result<void> read;
  NPK_TRY(reader.for_each([&](const Entry& entry) {
    all.update(as_bytes(entry.path()));
    if (entry.row().kind == EntryKind::regular) read = read_entry(reader, entry, all);
    return read.has_value();
  }));
  NPK_TRY(std::move(read));
  return all.finish();
}

std::string verified(ByteView package) {
  ops::VerifyOptions options;
  options.threads = 1;
  const auto report = ops::verify(memory_source(package), options);
  if (!report) return std::string(errc_name(report.error().code));
  std::set<std::string_view> codes;
  for (const ops::Damage& damage : report->damages) codes.insert(errc_name(damage.error.code));
  std::string text;
  for (const std::string_view code : codes) text += (text.empty() ? "" : ",") + std::string(code);
  return text.empty() ? "ok" : text;
}

bool take(void* to, std::size_t size) { return std::fread(to, 1, size, stdin) == size; }

}  // namespace

int main() {
  for (std::uint8_t reseals = 0; take(&reseals, 1);) {
    std::uint8_t length[8];
    if (!take(length, sizeof length)) return 1;
    Bytes package(load_le<std::uint64_t>(length));
    if (!take(package.data(), package.size())) return 1;
    if (reseals != 0) fuzz::reseal(package);
    const auto read = read_all(package);
    std::fwrite(length, 1, sizeof length, stdout);
    std::fwrite(package.data(), 1, package.size(), stdout);
    std::printf("read=%s verify=%s entries=%s\n", read ? "ok" : std::string(errc_name(read.error().code)).c_str(), verified(package).c_str(),
                read ? hash::hex_of(*read).c_str() : "-");
    std::fflush(stdout);
  }
  return 0;
}
