#include "package/writer/block_identity.h"

#include "codec/encoder_identity.h"
#include "codec/registry.h"

namespace npk::writer {
namespace {

// One more whenever blocks are stored by another rule: block/seal, codec/compressibility, the word filter's choice.
constexpr int kBlockRules = 20;

std::string filters_of(const WritePlan& plan) {
  std::string text = plan.word_filter ? "words, " : "";
  if (plan.quick_words.most_raw_bytes != 0) text += "quick words, ";
  if (plan.choose_filters) text += "filters, ";
  for (const format::CodecId id : plan.forced_filters) text += codec::codec_name(id) + ", ";
  if (plan.bases.most_bytes != 0) text += "bases of " + std::to_string(plan.bases.most_bytes) + ", ";
  return text;
}

}  // namespace

std::string block_identity(const WritePlan& plan) {
  return "rules " + std::to_string(kBlockRules) + ", " + filters_of(plan) + codec::encoder_identity(plan.encoder) + ", filtered " + codec::encoder_identity(plan.filtered_encoder) +
         ", code " + codec::encoder_identity(plan.code_encoder);
}

}  // namespace npk::writer
