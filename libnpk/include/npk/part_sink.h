// An object put into its place in numbered parts, several at a time: as stores over a network take large objects ("multipart"), and as one file whose
// parts are written at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "npk/source.h"

namespace npk {

// Where one object's parts go. Implement it for a store of your own.
class PartStore {
 public:
  virtual ~PartStore() = default;
  // Takes the part with this number, from 1 on without gaps, each once, in any order; several threads at once. `offset` is where it lies in the object.
  [[nodiscard]] virtual Result<void> put(std::uint32_t number, std::uint64_t offset, ByteView bytes) = 0;
  // Called once and last, when all parts have been put: makes the object of them, durable and visible.
  [[nodiscard]] virtual Result<void> complete(std::uint32_t parts) = 0;
  // Called instead, when no put() is under way: nothing is left behind.
  virtual void abandon() noexcept = 0;
  [[nodiscard]] virtual std::string name() const = 0;
};

struct PartOptions {
  std::size_t part_bytes = 8U << 20;  // of every part but the last; 4 KiB to 1 GiB
  unsigned in_flight = 4;             // parts that are being put at most, a thread each; 1 to 64. Memory: in_flight + 1 parts
};

// write() waits while in_flight parts are being put: a slow store slows down who writes, and no more is held. An object without bytes is one empty
// part. A failure of a put surfaces as it is, at a later write() or at commit(); then, and without a commit, the store is told to abandon().
// At most 10,000 parts: Errc::limit beyond. Errc::misuse for options out of range; limit if there are no threads.
[[nodiscard]] Result<std::unique_ptr<Sink>> part_sink(std::shared_ptr<PartStore> store, const PartOptions& options = {});

// One file: parts are written at their places. Temporary name, permissions and durability as create_atomic_file; Errc::misuse for what is no regular file.
[[nodiscard]] Result<std::shared_ptr<PartStore>> part_file(const std::string& path);

inline constexpr std::uint32_t kMostParts = 10'000;

}  // namespace npk
