#include "npk/ops/sign.h"

#include <algorithm>

#include "hash/hash.h"
#include "npk/files.h"
#include "npk/format/signature_record.h"
#include "ops/write/attachment.h"
#include "package/reader/signatures.h"

namespace npk::ops {
namespace {

constexpr std::size_t kSignedReadBytes = 256U << 10;

// The same package signed twice gives the same bytes: no time in it.
std::string package_comment(const format::Statement& statement) {
  return "npk package " + hash::hex_of(statement.lineage_id) + " generation " + std::to_string(statement.generation) +
         " content " + hash::hex_of(statement.content_root);
}

std::string file_name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Result<MessageDigest> hash_file(SequentialSource& source) {
  NPK_ASSIGN(MessageHash hash, MessageHash::start());
  Bytes buffer(kSignedReadBytes);
  for (;;) {
    NPK_ASSIGN(const std::size_t count, source.read(buffer));
    if (count == 0) return hash.finish();
    hash.update(ByteView(buffer).first(count));
  }
}

}  // namespace

Result<SignReport> sign_package(const std::string& path, const Signer& signer, const SignOptions& options) {
  NPK_ASSIGN(const auto package, Attachment::begin(path, {.limits = options.limits, .identities = options.identities}));
  const format::Trailer& trailer = package->trailer();
  const format::Statement& statement = package->package().info.commit.statement;
  const Bytes message = format::encode_statement(statement);
  SignReport report{.signature = {}, .statement_hash = hash::blake3(message), .generation = statement.generation};
  NPK_ASSIGN(report.signature, sign_message(signer, message, {.trusted = options.comment.value_or(package_comment(statement))}));
  const std::string file = report.signature.to_file();
  NPK_ASSIGN(const auto there, reader::read_signature_frames(package->frames(), trailer.signature_position));
  report.was_there = std::ranges::any_of(there, [&](const reader::SignatureFrame& frame) {
    return frame.record.commit == trailer.commit && frame.record.signature == file;
  });
  if (report.was_there) return report;
  if (there.size() == format::kMaxSignatures) return fail(Errc::limit, "the package has as many signatures as it may");
  NPK_TRY(package->add_signature({.previous = trailer.signature_position, .commit = trailer.commit, .generation = statement.generation,
                                  .statement_hash = report.statement_hash, .signature = file}));
  NPK_TRY(package->finish());
  return report;
}

Result<Signature> sign_file(const std::string& path, const Signer& signer, const SignOptions& options) {
  NPK_ASSIGN(const auto file, open_file_source(path));
  NPK_ASSIGN(const MessageDigest digest, hash_file(*sequential_source(file)));
  return sign_message(signer, digest, {.trusted = options.comment.value_or("file:" + file_name_of(path))});
}

}  // namespace npk::ops
