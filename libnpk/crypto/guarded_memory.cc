#include "crypto/guarded_memory.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <sodium.h>

namespace npk::crypto {
namespace {

class KeptMemory {
 public:
  explicit constexpr KeptMemory(std::size_t size) : size_(size) {}

  [[nodiscard]] bool is_for(std::size_t size) const { return size == size_; }

  // Null where nothing is kept.
  [[nodiscard]] void* take() {
    for (std::atomic<void*>& slot : slots_) {
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (void* memory = slot.exchange(nullptr, std::memory_order_acquire); memory != nullptr) return memory;
    }
    return nullptr;
  }

  // Whether there was room for it.
  [[nodiscard]] bool keep(void* memory) {
    return std::ranges::any_of(slots_, [&](std::atomic<void*>& slot) {
      void* none = nullptr;
      return slot.compare_exchange_strong(none, memory, std::memory_order_release, std::memory_order_relaxed);
    });
  }

 private:
  static constexpr std::size_t kMost = 16;

  std::size_t size_;
  std::array<std::atomic<void*>, kMost> slots_{};
};

// age's file keys, keys, and those of a writing session. Else, where a package is opened, there is an envelope's record, of any size.
constinit std::array<KeptMemory, 3> kept_memory{KeptMemory(16), KeptMemory(32), KeptMemory(512)};

KeptMemory* kept_of(std::size_t size) {
  const auto found = std::ranges::find_if(kept_memory, [&](const KeptMemory& kept) { return kept.is_for(size); });
  return found == kept_memory.end() ? nullptr : &*found;
}

}  // namespace

void* take_guarded_memory(std::size_t size) {
  KeptMemory* kept = kept_of(size);
  void* memory = kept == nullptr ? nullptr : kept->take();
  return memory != nullptr ? memory : ::sodium_malloc(size);
}

void give_back_guarded_memory(MutableBytes memory) {
  ::sodium_memzero(memory.data(), memory.size());
  KeptMemory* kept = kept_of(memory.size());
  if (kept == nullptr || !kept->keep(memory.data())) ::sodium_free(memory.data());
}

}  // namespace npk::crypto
