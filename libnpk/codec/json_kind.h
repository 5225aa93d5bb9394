// Whether text is JSON, or a script that carries some. Of content_kind.h; bytes are a file's head or a sample.
#pragma once

#include "npk/bytes.h"

namespace npk::codec {

[[nodiscard]] ByteView without_space(ByteView text) noexcept;
// Nor C's comments at the front, with which JSON for people often begins; nothing where one does not end.
[[nodiscard]] ByteView without_comments(ByteView text) noexcept;
// A bracket first, and quotes, brackets and commas as often as JSON has them, or nothing else.
[[nodiscard]] bool is_json(ByteView text) noexcept;
// A script that begins by handing such text on: `name = `, `call(`, `export default `.
[[nodiscard]] bool hands_on_json(ByteView text) noexcept;
// From anywhere within: keys in quotes, and marks as often.
[[nodiscard]] bool holds_json_within(ByteView text) noexcept;

// Objects or arrays of a line each, as logs and databases write them, but for one line in four.
[[nodiscard]] bool is_json_by_line(ByteView text) noexcept;

}  // namespace npk::codec
