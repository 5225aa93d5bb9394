// Writes a package, signs it with a key of minisign, and reads it as someone who trusts that key alone.
//   signed PACKAGE KEYFILE KEY     KEYFILE: by minisign -G -W; KEY: the public one, RW…
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "npk/files.h"
#include "npk/ops/sign.h"
#include "npk/reader.h"
#include "npk/writer.h"

namespace {

npk::Result<void> write(const std::string& path) {
  npk::PackageWriter writer{npk::WriterOptions()};
  npk::EntryRow row;
  row.path = "terms.txt";
  row.mode = 0644;
  NPK_TRY(writer.add(row, npk::as_bytes("We pay on Friday.\n")));
  NPK_ASSIGN(const std::unique_ptr<npk::Sink> sink, npk::create_atomic_file(path));
  NPK_TRY(writer.finish(*sink));
  return {};
}

npk::Result<void> sign(const std::string& path, const std::string& key_file) {
  NPK_ASSIGN(const auto file, npk::open_file_source(key_file));
  NPK_ASSIGN(npk::SecretBytes key, npk::SecretBytes::allocate(npk::kMaxSignatureKeyFileBytes));
  NPK_ASSIGN(const std::size_t size, file->read_at(0, key.span()));
  NPK_ASSIGN(const npk::Signer signer, npk::Signer::parse(key.view().first(size)));
  NPK_ASSIGN(const npk::ops::SignReport report, npk::ops::sign_package(path, signer));
  std::cout << "signed generation " << report.generation << " with key " << signer.public_key().id().to_string() << "\n";
  return {};
}

npk::Result<std::string> read(const std::string& path, const std::string& trusted) {
  NPK_ASSIGN(const npk::SignatureKey key, npk::SignatureKey::parse(trusted));
  npk::ReaderOptions options;
  options.expected.signers = {key};
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(path, options));
  NPK_ASSIGN(const std::optional<npk::Entry> entry, reader.find("terms.txt"));
  if (!entry) return npk::fail(npk::Errc::not_found, "no terms");
  NPK_ASSIGN(npk::FileStream stream, reader.open_stream(*entry));
  std::string text(stream.size(), '\0');
  NPK_TRY(stream.read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}));
  return text;
}

npk::Result<void> run(const std::string& path, const std::string& key_file, const std::string& trusted) {
  NPK_TRY(write(path));
  if (const auto refused = read(path, trusted); !refused) std::cout << npk::errc_name(refused.error().code) << ": not signed yet\n";
  NPK_TRY(sign(path, key_file));
  NPK_ASSIGN(const std::string text, read(path, trusted));
  std::cout << text;
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: signed PACKAGE KEYFILE KEY\n";
    return 2;
  }
  const npk::Result<void> done = run(argv[1], argv[2], argv[3]);
  if (!done) std::cerr << done.error().to_string() << "\n";
  return done ? 0 : 1;
}
