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

// Columns of a row have more to gain by being together than the quick compressor of the trial shows.
constexpr std::size_t kLeastGainByPlaceShare = 32;

std::optional<Plan> choose_plan(Scan& scanned, ByteView raw) {
  const Trial trial(scanned, raw);
  std::optional<Plan> best;
  std::size_t best_size = 0;
  for (const Grouping grouping : {Grouping::by_key, Grouping::by_place, Grouping::by_kind}) {
    if (grouping == Grouping::by_place && !scanned.has_rows) continue;
    std::optional<Plan> planned = plan(scanned, grouping);
    if (!planned) continue;
    std::size_t size = trial.size_of(*planned);
    if (grouping == Grouping::by_place) size += size / kLeastGainByPlaceShare;
    if (best && size >= best_size) continue;
    best = std::move(planned);
    best_size = size;
  }
  return best;
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
