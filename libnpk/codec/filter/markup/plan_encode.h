// Templates and columns: the encoder's second pass, over what scan_encode.h found.
#pragma once


#include "codec/filter/encoder_memory.h"
#include "codec/filter/markup/scan_encode.h"

namespace npk::codec::markup {

// The columns that every payload begins with.
inline constexpr std::uint32_t kSpaceColumn = 0, kRawTextColumn = 1, kMixedColumn = 2, kFieldColumns = 3;

struct Template {
  std::uint32_t text_slot = kNoText;
  std::uint32_t skeleton = kNone;      // none: the end of the element `end_distance` from the top
  std::uint32_t end_distance = 0;
  std::uint32_t count = 0;
  std::uint32_t base = 0;              // the one with no value folded in
  std::uint32_t first_spelling = 0;    // in Plan::spellings, one a slot: kNone where the value stands elsewhere
};

struct Plan {
  FilterVector<Template> templates;
  FilterVector<std::uint32_t> spellings;
  FilterVector<std::uint32_t> sequence;    // a template a tag
  FilterVector<std::uint32_t> value_slots; // of each field
  std::size_t columns = kFieldColumns;
};

// Takes void elements for tags that open nothing, in `scan` too.
[[nodiscard]] Plan plan_markup(ByteView raw, Scan& scan);

}  // namespace npk::codec::markup
