#include "codec/encoder_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <utility>

#include "io/huge_pages.h"

namespace npk::codec {
namespace {

constexpr std::size_t kHugePageBytes = 2U << 20;

thread_local EncoderPages* current_pages = nullptr;

}  // namespace

EncoderPages::EncoderPages(std::uint64_t most_bytes) {
  const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(most_bytes, std::uint64_t{1} << 40)) / kPageBytes * kPageBytes;
  if (bytes == 0) return;
  void* const memory = ::mmap(nullptr, bytes + kHugePageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  mapped_ = static_cast<std::uint8_t*>(memory);
  mapped_bytes_ = bytes + kHugePageBytes;
  begin_ = mapped_ + -reinterpret_cast<std::uintptr_t>(mapped_) % kHugePageBytes;
  io::ask_huge_pages({begin_, bytes});
  pieces_.resize(bytes / kPageBytes);
  pieces_.front() = {static_cast<std::uint32_t>(pieces_.size()), false};
}

EncoderPages::~EncoderPages() {
  if (mapped_ == nullptr) return;
  join_free(0);
  assert(pieces_.front().pages == pieces_.size() && !pieces_.front().is_taken);
  ::munmap(mapped_, mapped_bytes_);
}

EncoderPages* EncoderPages::current() noexcept { return current_pages; }
EncoderPages::Use::Use(EncoderPages* pages) noexcept : before_(std::exchange(current_pages, pages)) {}
EncoderPages::Use::~Use() { current_pages = before_; }

// With those behind it.
void EncoderPages::join_free(std::size_t at) noexcept {
  Piece& piece = pieces_[at];
  for (std::size_t next = at + piece.pages; next < pieces_.size() && !pieces_[next].is_taken; next = at + piece.pages) {
    piece.pages += pieces_[next].pages;
  }
}

void* EncoderPages::take(std::size_t bytes) noexcept {
  const std::size_t needed = std::max<std::size_t>(1, bytes / kPageBytes + (bytes % kPageBytes != 0 ? 1 : 0));
  for (std::size_t at = 0; at < pieces_.size(); at += pieces_[at].pages) {
    if (pieces_[at].is_taken) continue;
    join_free(at);
    const std::size_t pages = pieces_[at].pages;
    if (pages < needed) continue;
    if (pages > needed) pieces_[at + needed] = {static_cast<std::uint32_t>(pages - needed), false};
    pieces_[at] = {static_cast<std::uint32_t>(needed), true};
    return begin_ + at * kPageBytes;
  }
  release_free();
  return nullptr;
}

void EncoderPages::release_free() noexcept {
  for (std::size_t at = 0; at < pieces_.size(); at += pieces_[at].pages) {
    if (!pieces_[at].is_taken) ::madvise(begin_ + at * kPageBytes, pieces_[at].pages * kPageBytes, MADV_DONTNEED);
  }
}

bool EncoderPages::give_back(void* memory) noexcept {
  const auto offset = reinterpret_cast<std::uintptr_t>(memory) - reinterpret_cast<std::uintptr_t>(begin_);
  if (offset >= pieces_.size() * kPageBytes) return false;
  pieces_[offset / kPageBytes].is_taken = false;
  return true;
}

void* allocate_from(void* pages, std::size_t bytes) noexcept {
  void* memory = pages != nullptr && bytes >= EncoderPages::kLeastBytes ? static_cast<EncoderPages*>(pages)->take(bytes) : nullptr;
  if (memory != nullptr) return memory;
  memory = std::malloc(bytes);
  if (memory != nullptr) io::ask_huge_pages({static_cast<std::uint8_t*>(memory), bytes});
  return memory;
}

void release_to(void* pages, void* memory) noexcept {
  if (pages == nullptr || memory == nullptr || !static_cast<EncoderPages*>(pages)->give_back(memory)) std::free(memory);
}

}  // namespace npk::codec
