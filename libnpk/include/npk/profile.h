// Where the time and the bytes of an operation go: by stage, and by codec within a stage. An operation whose options
// name a Profile counts into it; null costs nothing. What is measured are whole batches and blocks, never single files
// or chunks: two pairs of clocks a call of a stage.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/ids.h"

namespace npk {

// In the order in which data passes them. Some are of writing, some of reading, `read` of both.
enum class ProfileStage : std::uint8_t {
  scan,          // the input's tree; append: and what is different
  plan,          // writing: what the next batch holds, opening large files; reading: which entries and blocks; verify: pages, references, frames
  read,          // input, or frames of a package
  inspect,       // places where content may be cut, kinds of content
  cut,
  hash,          // of chunks
  deduplicate,   // looking chunks up, filling blocks
  choose,        // how a block is stored
  filter,        // by codec
  compress,      // by codec and level
  encrypt,
  digest,        // of stored blocks
  check,         // of stored frames
  decrypt,
  decompress,    // by codec
  unfilter,      // by codec; of writing, too: whether a filtered block comes back
  check_chunks,  // verify: hashes of chunks
  check_files,   // verify: digests of files of several chunks
  restore,       // content of files to the target
  metadata,      // entries without content, links, directories' metadata
  index,         // manifests, chunk pages, catalog, commit: made and compressed
  write,         // the package
  sync,          // until it is safe, and under its name
};
inline constexpr std::size_t kProfileStages = 23;

// "scan", "check_chunks", …: stable.
[[nodiscard]] std::string_view name_of(ProfileStage stage) noexcept;

struct ProfileKey {
  ProfileStage stage{};
  format::CodecId codec = format::CodecId::store;  // of filter, compress, decompress, unfilter; else store
  std::int8_t level = 0;                           // of compress
  friend bool operator==(const ProfileKey&, const ProfileKey&) = default;
};

// "compress (zstd 9)", "filter (words)", "read".
[[nodiscard]] std::string layer_name(const ProfileKey& key);
// "zstd", "words", …; "codec 200" for one without a name.
[[nodiscard]] std::string codec_name(format::CodecId codec);

struct ProfileLayer {
  ProfileKey key;
  std::uint64_t calls = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;       // 0: not known, or none
  std::uint64_t nanoseconds = 0;                   // of the calls, added up over all threads, without layers that a call went through in turn
  std::uint64_t processor_nanoseconds = 0;         // of these, the threads' processor time
  std::uint64_t longest_nanoseconds = 0;           // of one call
  unsigned share_thousandths = 0;                  // of the time of all layers; these add up to 1000 unless there is no time
  std::optional<double> entropy_bits = {};         // a byte, of order 0: the mean of samples of what went in
  std::uint64_t memory_bytes = 0;                  // most that it may hold, by the operation's plan; 0: not known

