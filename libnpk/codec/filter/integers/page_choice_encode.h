// Which stretches of a block become pages of integers, with which prediction, or by rank.
#pragma once

#include <optional>
#include <vector>

#include "codec/filter/integers/ranks_encode.h"
#include "codec/filter/numeric/element_form.h"

namespace npk::codec::integers {

// Stretches of elements of one shape, behind one another.
struct Group {
  std::size_t at = 0;  // in the block
  std::size_t length = 0;
  std::vector<numeric::Segment> segments;  // as element_delta would have them
};

[[nodiscard]] std::vector<Group> group_segments(ByteView raw, const std::vector<numeric::Segment>& segments);

struct PageChoice {
  numeric::ElementForm form;
  std::optional<Ranks> ranks;  // if the form says so
};

// How the group is smallest as pages; nothing if it is smaller as its segments are. Time: about eight passes over the group, and where values
// repeat, two through a table of them.
[[nodiscard]] std::optional<PageChoice> choose_pages(ByteView raw, const Group& group);

}  // namespace npk::codec::integers
