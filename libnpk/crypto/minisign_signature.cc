#include "crypto/ed25519.h"
#include "crypto/minisign_text.h"
#include "npk/signature.h"

namespace npk {
namespace {

using crypto::Ed25519Signature;

constexpr std::size_t kLineBytes = 2 + 8 + 64;  // algorithm, key id, signature

Result<bool> is_prehashed(ByteView algorithm, const crypto::LineReader& lines) {
  if (as_text(algorithm) == crypto::kPrehashedEd25519Id) return true;
  if (as_text(algorithm) == crypto::kEd25519Id) return false;
  return lines.fail_here(Errc::unsupported, "is not a minisign signature (\"ED\" or \"Ed\")");
}

Result<void> read_signature(crypto::LineReader& lines, Signature& out) {
  std::array<std::uint8_t, kLineBytes> bytes;
  NPK_TRY(lines.base64(bytes));
  ByteReader reader(bytes);
  NPK_ASSIGN(const ByteView algorithm, reader.read_bytes(2));
  NPK_ASSIGN(out.is_prehashed, is_prehashed(algorithm, lines));
  NPK_ASSIGN(out.key_id.bytes, reader.read_array<8>());
  NPK_ASSIGN(out.of_message, reader.read_array<64>());
  return {};
}

Result<void> check_comment(std::string_view comment, std::string_view which, std::size_t max_bytes) {
  const std::string name = std::string(which) + " comment";
  if (comment.size() > max_bytes) {
    return fail(Errc::misuse, name + " is longer than " + std::to_string(max_bytes) + " bytes");
  }
  if (!crypto::is_printable(comment)) return fail(Errc::misuse, name + " has unprintable characters");
  return {};
}

Result<void> check_comments(const SignatureComments& comments) {
  NPK_TRY(check_comment(comments.trusted, "trusted", kMaxTrustedCommentBytes));
  return check_comment(comments.untrusted, "untrusted", kMaxUntrustedCommentBytes);
}

Bytes signed_with_comment(const Ed25519Signature& of_message, std::string_view comment) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.write_bytes(of_message);
  writer.write_bytes(as_bytes(comment));
  return bytes;
}

Result<void> check_key(const SignatureKey& key, const Signature& signature) {
  if (signature.key_id == key.id()) return {};
  return fail(Errc::auth_failed,
              "signed with key " + signature.key_id.to_string() + ", not with " + key.id().to_string());
}

// `message`: what was signed, its digest or itself.
Result<void> check_signed(const SignatureKey& key, const Signature& signature, ByteView message) {
  NPK_ASSIGN(const bool fits, crypto::ed25519_verify(key.point(), signature.of_message, message));
  if (!fits) return fail(Errc::auth_failed, "the signature is not over this content by key " + key.id().to_string());
  const Bytes commented = signed_with_comment(signature.of_message, signature.comments.trusted);
  NPK_ASSIGN(const bool comment_fits, crypto::ed25519_verify(key.point(), signature.of_trusted_comment, commented));
  if (!comment_fits) return fail(Errc::auth_failed, "the signature's trusted comment is not what was signed");
  return {};
}

}  // namespace

Result<Signature> parse_signature(std::string_view text) {
  crypto::LineReader lines(text, "signature");
  Signature out;
  NPK_ASSIGN(out.comments.untrusted, lines.comment(crypto::kUntrustedPrefix, kMaxUntrustedCommentBytes));
  NPK_TRY(read_signature(lines, out));
  NPK_ASSIGN(out.comments.trusted, lines.comment(crypto::kTrustedPrefix, kMaxTrustedCommentBytes));
  NPK_TRY(lines.base64(out.of_trusted_comment));
  NPK_TRY(lines.expect_end());
  return out;
}

std::string Signature::to_file() const {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.write_bytes(as_bytes(is_prehashed ? crypto::kPrehashedEd25519Id : crypto::kEd25519Id));
  writer.write_bytes(key_id.bytes);
  writer.write_bytes(of_message);
  std::string text = std::string(crypto::kUntrustedPrefix) + comments.untrusted + "\n";
  text += crypto::base64_text(bytes) + "\n";
  text += std::string(crypto::kTrustedPrefix) + comments.trusted + "\n";
  text += crypto::base64_text(of_trusted_comment) + "\n";
  return text;
}

Result<Signature> sign_message(const Signer& signer, const MessageDigest& message, const SignatureComments& comments) {
  NPK_TRY(check_comments(comments));
  Signature out;
  out.key_id = signer.public_key().id();
  out.comments = comments;
  NPK_ASSIGN(out.of_message, crypto::ed25519_sign(signer.secret().view(), message.bytes));
  const Bytes commented = signed_with_comment(out.of_message, comments.trusted);
  NPK_ASSIGN(out.of_trusted_comment, crypto::ed25519_sign(signer.secret().view(), commented));
  return out;
}

Result<Signature> sign_message(const Signer& signer, ByteView message, const SignatureComments& comments) {
  NPK_ASSIGN(const MessageDigest digest, hash_message(message));
  return sign_message(signer, digest, comments);
}

Result<void> verify_signature(const SignatureKey& key, const Signature& signature, const MessageDigest& message) {
  NPK_TRY(check_key(key, signature));
  if (!signature.is_prehashed) {
    return fail(Errc::unsupported, "the signature is a legacy one, over the content instead of its hash: sign again");
  }
  return check_signed(key, signature, message.bytes);
}

Result<void> verify_signature(const SignatureKey& key, const Signature& signature, ByteView message) {
  NPK_TRY(check_key(key, signature));
  if (!signature.is_prehashed) return check_signed(key, signature, message);
  NPK_ASSIGN(const MessageDigest digest, hash_message(message));
  return check_signed(key, signature, digest.bytes);
}

}  // namespace npk
