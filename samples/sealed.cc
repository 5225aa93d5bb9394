// Seals a package for the holder of a key, in memory, and opens it: without the key, and with it.
//   sealed
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "npk/files.h"
#include "npk/reader.h"
#include "npk/recipients.h"
#include "npk/writer.h"

namespace {

npk::Result<npk::Bytes> write_for(npk::Recipient recipient) {
  std::vector<npk::Recipient> recipients;
  recipients.push_back(std::move(recipient));
  npk::WriterOptions options;
  options.recipients = std::make_shared<const std::vector<npk::Recipient>>(std::move(recipients));
  npk::PackageWriter writer(options);
  npk::EntryRow row;
  row.path = "diary.txt";
  row.mode = 0600;
  NPK_TRY(writer.add(row, npk::as_bytes("Dear diary,\n")));
  npk::Bytes package;
  const std::unique_ptr<npk::Sink> sink = npk::memory_sink(package);
  NPK_TRY(writer.finish(*sink));
  return package;
}

npk::Result<std::string> read(npk::ByteView package, std::vector<npk::Identity> identities) {
  npk::ReaderOptions options;
  options.identities = std::make_shared<const std::vector<npk::Identity>>(std::move(identities));
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open(npk::memory_source(package), options));
  NPK_ASSIGN(const std::optional<npk::Entry> entry, reader.find("diary.txt"));
  if (!entry) return npk::fail(npk::Errc::not_found, "no diary");
  NPK_ASSIGN(npk::FileStream stream, reader.open_stream(*entry));
  std::string text(stream.size(), '\0');
  NPK_TRY(stream.read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
  return text;
}

npk::Result<void> run() {
  NPK_ASSIGN(npk::GeneratedIdentity key, npk::generate_identity());
  NPK_ASSIGN(npk::Recipient recipient, key.identity.recipient());
  NPK_ASSIGN(const npk::Bytes package, write_for(std::move(recipient)));
  if (const auto refused = read(package, {}); !refused) std::cout << refused.error().to_string() << "\n";
  std::vector<npk::Identity> identities;
  identities.push_back(std::move(key.identity));
  NPK_ASSIGN(const std::string text, read(package, std::move(identities)));
  std::cout << text;
  return {};
}

}  // namespace

int main() {
  const npk::Result<void> done = run();
  if (!done) std::cerr << done.error().to_string() << "\n";
  return done ? 0 : 1;
}
