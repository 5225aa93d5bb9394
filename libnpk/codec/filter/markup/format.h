// Numbers of the markup filter that both sides share (spec/filters/markup.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "codec/ascii.h"
#include "codec/filter/code_space.h"
#include "npk/bytes.h"

namespace npk::codec::markup {

inline constexpr std::size_t kMaxTemplates = 12'000;
inline constexpr std::size_t kMaxPieces = 1U << 15;            // of all templates together
inline constexpr std::size_t kMaxDictionaryBytes = 1U << 19;   // the template part
inline constexpr std::size_t kMaxSlots = 64;                   // of one template
inline constexpr std::size_t kMaxColumns = 40;
inline constexpr std::size_t kMaxDepth = 1U << 15;             // elements on the stack; deeper ones are not pushed
inline constexpr std::size_t kMaxEndDistance = 16;
inline constexpr std::size_t kSpaceDepths = 256;               // depths for which white space is remembered
inline constexpr std::size_t kMaxSpace = 32;                   // bytes of white space that are remembered
inline constexpr std::size_t kMaxShapes = 16'384;
inline constexpr std::size_t kMaxShapeText = 15;

// The parts of a payload before its columns.
enum Part : std::size_t { kTemplates, kCodes, kText, kShapes, kShapeCodes, kDigits, kRareShapes, kFirstColumn };

// What the texts' part begins with.
enum TextForm : std::uint8_t { kPlainText, kWordText };

// What comes before a template's tag.
enum TextSlot : std::uint32_t { kNoText, kKnownSpace, kTextStream, kTextNumbers, kTextColumn };
// Where a value of a template's tag comes from.
enum ValueSlot : std::uint32_t { kValueNumbers, kValueColumn };

// kEnd + k closes the k-th element from the top of the stack, counted from 1.
enum TagKind : std::uint32_t { kPlain, kStart, kEnd };

// Bits of a shape: digits follow its text; it ends the value.
enum ShapeFlag : std::uint8_t { kShapeDigits = 16, kShapeEnds = 32 };

// A byte of digits: below kLastPair two digits of a run that goes on, from there on its last two, from kLastDigit on its last one.
inline constexpr std::uint8_t kLastPair = 100, kLastDigit = 200, kDigitBytes = 210;

// First bytes of codes; one byte more stands for a rare shape.
inline constexpr std::size_t kTemplateLeads = 256, kShapeLeads = 255;

// What ends an element's name in a start tag.
[[nodiscard]] constexpr bool ends_name(std::uint8_t byte) noexcept { return is_space(byte) || byte == '/' || byte == '>'; }

}  // namespace npk::codec::markup
