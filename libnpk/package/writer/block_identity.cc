#include "package/writer/block_identity.h"

#include "codec/encoder_identity.h"

namespace npk::writer {
namespace {

// One more whenever blocks are stored by another rule: block/seal, codec/compressibility, the word filter's choice.
constexpr int kBlockRules = 1;

}  // namespace

std::string block_identity(const WritePlan& plan) {
  return "rules " + std::to_string(kBlockRules) + ", " + (plan.word_filter ? "words, " : "") + codec::encoder_identity(plan.encoder);
}

}  // namespace npk::writer
