// A CUDA driver that runs the kernels on this processor: their source compiled as C++, a work item after another, and those of a group in turn
// from barrier to barrier. So the CUDA backend's own code runs where no device is, and the kernels under the sanitizers.
#include <ucontext.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "accel/device/cuda_driver.h"

namespace cuda = npk::accel::cuda;

struct EmulatedItem {
  unsigned long group = 0, local = 0, count = 1;
};
static EmulatedItem npk_emulated;
static void npk_emulated_barrier();

#include "accel/kernels/dialect.cl"
#include "accel/kernels/tile_sums.cl"
#include "accel/kernels/varint.cl"
#include "accel/kernels/values.cl"
#include "accel/kernels/bits.cl"
#include "accel/kernels/histogram.cl"
#include "accel/kernels/search.cl"
#include "accel/kernels/blake3.cl"
#include "accel/kernels/lz4.cl"

namespace {

using Body = void (*)(ARGUMENTS);

struct EmulatedFunction {
  Body body;
  bool has_barriers;
};

const std::map<std::string, EmulatedFunction>& functions() {
  static const std::map<std::string, EmulatedFunction> table = {
#define PLAIN(name) {#name, {name, false}}
#define WITH_BARRIERS(name) {#name, {name, true}}
      WITH_BARRIERS(sum_tiles), PLAIN(varint_sizes), PLAIN(varint_write), PLAIN(varint_count), PLAIN(varint_read), PLAIN(zigzag_encode), PLAIN(zigzag_decode),
      PLAIN(delta_encode), PLAIN(delta_sums), PLAIN(delta_restore), PLAIN(dictionary_lookup), PLAIN(bit_pack), PLAIN(bit_unpack), WITH_BARRIERS(frame_ranges),
      PLAIN(frame_headers), PLAIN(frame_encode), PLAIN(frame_decode), PLAIN(histogram_clear), WITH_BARRIERS(histogram), PLAIN(entropy), PLAIN(match_count),
      PLAIN(match_write), PLAIN(cut_count), PLAIN(cut_write), PLAIN(blake3_leaves), PLAIN(blake3_parents), WITH_BARRIERS(lz4_decode)};
  return table;
}

struct Arguments {
  const uchar* input;
  uchar* output;
  const ulong* table;
  const Item* items;
  const Tile* tiles;
  Outcome* outcomes;
  ulong* scratch;
  ulong count, a, b;
};

Body current_body = nullptr;
std::atomic<bool> has_launched = false;
Arguments current_arguments;

void run_body() {
  const Arguments& x = current_arguments;
  current_body(x.input, x.output, x.table, x.items, x.tiles, x.outcomes, x.scratch, x.count, x.a, x.b);
}

// The work items of one group, each on a stack of its own.
class Fibers {
 public:
  explicit Fibers(unsigned long count) : contexts_(count), stacks_(count, std::vector<char>(kStackBytes)), done_(count) {}

  void run_group() {
    running_ = this;
    for (std::size_t i = 0; i < contexts_.size(); ++i) {
      getcontext(&contexts_[i]);
      contexts_[i].uc_stack.ss_sp = stacks_[i].data();
      contexts_[i].uc_stack.ss_size = kStackBytes;
      contexts_[i].uc_link = &main_;
      makecontext(&contexts_[i], &Fibers::enter, 0);
      done_[i] = 0;
    }
    for (bool more = true; more;) {
      more = false;
      for (std::size_t i = 0; i < contexts_.size(); ++i) {
        if (done_[i] != 0) continue;
        npk_emulated.local = i;
        swapcontext(&main_, &contexts_[i]);
        more = more || done_[i] == 0;
      }
    }
    running_ = nullptr;
  }

  static void barrier() {
    if (running_ == nullptr) return;
    swapcontext(&running_->contexts_[npk_emulated.local], &running_->main_);
  }

 private:
  static void enter() {
    run_body();
    running_->done_[npk_emulated.local] = 1;
  }

