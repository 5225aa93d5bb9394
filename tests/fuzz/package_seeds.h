// Seeds that are whole packages, or choices that packages are made by.
#pragma once

#include "seed_corpus.h"

namespace npk::fuzz {

void packages(const Corpus& corpus);
// Content that manifests come back to: from what was extracted, from the spool, over several pages.
void streamed_packages(const Corpus& corpus);
// Behind a number that chooses the slices.
void sliced_packages(const Corpus& corpus);
void package_pages(const Corpus& corpus);
void writer_inputs(const Corpus& corpus);

}  // namespace npk::fuzz
