#include "io/huge_pages.h"

#include <sys/mman.h>

namespace npk::io {
namespace {

constexpr std::size_t kLeastBytes = 4U << 20;
constexpr std::uintptr_t kPageBytes = 4096;

}  // namespace

void ask_huge_pages(MutableBytes buffer) noexcept {
  if (buffer.size() < kLeastBytes) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(buffer.data());
  const std::size_t before = (kPageBytes - begin % kPageBytes) % kPageBytes;
  ::madvise(buffer.data() + before, (buffer.size() - before) / kPageBytes * kPageBytes, MADV_HUGEPAGE);
}

}  // namespace npk::io
