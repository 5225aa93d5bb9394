// What `npk pack` and `npk append` take alike: what to pack, and how.
#pragma once

#include <string>
#include <vector>

#include "npk/ops/create.h"
#include "option_parser.h"

namespace npk::tools {

struct PackOptions {
  bool fast = false;
  bool max = false;
  bool filters = false, no_filters = false;
  std::uint64_t threads = 0;
  std::optional<std::string> accel;
  std::string dedup = "chunks";
  std::string order;
  // Bound only to keep their order: pack_inputs reads them.
  std::vector<std::string> directories, lists, paths;
};

// Of the generation that is made: now, or SOURCE_DATE_EPOCH, which also bounds the entries' times. Errors: misuse.
[[nodiscard]] Result<void> set_time(ops::CreateOptions& create, const Io& io);

// But for the operands. Most are bound to `create`.
void define_pack(OptionParser& parser, PackOptions& options, ops::CreateOptions& create);
// Preset, inputs, and the time: now, or SOURCE_DATE_EPOCH. Errors: misuse.
[[nodiscard]] Result<void> complete_pack(const PackOptions& options, const OptionParser& parser, Io& io, ops::CreateOptions& create);

}  // namespace npk::tools
