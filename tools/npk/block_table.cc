#include "block_table.h"

#include <fmt/format.h>

#include "amounts.h"
#include "json_text.h"
#include "npk/ops/blocks.h"

namespace npk::tools {
namespace {

std::string chain_text(const ops::BlockInfo& block) {
  if (!block.is_readable) return "?";
  std::string text;
  for (const ops::BlockStep& step : block.chain) {
    text += (text.empty() ? "" : "+") + step.name;
    if (!step.is_filter && step.level != 0) text += ":" + std::to_string(step.level);
  }
  return text.empty() ? "store" : text;
}

Json json_of(const ops::BlockInfo& block) {
  Json json{{"number", block.number},       {"position", block.position}, {"raw_bytes", block.raw_bytes},          {"stored_bytes", block.stored_bytes},
            {"chunks", block.chunks},       {"chain", chain_text(block)}, {"is_dictionary", block.is_dictionary},  {"reason", ops::reason_of(block)}};
  if (block.base) json["base"] = *block.base;
  return json;
}

}  // namespace

Result<void> append_blocks_text(const PackageReader& package, OutputBuffer& out) {
  out.append("   block      position         raw      stored       ratio  chain                    why\n");
  return ops::for_each_block(package, [&](const ops::BlockInfo& block) {
    out.append(fmt::format("{:>8}{:>14}{:>12}{:>12}{:>12}  {:<24} {}\n", block.number, block.position, bytes_text(block.raw_bytes),
                           bytes_text(block.stored_bytes), ratio_text(block.raw_bytes, block.stored_bytes), chain_text(block), ops::reason_of(block)));
    return true;
  });
}

Result<void> append_blocks_json(const PackageReader& package, OutputBuffer& out) {
  out.append("{\"format\": \"npk-blocks-1\", \"blocks\": [");
  bool is_first = true;
  NPK_TRY(ops::for_each_block(package, [&](const ops::BlockInfo& block) {
    out.append((is_first ? "\n  " : ",\n  ") + json_of(block).dump());
    is_first = false;
    return true;
  }));
  out.append("\n]}\n");
  return {};
}

}  // namespace npk::tools
