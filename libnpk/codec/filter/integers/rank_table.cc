#include "codec/filter/integers/rank_table.h"

namespace npk::codec::integers {
namespace {

// Gaps, each one less than the key's distance from the one before, to elements of the table; false if a key passes the last.
template <class E>
bool append_values(std::span<const std::uint64_t> gaps, KeyOrder order, std::uint64_t& next_key, bool& is_full, std::uint8_t* to) noexcept {
  constexpr std::uint64_t kMostKey = ~std::uint64_t{0} >> (64 - 8 * E::kWidth);
  for (const std::uint64_t gap : gaps) {
    if (is_full || gap > kMostKey - next_key) return false;
    const std::uint64_t key = next_key + gap;
    E::store(to, value_of_key<E>(key, order));
    to += E::kWidth;
    is_full = key == kMostKey;
    next_key = key + 1;
  }
  return true;
}

}  // namespace

Result<Bytes> read_rank_table(PageReader& pages, const numeric::ElementForm& form, std::size_t most) {
  NPK_ASSIGN(const std::uint64_t count, pages.take_number());
  NPK_ASSIGN(const std::uint64_t order, pages.take_number());
  if (count > most) return fail_corrupt("a table of values is longer than its segment");
  if (order > static_cast<std::uint64_t>(KeyOrder::floats)) return fail_corrupt("a table of values has no such order");
  pages.begin_column();
  Bytes table(static_cast<std::size_t>(count) * form.width);
  std::array<std::uint64_t, kPageValues> gaps;
  std::uint64_t next_key = 0;
  bool is_full = false;
  for (std::size_t from = 0; from < count; from += kPageValues) {
    const std::span page = std::span(gaps).first(std::min<std::size_t>(kPageValues, static_cast<std::size_t>(count) - from));
    NPK_ASSIGN(const LinearPrediction linear, pages.read(8U * form.width, page));
    bool fits = linear.taps == 0 && !linear.is_adaptive;
    with_element(form, [&]<class E>() {
      fits = fits && append_values<E>(page, static_cast<KeyOrder>(order), next_key, is_full, table.data() + from * E::kWidth);
    });
    if (!fits) return fail_corrupt("a table of values does not ascend");
  }
  return table;
}

Result<void> ranks_to_values(const numeric::ElementForm& form, ByteView table, MutableBytes elements) {
  bool known = true;
  with_element(form, [&]<class E>() {
    const std::size_t count = table.size() / E::kWidth;
    for (std::uint8_t *at = elements.data(), *end = at + elements.size(); at < end; at += E::kWidth) {
      const auto rank = static_cast<std::size_t>(E::load(at) >> E::kUnused);
      known = known && rank < count;
      if (known) std::copy_n(table.data() + rank * E::kWidth, E::kWidth, at);
    }
  });
  if (!known) return fail_corrupt("a table of values has no such rank");
  return {};
}

}  // namespace npk::codec::integers
