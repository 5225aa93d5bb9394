#include <algorithm>
#include <array>
#include <cstring>

#include "synth/kernels.h"

namespace npk::synth {
namespace {

using internal::kLineBytes;

// zero_bytes_before(cell + 1) - zero_bytes_before(cell) for one cell after the other, without a division for each.
class ZeroBytes {
 public:
  ZeroBytes(const ObjectLayout& layout, std::uint64_t cell) noexcept : divisor_(layout.compress_thousandths) {
    const std::uint64_t scaled = layout.cell_bytes * (divisor_ - 1000);
    whole_ = scaled / divisor_;
    rest_ = scaled % divisor_;
    carried_ = static_cast<std::uint64_t>(internal::Wide{cell} * rest_ % divisor_);
  }
  [[nodiscard]] std::uint64_t next() noexcept {
    carried_ += rest_;
    if (carried_ < divisor_) return whole_;
    carried_ -= divisor_;
    return whole_ + 1;
  }

 private:
  std::uint64_t divisor_, whole_ = 0, rest_ = 0, carried_ = 0;
};

}  // namespace

ObjectGenerator::ObjectGenerator(const ObjectLayout& layout, const Seed& seed, const internal::Kernel& kernel) noexcept
    : layout_(layout), kernel_(&kernel) {
  const Seed permuted = internal::permuted(seed, 0);
  key_ = {permuted.low, permuted.high};
}

Result<ObjectGenerator> ObjectGenerator::create(const ObjectOptions& options) {
  NPK_ASSIGN(const ObjectLayout layout, ObjectLayout::of(options));
  NPK_ASSIGN(const internal::Kernel* kernel, internal::chosen_kernel());
  return ObjectGenerator(layout, options.seed, *kernel);
}

std::string_view ObjectGenerator::kernel() const noexcept { return kernel_->name; }

std::size_t ObjectGenerator::fill(MutableBytes out) noexcept {
  const std::size_t count = fill_at(position_, out);
  position_ += count;
  return count;
}

Result<void> ObjectGenerator::fill_remaining(MutableBytes out) noexcept {
  if (out.size() != remaining()) return fail(Errc::misuse, "room for " + std::to_string(out.size()) + " bytes, but " + std::to_string(remaining()) + " remain");
  fill(out);
  return {};
}

Result<void> ObjectGenerator::seek(std::uint64_t position) {
  if (position > total()) return fail(Errc::misuse, "position " + std::to_string(position) + " lies behind the end, at " + std::to_string(total()));
  position_ = position;
  return {};
}

std::size_t ObjectGenerator::fill_at(std::uint64_t offset, MutableBytes out) const noexcept {
  if (offset >= total()) return 0;
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), total() - offset)));
  const std::size_t count = out.size();
  std::uint64_t position = offset % layout_.period_bytes();
  while (!out.empty()) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), layout_.period_bytes() - position));
    fill_stream(position, out.first(part));
    out = out.subspan(part);
    position = 0;
  }
  return count;
}

void ObjectGenerator::fill_stream(std::uint64_t position, MutableBytes out) const noexcept {
  if (layout_.compress_thousandths == 1000) return fill_random(position, out);
  const std::uint64_t cell_bytes = layout_.cell_bytes;
  std::uint64_t within = position % cell_bytes;
  ZeroBytes zeros(layout_, position / cell_bytes);
  while (!out.empty()) {
    const std::uint64_t random_end = cell_bytes - zeros.next();
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), cell_bytes - within));
    const auto random = within < random_end ? static_cast<std::size_t>(std::min<std::uint64_t>(part, random_end - within)) : 0;
    fill_random(position, out.first(random));
    std::memset(out.data() + random, 0, part - random);
    out = out.subspan(part);
    position += part;
    within = 0;
  }
}

void ObjectGenerator::fill_random(std::uint64_t position, MutableBytes out) const noexcept {
  std::array<std::uint8_t, kLineBytes> line;
  std::uint64_t number = position / kLineBytes;
  if (const std::size_t within = position % kLineBytes; within != 0 && !out.empty()) {
    const std::size_t part = std::min(out.size(), kLineBytes - within);
    kernel_->fill(key_, number++, line.data(), 1);
    std::memcpy(out.data(), line.data() + within, part);
    out = out.subspan(part);
  }
  const std::size_t lines = out.size() / kLineBytes;
  if (lines != 0) kernel_->fill(key_, number, out.data(), lines);
  out = out.subspan(lines * kLineBytes);
  if (out.empty()) return;
  kernel_->fill(key_, number + lines, line.data(), 1);
  std::memcpy(out.data(), line.data(), out.size());
}

}  // namespace npk::synth
