// Seeds of the targets whose input is that of fixed_length_filter_input.h.
#pragma once

#include "seed_corpus.h"

namespace npk::fuzz {

void element_filters(const Corpus& corpus);
void integers_filters(const Corpus& corpus);
void branch_filters(const Corpus& corpus);

}  // namespace npk::fuzz
