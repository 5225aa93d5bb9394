#include "npk/profile.h"

#include <algorithm>
#include <chrono>
#include <time.h>
#include <tuple>

#include "profile/recorder.h"

namespace npk {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

thread_local ProfileSpan* innermost = nullptr;

std::uint64_t wall_nanoseconds() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

std::uint64_t thread_nanoseconds() {
  timespec time{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return 0;
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> ids = 0;
  return ids.fetch_add(1, kRelaxed) + 1;
}

void raise(std::atomic<std::uint64_t>& most, std::uint64_t value) noexcept {
  for (std::uint64_t known = most.load(kRelaxed); known < value && !most.compare_exchange_weak(known, value, kRelaxed);) {
  }
}

std::uint64_t difference(std::uint64_t later, std::uint64_t earlier) noexcept { return later > earlier ? later - earlier : 0; }

}  // namespace

ProfileClock system_profile_clock() noexcept { return {wall_nanoseconds, thread_nanoseconds}; }

std::uint32_t packed(const ProfileKey& key) noexcept {
  return 1U << 24 | static_cast<std::uint32_t>(key.stage) << 16 | static_cast<std::uint32_t>(key.codec) << 8 | static_cast<std::uint8_t>(key.level);
}

ProfileKey unpacked(std::uint32_t key) noexcept {
  return {static_cast<ProfileStage>(key >> 16 & 0xFF), static_cast<format::CodecId>(key >> 8 & 0xFF), static_cast<std::int8_t>(key & 0xFF)};
}

Profile::Rep::Rep(const ProfileOptions& options)
    : clock(options.clock), id(next_id()), most_slices(options.most_slices),
      slices(most_slices == 0 ? nullptr : std::make_unique<SliceRecord[]>(most_slices)) {}

std::size_t Profile::Rep::layer_of(const ProfileKey& key) noexcept {
  const std::uint32_t wanted = packed(key);
  for (std::size_t i = 0; i < kLayers; ++i) {
    std::uint32_t found = layers[i].key.load(kRelaxed);
    if (found == 0 && layers[i].key.compare_exchange_strong(found, wanted, kRelaxed)) return i;
    if (found == wanted) return i;
  }
  return kLayers - 1;
}

std::uint32_t Profile::Rep::thread_number() noexcept {
  struct Number {
    std::uint64_t of = 0;  // a Profile's id
    std::uint32_t number = 0;
  };
  thread_local Number own;
  if (own.of != id) own = {id, threads_seen.fetch_add(1, kRelaxed)};
  return own.number;
}

void Profile::Rep::keep_slice(std::uint32_t key, std::uint64_t begin, std::uint64_t end, std::uint64_t bytes_in) noexcept {
  if (most_slices == 0) return;
  const std::uint64_t place = next_slice.fetch_add(1, kRelaxed);
  if (place >= most_slices) return;
  SliceRecord& slice = slices[static_cast<std::size_t>(place)];
  slice.begin.store(begin, kRelaxed);
  slice.end.store(end, kRelaxed);
  slice.bytes_in.store(bytes_in, kRelaxed);
  slice.thread.store(thread_number(), kRelaxed);
  slice.key.store(key, std::memory_order_release);
}

Profile::Profile(const ProfileOptions& options) : rep_(std::make_unique<Rep>(options)) {}
Profile::~Profile() = default;

void Profile::begin(std::string_view operation, unsigned threads) {
  rep_->operation = operation;
  rep_->threads = threads;
  rep_->begun = rep_->ended = rep_->clock.wall_nanoseconds();
}

void Profile::end() noexcept { rep_->ended = rep_->clock.wall_nanoseconds(); }

void Profile::count_lookups(std::uint64_t hits, std::uint64_t misses) noexcept {
  rep_->hits.fetch_add(hits, kRelaxed);
  rep_->misses.fetch_add(misses, kRelaxed);
}

void Profile::note_memory(const ProfileKey& key, std::uint64_t bytes) noexcept { raise(rep_->layers[rep_->layer_of(key)].memory_bytes, bytes); }

std::vector<ProfileSlice> Profile::slices() const {
  std::vector<ProfileSlice> list;
  const std::uint64_t kept = std::min<std::uint64_t>(rep_->next_slice.load(kRelaxed), rep_->most_slices);
  list.reserve(static_cast<std::size_t>(kept));
  for (std::size_t i = 0; i < kept; ++i) {
    const SliceRecord& slice = rep_->slices[i];
    const std::uint32_t key = slice.key.load(std::memory_order_acquire);
    if (key == 0) continue;
    list.push_back({unpacked(key), slice.thread.load(kRelaxed), difference(slice.begin.load(kRelaxed), rep_->begun),
                    difference(slice.end.load(kRelaxed), rep_->begun), slice.bytes_in.load(kRelaxed)});
  }
  // Of two that begin at once the longer one is around the other.
  std::ranges::sort(list, {}, [](const ProfileSlice& slice) { return std::tuple(slice.thread, slice.begin_nanoseconds, ~slice.end_nanoseconds); });
  return list;
}

void ProfileSpan::begin(const ProfileKey& key) {
  layer_ = profile_->rep_->layer_of(key);
  around_ = innermost;
  innermost = this;
  begin_ = {profile_->rep_->clock.wall_nanoseconds(), profile_->rep_->clock.thread_nanoseconds()};
}

void ProfileSpan::end() noexcept {
  Profile::Rep& rep = *profile_->rep_;
  const Times now{rep.clock.wall_nanoseconds(), rep.clock.thread_nanoseconds()};
  const Times all{difference(now.wall, begin_.wall), difference(now.processor, begin_.processor)};
  LayerCounters& layer = rep.layers[layer_];
  const std::uint64_t own = difference(all.wall, within_.wall);
  layer.calls.fetch_add(1, kRelaxed);
  layer.bytes_in.fetch_add(bytes_in_, kRelaxed);
  layer.bytes_out.fetch_add(bytes_out_, kRelaxed);
  layer.nanoseconds.fetch_add(own, kRelaxed);
  layer.processor_nanoseconds.fetch_add(difference(all.processor, within_.processor), kRelaxed);
  raise(layer.longest_nanoseconds, own);
  rep.keep_slice(layer.key.load(kRelaxed), begin_.wall, now.wall, bytes_in_);
  innermost = around_;
  if (around_ == nullptr) return;
  around_->within_.wall += all.wall;
  around_->within_.processor += all.processor;
}

void ProfileSpan::take_sample(ByteView raw) noexcept {
  if (raw.empty()) return;
  LayerCounters& layer = profile_->rep_->layers[layer_];
  layer.sampled_bytes.fetch_add(raw.size(), kRelaxed);
  layer.sampled_millibits.fetch_add(entropy_millibits(raw) * raw.size(), kRelaxed);
}

}  // namespace npk
