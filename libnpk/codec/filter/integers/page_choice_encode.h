// Which stretches of a block become pages of integers, with which prediction, or by rank.
#pragma once

#include <optional>
#include <span>
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
  std::uint64_t cost = 0;      // about, in 256ths of a bit
  bool may_adapt = false;      // what linear predictions leave is predicted again
};

// How the group is smallest as pages; nothing if it is smaller as its segments are. Time: about eight passes over the group, and where values
// repeat, two through a table of them.
[[nodiscard]] std::optional<PageChoice> choose_pages(ByteView raw, const Group& group);

// The groups as one stretch, of floats by rank, whatever shapes were found in their noise; nothing if they are smaller as `choices` have them.
[[nodiscard]] std::optional<PageChoice> choose_ranks(ByteView raw, std::span<const Group> groups, std::span<const std::optional<PageChoice>> choices);
[[nodiscard]] bool is_text(ByteView bytes) noexcept;

}  // namespace npk::codec::integers