  static constexpr std::size_t kStackBytes = 256U << 10;
  static inline Fibers* running_ = nullptr;
  ucontext_t main_{};
  std::vector<ucontext_t> contexts_;
  std::vector<std::vector<char>> stacks_;
  std::vector<char> done_;
};

void run_kernel(const EmulatedFunction& function, unsigned long groups, unsigned long group_size) {
  current_body = function.body;
  npk_emulated.count = group_size;
  const bool by_fibers = function.has_barriers && group_size > 1;
  Fibers fibers(by_fibers ? group_size : 0);
  for (npk_emulated.group = 0; npk_emulated.group < groups; ++npk_emulated.group) {
    if (by_fibers) fibers.run_group();
    else
      for (npk_emulated.local = 0; npk_emulated.local < group_size; ++npk_emulated.local) run_body();
  }
}

// Of each call that a stream carries out, if somebody asked: "w1" writes by stream 1, "k1" runs a kernel, "r1" reads, "s1" waits for it; capitals where
// the memory copied is pinned.
class CallRecord {
 public:
  void start() {
    const std::lock_guard lock(mutex_);
    calls_.clear();
    is_on_ = true;
  }
  const char* stop() {
    const std::lock_guard lock(mutex_);
    is_on_ = false;
    return calls_.c_str();
  }
  void add(char what, cuda::Stream stream) {
    const std::lock_guard lock(mutex_);
    if (is_on_) calls_ += std::string(calls_.empty() ? "" : " ") + what + std::to_string(*reinterpret_cast<int*>(stream));
  }
  void add_copy(char what, const void* place, cuda::Stream stream) { add(is_pinned(place) ? static_cast<char>(what - 'a' + 'A') : what, stream); }

  void pin(void* place, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    pinned_[static_cast<char*>(place)] = bytes;
  }
  void unpin(void* place) {
    const std::lock_guard lock(mutex_);
    pinned_.erase(static_cast<char*>(place));
  }

 private:
  bool is_pinned(const void* place) {
    const std::lock_guard lock(mutex_);
    const auto next = pinned_.upper_bound(static_cast<const char*>(place));
    if (next == pinned_.begin()) return false;
    const auto& [begin, bytes] = *std::prev(next);
    return static_cast<const char*>(place) < begin + bytes;
  }

  std::mutex mutex_;
  std::string calls_;
  bool is_on_ = false;
  std::map<const char*, std::size_t> pinned_;
};
CallRecord record;

std::string failing_call() {
  const char* name = std::getenv("NPK_EMULATED_FAILURE");
  return name != nullptr ? name : "";
}

}  // namespace

static void npk_emulated_barrier() { Fibers::barrier(); }

// A handle that is not null and never looked behind.
template <class Handle>
static Handle something() {
  return reinterpret_cast<Handle>(&npk_emulated);
}

#define EXPORT extern "C" __attribute__((visibility("default"))) int
#define FAIL_WHERE_TOLD(name, code) \
  if (failing_call() == name) return code

