#include <algorithm>

#include "codec/filter/json/json_format.h"
#include "codec/filter/json/json_plan_encode.h"
#include "codec/filter/json/json_scan_encode.h"
#include "codec/filter/json/json_emit_encode.h"
#include "codec/filter/json/json_trial_encode.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using namespace json;

std::optional<Plan> choose_plan(Scan& scanned, ByteView raw) {
  std::optional<Plan> by_key = plan(scanned, Grouping::by_key);
  std::optional<Plan> by_kind = plan(scanned, Grouping::by_kind);
  if (!by_key || !by_kind) return by_key ? std::move(by_key) : std::move(by_kind);
  const Trial trial(scanned, raw);
  return trial.size_of(*by_kind) < trial.size_of(*by_key) ? std::move(by_kind) : std::move(by_key);
}

std::optional<std::size_t> encode(ByteView raw, MutableBytes out) {
  std::optional<Scan> scanned = scan(raw);
  if (!scanned) return std::nullopt;
  std::optional<Plan> planned = choose_plan(*scanned, raw);
  if (!planned) return std::nullopt;
  Emitter emitter(raw, *scanned, *planned);
  emitter.run();
  FilterVector<FilterBytes> parts(kFirstColumnPart);
  parts[kStylesPart] = scanned->styles;
  emitter.add_parts(parts);
  return join_parts(parts, out);
}

}  // namespace

std::optional<std::size_t> encode_json(ByteView raw, MutableBytes out) {
  if (raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  return encode_within(structural_encoder_memory(raw.size()), kTableBytes + kTrialContextBytes, [&] { return encode(raw, out); });
}

}  // namespace npk::codec
