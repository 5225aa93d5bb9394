#include "block/chain_name.h"

#include "codec/registry.h"

namespace npk::block {

std::string chain_name(const format::InnerHeader& header) {
  if (header.chain.empty()) return "store";
  std::string name;
  for (const format::ChainStep& step : header.chain) name += (name.empty() ? "" : "+") + codec::codec_name(step.id);
  return name;
}

}  // namespace npk::block
