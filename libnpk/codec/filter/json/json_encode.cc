#include <algorithm>
#include <vector>

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

Bytes skeletons_part(const std::vector<Bytes>& skeletons) {
  Bytes part;
  for (const Bytes& skeleton : skeletons) {
    append_varint(skeleton.size(), part);
    part.insert(part.end(), skeleton.begin(), skeleton.end());
  }
  return part;
}

std::optional<Plan> choose_plan(Scan& scanned, ByteView raw) {
  std::optional<Plan> by_key = plan(scanned, Grouping::by_key);
  std::optional<Plan> by_kind = plan(scanned, Grouping::by_kind);
  if (!by_key || !by_kind) return by_key ? std::move(by_key) : std::move(by_kind);
  return trial_size(scanned, *by_kind, raw) < trial_size(scanned, *by_key, raw) ? std::move(by_kind) : std::move(by_key);
}

}  // namespace

std::uint64_t json_encoder_memory(std::uint64_t raw_length) { return 16 * raw_length + (4ULL << 20); }

std::optional<std::size_t> encode_json(ByteView raw, MutableBytes out) {
  if (raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  std::optional<Scan> scanned = scan(raw);
  if (!scanned) return std::nullopt;
  std::optional<Plan> planned = choose_plan(*scanned, raw);
  if (!planned) return std::nullopt;
  Emitter emitter(raw, *scanned, *planned);
  if (!emitter.run()) return std::nullopt;
  std::vector<Bytes> parts(kFirstColumnPart);
  parts[kStylesPart] = scanned->styles;
  parts[kSkeletonsPart] = skeletons_part(scanned->skeletons);
  emitter.add_parts(parts);
  return join_parts(parts, out);
}

}  // namespace npk::codec
