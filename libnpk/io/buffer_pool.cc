#include "npk/buffer_pool.h"

#include <new>

#include "io/buffer_pool_core.h"

namespace npk {

Result<EvictionPolicy> eviction_policy_by_name(std::string_view name) {
  if (name == "lru") return EvictionPolicy::least_recently_used;
  if (name == "time") return EvictionPolicy::time;
  return fail(Errc::misuse, "eviction policy is \"lru\" or \"time\", not \"" + std::string(name) + "\"");
}

BufferPool::Buffer::Buffer(Buffer&& other) noexcept
    : block_(std::exchange(other.block_, nullptr)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

BufferPool::Buffer& BufferPool::Buffer::operator=(Buffer&& other) noexcept {
  Buffer taken(std::move(other));
  std::swap(block_, taken.block_);
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  return *this;
}

BufferPool::Buffer::~Buffer() {
  if (block_ != nullptr) block_->core->take_back(block_);
}

Result<std::shared_ptr<BufferPool>> BufferPool::create(const BufferPoolOptions& options) {
  if (options.eviction == EvictionPolicy::time && options.eviction_timeout <= std::chrono::nanoseconds(0)) {
    return fail(Errc::misuse, "eviction_timeout must be above 0");
  }
  auto core = std::make_unique<io::BufferPoolCore>(options);
  std::unique_ptr<BufferPool> pool(new BufferPool(core.get()));
  static_cast<void>(core.release());  // the pool's now, until drop_reference
  return std::shared_ptr<BufferPool>(std::move(pool));
}

BufferPool::~BufferPool() {
  core_->close();
  core_->drop_reference();
}

Result<BufferPool::Buffer> BufferPool::get(std::size_t size) {
  if (core_->is_closed()) return fail(Errc::misuse, "the buffer pool is closed");
  Buffer buffer;
  if (size == 0) return buffer;
  NPK_ASSIGN(buffer.block_, core_->get(size));
  buffer.data_ = buffer.block_->data;
  buffer.size_ = size;
  return buffer;
}

std::uint8_t* BufferPool::release(Buffer&& buffer) noexcept {
  Buffer taken(std::move(buffer));
  if (io::PoolBlock* block = std::exchange(taken.block_, nullptr)) block->released.store(true);
  return taken.data_;
}

Result<void> BufferPool::give_back(std::uint8_t* data) {
  io::PoolBlock* block = core_->take_released(data);
  if (block == nullptr) return fail(Errc::misuse, "not a buffer released from this pool, or given back before");
  core_->take_back(block);
  return {};
}

void BufferPool::set_max_total_bytes(std::uint64_t bytes) { core_->set_max_total_bytes(bytes); }
std::size_t BufferPool::evict_expired() { return core_->evict_expired(); }
void BufferPool::clear() { core_->clear(); }
void BufferPool::close() { core_->close(); }
std::uint64_t BufferPool::total_bytes() const { return core_->total_bytes(); }
std::uint64_t BufferPool::max_total_bytes() const { return core_->max_total_bytes(); }
BufferPoolStatistics BufferPool::statistics() const { return core_->statistics(); }

}  // namespace npk
