// Memory that one encoder after another works in: taken from the system once and in huge pages, as faults are up to a third of the time of a block
// taken apart in memory of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace npk::codec {

// One thread's at a time. Pieces are whole pages, the first that are free and long enough.
class EncoderPages {
 public:
  static constexpr std::size_t kLeastBytes = 64U << 10;  // what is shorter is malloc's: of each size it keeps what it has freed
  static constexpr std::size_t kPageBytes = 4096;

  // Of most_bytes at a time, rounded down to pages: address space until they are written to, then kept until it ends. Where there is none, nothing fits.
  explicit EncoderPages(std::uint64_t most_bytes);
  // All pieces have been given back.
  ~EncoderPages();
  EncoderPages(const EncoderPages&) = delete;
  EncoderPages& operator=(const EncoderPages&) = delete;

  // Of the thread's last Use that has not ended; null without one.
  [[nodiscard]] static EncoderPages* current() noexcept;

  // Not initialized. Null if no free piece is as long: then those that are free have gone back to the system, so that as much may be taken elsewhere.
  [[nodiscard]] void* take(std::size_t bytes) noexcept;
  // False for what is not from here.
  [[nodiscard]] bool give_back(void* memory) noexcept;

  // Makes them its thread's current ones while it lives.
  class Use {
   public:
    explicit Use(EncoderPages* pages) noexcept;
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    EncoderPages* before_;
  };

 private:
  // By its first page; what lies between two such is unspecified.
  struct Piece {
    std::uint32_t pages;
    bool is_taken;
  };

  void join_free(std::size_t at) noexcept;
  void release_free() noexcept;

  std::uint8_t* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::uint8_t* begin_ = nullptr;  // of the first huge page
  std::vector<Piece> pieces_;
};

// As malloc and free are, for libraries that take such functions; `pages`, an EncoderPages or null, is where what is not short comes from if it fits.
[[nodiscard]] void* allocate_from(void* pages, std::size_t bytes) noexcept;
void release_to(void* pages, void* memory) noexcept;

}  // namespace npk::codec