EXPORT cuInit(unsigned) {
  FAIL_WHERE_TOLD("cuInit", 100);
  return 0;
}
EXPORT cuDriverGetVersion(int* version) { return *version = 13000, 0; }
EXPORT cuGetErrorName(int code, const char** name) { return *name = code == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_EMULATED", 0; }
EXPORT cuDeviceGetCount(int* count) { return *count = 2, 0; }
EXPORT cuDeviceGet(int* device, int number) { return *device = number, 0; }
EXPORT cuDeviceGetName(char* name, int room, int) { return std::strncpy(name, "emulated device", static_cast<std::size_t>(room)), 0; }
EXPORT cuDeviceGetAttribute(int* value, int attribute, int device) {
  *value = attribute == 75 ? (device == 0 ? 7 : 9) : attribute == 16 ? 4 : 0;  // the first is too old
  return 0;
}
EXPORT cuDeviceTotalMem_v2(std::size_t* bytes, int) { return *bytes = std::size_t{1} << 30, 0; }
EXPORT cuDevicePrimaryCtxRetain(cuda::Context* context, int) { return *context = something<cuda::Context>(), 0; }
EXPORT cuDevicePrimaryCtxRelease_v2(int) { return 0; }
EXPORT cuCtxPushCurrent_v2(cuda::Context) { return 0; }
EXPORT cuCtxPopCurrent_v2(cuda::Context*) { return 0; }
EXPORT cuModuleLoadData(cuda::Module* module, const void* image) {
  const bool is_ours = std::strcmp(static_cast<const char*>(image), "emulated kernels") == 0;
  if (!is_ours && std::getenv("NPK_EMULATED_ANY_IMAGE") == nullptr) return 200;
  return *module = something<cuda::Module>(), 0;
}
EXPORT cuModuleUnload(cuda::Module) { return 0; }
EXPORT cuModuleGetFunction(cuda::Function* function, cuda::Module, const char* name) {
  const auto found = functions().find(name);
  if (found == functions().end()) return 500;
  return *function = reinterpret_cast<cuda::Function>(const_cast<EmulatedFunction*>(&found->second)), 0;
}
EXPORT cuLaunchKernel(cuda::Function function, unsigned groups, unsigned, unsigned, unsigned group_size, unsigned, unsigned, unsigned, cuda::Stream stream,
                      void** arguments, void**) {
  FAIL_WHERE_TOLD("cuLaunchKernel", 700);
  record.add('k', stream);
  const auto pointer = [arguments](int i) { return *static_cast<void**>(arguments[i]); };
  const auto number = [arguments](int i) { return *static_cast<ulong*>(arguments[i]); };
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  has_launched = true;
  current_arguments = {static_cast<const uchar*>(pointer(0)),
                       static_cast<uchar*>(pointer(1)),
                       static_cast<const ulong*>(pointer(2)),
                       static_cast<const Item*>(pointer(3)),
                       static_cast<const Tile*>(pointer(4)),
                       static_cast<Outcome*>(pointer(5)),
                       static_cast<ulong*>(pointer(6)),
                       number(7),
                       number(8),
                       number(9)};
  run_kernel(*reinterpret_cast<const EmulatedFunction*>(function), groups, group_size);
  return 0;
}
EXPORT cuMemAlloc_v2(unsigned long long* place, std::size_t bytes) {
  FAIL_WHERE_TOLD("cuMemAlloc", 2);
  void* memory = std::malloc(bytes);
  if (memory == nullptr) return 2;
  std::memset(memory, 0xA5, bytes);
  return *place = reinterpret_cast<unsigned long long>(memory), 0;
}
EXPORT cuMemFree_v2(unsigned long long place) { return std::free(reinterpret_cast<void*>(place)), 0; }
EXPORT cuMemAllocHost_v2(void** place, std::size_t bytes) { return (*place = std::malloc(bytes)) == nullptr ? 2 : (record.pin(*place, bytes), 0); }
EXPORT cuMemFreeHost(void* place) { return record.unpin(place), std::free(place), 0; }
EXPORT cuMemcpyHtoDAsync_v2(unsigned long long to, const void* from, std::size_t bytes, cuda::Stream stream) {
  record.add_copy('w', from, stream);
  return std::memcpy(reinterpret_cast<void*>(to), from, bytes), 0;
}
EXPORT cuMemcpyDtoHAsync_v2(void* to, unsigned long long from, std::size_t bytes, cuda::Stream stream) {
  FAIL_WHERE_TOLD("cuMemcpyDtoHAsync", 719);
  record.add_copy('r', to, stream);
  std::memcpy(to, reinterpret_cast<const void*>(from), bytes);
  // The first copy behind kernels is the output's.
  if (has_launched.exchange(false) && failing_call() == "wrong results") *static_cast<char*>(to) ^= 1;
  return 0;
}
EXPORT cuStreamCreate(cuda::Stream* stream, unsigned) {
  static std::atomic<int> streams = 0;
  return *stream = reinterpret_cast<cuda::Stream>(new int(++streams)), 0;
}
EXPORT cuStreamDestroy_v2(cuda::Stream stream) { return delete reinterpret_cast<int*>(stream), 0; }
EXPORT cuStreamSynchronize(cuda::Stream stream) { return record.add('s', stream), 0; }
EXPORT cuEventCreate(cuda::Event* event, unsigned) { return *event = something<cuda::Event>(), 0; }
EXPORT cuEventDestroy_v2(cuda::Event) { return 0; }
EXPORT cuEventRecord(cuda::Event, cuda::Stream) { return 0; }
EXPORT cuEventElapsedTime(float* milliseconds, cuda::Event, cuda::Event) { return *milliseconds = 1, 0; }

// Not of CUDA: begins a record of calls (true), or ends it and gives what it has, good until the next one.
extern "C" __attribute__((visibility("default"))) const char* npk_emulated_calls(bool start) { return start ? (record.start(), "") : record.stop(); }
