// links: npk_format
// Input: a kind (1 byte), then by kind
//   0  the frame's position (8 bytes), then what a signature frame holds
//   1  a kept statement, as a commit's section
//   2  a statement
// What is accepted is what would be written, and refers to what is before it only.
#include "fuzz/fuzz_input.h"
#include "npk/format/signature_record.h"

namespace {

using namespace npk;

void signature(fuzz::Input& input) {
  const auto position = input.take<std::uint64_t>();
  const ByteView payload = input.rest();
  const auto record = format::decode_signature_record(payload, position);
  if (!record) return;
  fuzz::require(std::ranges::equal(format::encode_signature_record(*record), payload), "the same bytes again");
  fuzz::require(record->previous < position && record->commit.position < position, "only what is before it");
  fuzz::require(record->commit.position >= format::kSuperblockBytes, "a commit in the package");
  fuzz::require(record->signature.size() <= format::kMaxSignatureBytes, "a signature within its limit");
}

void kept_statement(ByteView bytes) {
  const auto kept = format::decode_kept_statement(bytes);
  if (!kept) return;
  fuzz::require(std::ranges::equal(format::encode_kept_statement(*kept).bytes, bytes), "the same bytes again");
  fuzz::require(kept->signatures.size() <= format::kMaxSignatures, "signatures within their limit");
}

void statement(ByteView bytes) {
  const auto found = format::decode_statement(bytes);
  if (!found) return;
  fuzz::require(std::ranges::equal(format::encode_statement(*found), bytes), "the same bytes again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.byte() % 3) {
    case 0: signature(input); break;
    case 1: kept_statement(input.rest()); break;
    default: statement(input.rest());
  }
  return 0;
}
