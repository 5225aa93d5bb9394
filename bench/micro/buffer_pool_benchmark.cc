// links: npk_io TBB::tbbmalloc
// One buffer taken and given back, over and over, by 1 to 16 threads: the pool, malloc, oneTBB's and mimalloc's
// allocators. Nothing is written to the buffers, so the others' pages cost nothing either. mimalloc is loaded while
// running, where it is installed, and not linked: linked it would take malloc's place as well.
#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <oneapi/tbb/scalable_allocator.h>

#include <cstdlib>

#include "npk/buffer_pool.h"

namespace {

using namespace npk;

void buffer_pool(benchmark::State& state) {
  static const std::shared_ptr<BufferPool> pool = *BufferPool::create();
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const auto buffer = pool->get(size);
    benchmark::DoNotOptimize(buffer->data());
  }
  state.SetItemsProcessed(state.iterations());
}

void allocator(benchmark::State& state, void* (*allocate)(std::size_t), void (*release)(void*)) {
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    void* memory = allocate(size);
    benchmark::DoNotOptimize(memory);
    release(memory);
  }
  state.SetItemsProcessed(state.iterations());
}

template <class... Arguments>
void add(const char* name, Arguments... arguments) {
  auto* made = benchmark::RegisterBenchmark(name, arguments...);
  made->Arg(4 << 10)->Arg(64 << 10)->Arg(1 << 20)->Threads(1)->Threads(2)->Threads(4)->Threads(16)->UseRealTime();
}

void add_mimalloc() {
  void* library = ::dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return;
  const auto allocate = reinterpret_cast<void* (*)(std::size_t)>(::dlsym(library, "mi_malloc"));
  const auto release = reinterpret_cast<void (*)(void*)>(::dlsym(library, "mi_free"));
  if (allocate != nullptr && release != nullptr) add("mimalloc", allocator, allocate, release);
}

const bool kRegistered = [] {
  add("buffer_pool", buffer_pool);
  add("malloc", allocator, std::malloc, std::free);
  add("tbbmalloc", allocator, scalable_malloc, scalable_free);
  add_mimalloc();
  return true;
}();

}  // namespace
