// Large buffers in huge pages.
#pragma once

#include "npk/bytes.h"

namespace npk::io {

// Asks for huge pages under a buffer of 4 MiB or more that is not yet written to: the kernel gives one in a fifth of the time that its 512 pages
// take. A hint: refused, nothing is lost. Any thread.
void ask_huge_pages(MutableBytes buffer) noexcept;

}  // namespace npk::io
