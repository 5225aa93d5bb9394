// What encoder and decoder of the json filter share (spec/filters/json.md): the bytes of a skeleton, the limits, the order of the parts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace npk::codec::json {

// Bytes of a skeleton that are not copied. Any other byte below 0x20 than these, tab, line feed and carriage return is refused.
inline constexpr std::uint8_t kKey = 0x01;     // the token's key between quotes
inline constexpr std::uint8_t kBare = 0x02;    // a value as it stands; only as the last byte
inline constexpr std::uint8_t kQuoted = 0x03;  // a value between quotes; only as the last byte
inline constexpr std::uint8_t kFirstStyle = 0x04;  // a line end and indentation by level, in style 0; the next bytes are the other styles
inline constexpr std::uint8_t kRaise = 0x0E;   // one level more, no output
inline constexpr std::uint8_t kLower = 0x0F;

inline constexpr std::size_t kMaxStyles = 4;
inline constexpr std::size_t kMaxUnit = 16;
inline constexpr std::size_t kMaxSkeletonBytes = 64;
inline constexpr std::size_t kMaxKeyBytes = 64;             // of a kKey
inline constexpr std::size_t kMaxSkeletons = 4096;
inline constexpr std::size_t kMaxTokens = 65535;
inline constexpr std::size_t kMaxColumns = 256;
inline constexpr std::size_t kMaxTokenText = 1U << 19;     // bytes of all tokens' texts
inline constexpr std::size_t kMaxTokenPieces = 1U << 16;   // of all tokens: line ends and one each

// Parts of the payload, then one for each column.
inline constexpr std::size_t kStylesPart = 0;
inline constexpr std::size_t kSkeletonsPart = 1;
inline constexpr std::size_t kTokenSkeletonsPart = 2;
inline constexpr std::size_t kTokenColumnsPart = 3;
inline constexpr std::size_t kKeysPart = 4;
inline constexpr std::size_t kStructurePart = 5;
inline constexpr std::size_t kFirstColumnPart = 6;

// First bytes of codes of tokens; one byte more stands for a run, whose number is 4 times its tokens and its period less one.
inline constexpr std::size_t kTokenLeads = 255;
inline constexpr std::size_t kMostPeriod = 4;

[[nodiscard]] constexpr bool opens(std::uint8_t byte) noexcept { return byte == '{' || byte == '['; }
[[nodiscard]] constexpr bool closes(std::uint8_t byte) noexcept { return byte == '}' || byte == ']'; }
[[nodiscard]] constexpr bool is_style(std::uint8_t byte) noexcept { return byte >= kFirstStyle && byte < kFirstStyle + kMaxStyles; }
[[nodiscard]] constexpr bool has_slot(std::uint8_t byte) noexcept { return byte == kBare || byte == kQuoted; }

}  // namespace npk::codec::json
