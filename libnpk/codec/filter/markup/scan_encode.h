// Finding tags: the encoder's first pass.
#pragma once

#include <optional>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/markup/format.h"
#include "codec/filter/markup/interner_encode.h"
#include "codec/filter/record_list_encode.h"

namespace npk::codec::markup {

inline constexpr std::uint32_t kNone = 0xFFFF'FFFF;

// A tag with its values taken out; in its text a zero byte stands for each.
struct Skeleton {
  TagKind kind = kPlain;
  std::uint32_t name = 0;  // of the element
  std::uint32_t count = 0;
  FilterVector<std::uint32_t> fields;  // of its values
};

struct Value {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;
  std::uint32_t spelling = kNone;  // in Scan::spellings
};

struct Tag {
  std::uint32_t begin = 0;  // the text before it begins where the tag before ends
  std::uint32_t end = 0;
  std::uint32_t skeleton = 0;
  std::uint32_t first_value = 0;
};

// What is known of the values of an element's attribute, or of an element's text.
struct Field {
  std::uint64_t bytes = 0;
  std::uint32_t values = 0;
  std::uint32_t spellings = 0;
  std::uint32_t sampled_bytes = 0, sampled_digits = 0, sampled_marks = 0, samples = 0;

  void sample(ByteView value) noexcept;
  // Whether it holds lists of numbers, such as path data.
  [[nodiscard]] bool lists_numbers() const noexcept;
};

struct Scan {
  Interner skeleton_texts{1U << 10};
  FilterVector<Skeleton> skeletons;
  Interner names{1U << 8};
  Interner field_names{1U << 10};  // attribute under element
  FilterVector<Field> fields;
  Interner spellings{1U << 14};    // of short values, under their field
  FilterVector<std::uint32_t> spelling_counts;
  RecordList<Tag> tags;             // the last one is empty, at the end of the block
  RecordList<Value> values;
};

// Nothing if the block is not much of markup.
[[nodiscard]] std::optional<Scan> scan_markup(ByteView raw);

}  // namespace npk::codec::markup
