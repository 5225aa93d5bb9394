// The streams of a block's code while it is taken apart, when how long they become is not known: each is a list of pieces of one buffer.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "codec/filter/encoder_memory.h"
#include "npk/bytes.h"

namespace npk::codec::executable {

template <std::size_t kStreams>
class StreamPieces {
 public:
  static constexpr std::size_t kStride = 16;  // more than what is put at once, put_many's aside; what is written behind that is overwritten by what follows
  static constexpr std::size_t kPieceBytes = 16U << 10;

  // `length`: of all streams, at most; what is longer is not whole.
  explicit StreamPieces(std::size_t length) : room_(buffer_.take(room_for(length))) {
    pieces_.reserve(room_.size() / kPieceBytes + 1);
    to_.fill(nowhere_.data());
    end_.fill(nowhere_.data());
  }
  StreamPieces(const StreamPieces&) = delete;
  StreamPieces& operator=(const StreamPieces&) = delete;

  // And a piece for each stream that is not full.
  [[nodiscard]] static constexpr std::size_t room_for(std::size_t length) noexcept {
    return length + length / kPieceBytes * kStride + (kStreams + 1) * kPieceBytes;
  }

  template <std::size_t kLength>
  [[gnu::always_inline]] void put(std::size_t stream, const std::uint8_t* bytes) {
    std::memcpy(room_of(stream), bytes, kLength);
    to_[stream] += kLength;
  }
  // kStride bytes can be read.
  [[gnu::always_inline]] void put_up_to_stride(std::size_t stream, const std::uint8_t* bytes, std::size_t length) {
    std::memcpy(room_of(stream), bytes, kStride);
    to_[stream] += length;
  }
  void put_many(std::size_t stream, ByteView bytes) {
    while (!bytes.empty()) {
      std::uint8_t* const to = room_of(stream);
      const std::size_t length = std::min(bytes.size(), static_cast<std::size_t>(end_[stream] - to));
      std::memcpy(to, bytes.data(), length);
      to_[stream] += length;
      bytes = bytes.subspan(length);
    }
  }

  // False: there was no room, as what is no code grew.
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }
  // Nothing is put any more.
  void finish() {
    for (std::size_t stream = 0; stream < kStreams; ++stream) close(stream);
  }
  [[nodiscard]] std::size_t length_of(std::size_t stream) const noexcept {
    std::size_t length = 0;
    for (const Piece& piece : pieces_) length += piece.stream == stream ? piece.bytes.size() : 0;
    return length;
  }
  [[nodiscard]] std::uint8_t* copy(std::size_t stream, std::uint8_t* to) const {
    for (const Piece& piece : pieces_)
      if (piece.stream == stream) to = std::ranges::copy(piece.bytes, to).out;
    return to;
  }

 private:
  struct Piece {
    std::size_t stream;
    ByteView bytes;
  };

  // Where kStride bytes can be written.
  [[gnu::always_inline]] std::uint8_t* room_of(std::size_t stream) {
    if (end_[stream] - to_[stream] < std::ptrdiff_t{kStride}) [[unlikely]] open(stream);
    return to_[stream];
  }

  [[gnu::noinline]] void open(std::size_t stream) {
    close(stream);
    if (room_.size() < kPieceBytes) {
      is_whole_ = false;  // what comes is written over and over
      to_[stream] = begin_[stream] = nowhere_.data();
      end_[stream] = nowhere_.data() + nowhere_.size();
      return;
    }
    to_[stream] = begin_[stream] = room_.data();
    end_[stream] = room_.data() + kPieceBytes;
    room_ = room_.subspan(kPieceBytes);
  }

  void close(std::size_t stream) {
    if (is_whole_ && begin_[stream] != nullptr && begin_[stream] != to_[stream])
      pieces_.push_back({stream, {begin_[stream], static_cast<std::size_t>(to_[stream] - begin_[stream])}});
    begin_[stream] = to_[stream];
  }

  FilterBuffer buffer_;
  MutableBytes room_;  // what is left of it
  std::array<std::uint8_t, 2 * kStride> nowhere_{};  // where what there is no room for goes
  std::array<std::uint8_t*, kStreams> begin_{}, to_{}, end_{};
  FilterVector<Piece> pieces_;
  bool is_whole_ = true;
};

}  // namespace npk::codec::executable
