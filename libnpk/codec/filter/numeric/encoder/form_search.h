// Which form suits the elements around a place: width, byte order, phase, distances and prediction, by trial on a sample.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codec/filter/numeric/element_form.h"
#include "codec/filter/numeric/encoder/residuals.h"

namespace npk::codec::numeric {

inline constexpr std::size_t kSampleBytes = 8192;

// A sample of a block: the bytes at `at`, and as history whatever is before them.
struct Sample {
  ByteView block;
  std::size_t at = 0;      // a multiple of kSegmentUnit
  std::size_t length = 0;  // at most kSampleBytes
};

struct Trial {
  ElementForm form;
  std::uint64_t cost = 0;  // 256ths of a bit for the sample
};

class FormSearch {
 public:
  explicit FormSearch(Allowed allowed);

  // What the sample would cost in a form, matches included, or if that is the limit or more, some number from there on; nothing if the form needs
  // more history than there is.
  [[nodiscard]] std::optional<std::uint64_t> cost_of(const Sample& sample, const ElementForm& form, std::uint64_t limit = kNoLimit);
  // The best form found, for a sample that costs so much as it is. Cost: about what costing 40 forms does.
  [[nodiscard]] Trial find(const Sample& sample, std::uint64_t plain);

 private:
  [[nodiscard]] ByteView residuals_of(const Sample& sample, const ElementForm& form, std::size_t bytes);
  [[nodiscard]] std::uint64_t quick_cost(const Sample& sample, const ElementForm& form);
  [[nodiscard]] Sample seen_by(const Sample& sample, const ElementForm& form);
  void find_decimals(const Sample& sample, std::vector<ElementForm>& shapes);
  [[nodiscard]] std::vector<ElementForm> shapes_of(const Sample& sample);
  void add_predictions(const Sample& sample, const ElementForm& shape, std::vector<Trial>& trials);
  void add_alike(const Sample& sample, std::vector<Trial>& trials);
  void find_distances(const Sample& sample, ElementForm& shape);
  [[nodiscard]] std::uint32_t record_length(const Sample& sample) const;
  void consider(const Sample& sample, ElementForm form, Trial& best);
  void consider_fields(const Sample& sample, const ElementForm& form, Trial& best);
  void consider_layouts(const Sample& sample, const ElementForm& form, Trial& best);

  static constexpr std::uint64_t kNoLimit = ~std::uint64_t{0} >> 16;  // times a sample's length, below 2^64

  Allowed allowed_;
  TakeResiduals take_;
  Bytes residuals_;
  Bytes planes_;
  Bytes levels_;
  Bytes decimals_;  // what seen_by showed last
  std::size_t decimals_of_ = 0;
  std::size_t decimals_at_ = 0;
  std::size_t decimals_history_ = 0;
};

}  // namespace npk::codec::numeric
