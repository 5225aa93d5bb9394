// Stretches of a block as the parts of an integers payload.
#pragma once

#include "codec/filter/integers/page_choice_encode.h"
#include "codec/filter/integers/page_writer_encode.h"

namespace npk::codec::integers {

// raw: the bytes of the segments, one behind another; none of pages.
void write_segments(PageWriter& pages, ByteView raw, const std::vector<numeric::Segment>& segments);
// The keys of values that are elements of so many bytes.
void write_table(PageWriter& pages, unsigned bytes, const Ranks& ranks);
// raw: the bytes of one segment, of the choice's form.
void write_pages(PageWriter& pages, ByteView raw, const PageChoice& choice);

}  // namespace npk::codec::integers