  // Neither input, nor output, nor a processor was there for it.
  [[nodiscard]] std::uint64_t waiting_nanoseconds() const noexcept {
    return nanoseconds > processor_nanoseconds ? nanoseconds - processor_nanoseconds : 0;
  }
};

// By the share of the slowest layer in the time of all.
enum class BottleneckLevel : std::uint8_t {
  none,         // there is no time to share
  minor,        // at most 10 %
  moderate,     // above 10 %
  significant,  // above 30 %
  critical,     // above 60 %
};
[[nodiscard]] std::string_view name_of(BottleneckLevel level) noexcept;
// Exact: 60 of 100 is significant, 601 of 1000 critical.
[[nodiscard]] BottleneckLevel bottleneck_level(std::uint64_t part, std::uint64_t whole) noexcept;

struct ProfileReport {
  std::string operation;                      // "pack", "append", "extract", "verify"
  std::uint64_t nanoseconds = 0;              // from its beginning to its end
  unsigned threads = 0, processors = 0;
  std::uint64_t bytes_in = 0;                 // what `read` took in: the first layer's input, not a sum over layers
  std::uint64_t bytes_out = 0;                // what write, restore or else check_chunks put out: the last layer's output
  std::uint64_t layer_nanoseconds = 0;        // of all layers and threads
  std::uint64_t idle_nanoseconds = 0;         // of all threads: in no layer, waiting for another, or for the last
  std::uint64_t input_wait_nanoseconds = 0;   // of scan, plan and read
  std::uint64_t output_wait_nanoseconds = 0;  // of restore, metadata, write and sync
  std::uint64_t peak_memory_bytes = 0;        // resident, of the process so far
  std::uint64_t chunk_hits = 0, chunk_misses = 0;  // chunks that were there already, or not
  std::optional<double> entropy_bits = {};    // a byte, of all samples of raw blocks
  std::vector<ProfileLayer> layers;           // that were called, in order
  BottleneckLevel bottleneck = BottleneckLevel::none;
  std::optional<std::size_t> slowest = {};    // of layers
  std::string advice;                         // one sentence, naming the option to change
  std::uint64_t slices_dropped = 0;           // beyond ProfileOptions::most_slices
};

// One call.
struct ProfileSlice {
  ProfileKey key;
  unsigned thread = 0;  // from 0
  std::uint64_t begin_nanoseconds = 0, end_nanoseconds = 0;  // since the operation began; calls within others are of both
  std::uint64_t bytes_in = 0;
};

struct ProfileClock {
  std::uint64_t (*wall_nanoseconds)();    // never goes back
  std::uint64_t (*thread_nanoseconds)();  // processor time of the calling thread
};
[[nodiscard]] ProfileClock system_profile_clock() noexcept;

struct ProfileOptions {
  std::size_t most_slices = 0;  // kept, 40 bytes each; the first ones, further ones are counted only
  ProfileClock clock = system_profile_clock();
};

// Of one operation. Counting is thread-safe and takes no lock; report() and slices() are for when the operation is over.
class Profile {
 public:
  explicit Profile(const ProfileOptions& options = {});
  ~Profile();
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  void begin(std::string_view operation, unsigned threads);
  void end() noexcept;
  void count_lookups(std::uint64_t hits, std::uint64_t misses) noexcept;
  void note_memory(const ProfileKey& key, std::uint64_t bytes) noexcept;

  [[nodiscard]] ProfileReport report() const;
  [[nodiscard]] std::vector<ProfileSlice> slices() const;  // by thread, then by beginning

 private:
  friend class ProfileSpan;
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// The time from here to the end of the scope is the layer's, but for what spans within it, on this thread, take.
class ProfileSpan {
 public:
  ProfileSpan(Profile* profile, const ProfileKey& key) : profile_(profile) {
    if (profile_ != nullptr) begin(key);
  }
  ProfileSpan(Profile* profile, ProfileStage stage) : ProfileSpan(profile, ProfileKey{stage}) {}
  ~ProfileSpan() {
    if (profile_ != nullptr) end();
  }
  ProfileSpan(const ProfileSpan&) = delete;
  ProfileSpan& operator=(const ProfileSpan&) = delete;

  void add_bytes(std::uint64_t in, std::uint64_t out) noexcept { bytes_in_ += in, bytes_out_ += out; }
  // Takes the entropy of a few KiB of it.
  void sample(ByteView raw) noexcept {
    if (profile_ != nullptr) take_sample(raw);
  }

 private:
  struct Times {
    std::uint64_t wall = 0, processor = 0;
  };
  void begin(const ProfileKey& key);
  void end() noexcept;
  void take_sample(ByteView raw) noexcept;

  Profile* profile_;
  ProfileSpan* around_ = nullptr;  // of this thread
  std::size_t layer_ = 0;
  Times begin_, within_;           // within_: taken by spans within this one
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
};

// begin() and end().
class ProfiledRun {
 public:
  ProfiledRun(Profile* profile, std::string_view operation, unsigned threads) : profile_(profile) {
    if (profile_ != nullptr) profile_->begin(operation, threads);
  }
  ~ProfiledRun() {
    if (profile_ != nullptr) profile_->end();
  }
  ProfiledRun(const ProfiledRun&) = delete;
  ProfiledRun& operator=(const ProfiledRun&) = delete;

 private:
  Profile* profile_;
};

}  // namespace npk
