// What kind of data a file or a block holds, guessed from its first bytes or from a sample: which filters are worth a trial.
#pragma once

#include <cstdint>
#include <string_view>

#include "npk/bytes.h"

namespace npk::codec {

enum class ContentKind : std::uint8_t {
  general,
  json,
  markup,       // XML, HTML, SVG
  delimited,    // CSV, TSV
  lines,        // logs and records: lines of few shapes
  numeric,      // tables of numbers, images and sound without compression
  x86_code,
  arm64_code,
};
inline constexpr std::size_t kContentKinds = 8;
[[nodiscard]] constexpr bool is_code(ContentKind kind) noexcept { return kind == ContentKind::x86_code || kind == ContentKind::arm64_code; }

// Bytes that kind_of looks at.
inline constexpr std::size_t kKindHeadBytes = 4096;

// Of this size a file's middle is looked at too, as its head may be a title, a licence or a legend.
inline constexpr std::uint64_t kKindMiddleFileBytes = 64U << 10;

// Of total_bytes (0: not known) that begin with `head`: by magic bytes, else by what the text looks like. middle: kKindHeadBytes from about the
// middle of a file of kKindMiddleFileBytes or more, or nothing; taken from `head` if that is the whole. Thread-safe; deterministic; about a
// microsecond a kibibyte of text, less of others.
[[nodiscard]] ContentKind kind_of(ByteView head, std::uint64_t total_bytes = 0, ByteView middle = {}) noexcept;
// Whether in data that looks incompressible there are numbers all the same, whose highest bytes are like those of numbers before: then the numeric
// filters are worth a trial. Thread-safe; deterministic; 12 KiB are looked at.
[[nodiscard]] bool holds_dense_numbers(ByteView bytes) noexcept;
[[nodiscard]] std::string_view kind_name(ContentKind kind) noexcept;

}  // namespace npk::codec
