// Digests of entries as b3sum prints them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "npk/ops/select.h"

namespace npk::ops {

// Visits the regular files that the globs mean (select.h), in path order, each with the BLAKE3 of its content as the package records it;
// whether content and record agree is verify's business. `entries` of the answer counts regular files only.
[[nodiscard]] Result<Selected> for_each_digest(const PackageReader& package, const std::vector<std::string>& globs,
                                               const std::function<bool(const Entry&, const Digest&)>& visit);

// 64 hexadecimal digits.
[[nodiscard]] std::string hex_of(ByteView bytes);

// Appends "HEX  PATH\n". As b3sum and the coreutils do, a path with a newline, a carriage return or a backslash has these written as
// \n, \r and \\, and its line begins with a backslash.
void append_digest_line(std::string& out, const Digest& digest, std::string_view path);

}  // namespace npk::ops
