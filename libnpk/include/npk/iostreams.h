// Opt-in: a FileStream as a Boost.Iostreams device, and so as a std::istream for code that knows nothing else. The one
// public header that shows another library; link npk::iostreams (header only: nothing of Boost is linked).
//
//   npk::iostreams::EntryStream in(npk::iostreams::EntryDevice(std::move(stream)));
//   in.seekg(1000); in >> word; nlohmann::json::parse(in); …
//
// As a std::ifstream: reading at the end sets eofbit, seeking beyond the end is allowed and reading there finds the end,
// clear() and seekg() go on. Otherwise than there, as Boost's own devices do it: seeking before the beginning is badbit,
// and leaves the position unspecified. An error of npk is a Failure, thrown out of the device: the istream sets badbit,
// and passes the Failure on where exceptions() asks for badbit.
//
// Copies of a device are handles on one stream and share its position, as copies of boost::iostreams::file_descriptor
// do. One thread at a time for all of them; open a stream for each thread. The FileStream lives as long as the last
// handle, and is not closed by closing an istream over it.
#pragma once

#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/positioning.hpp>
#include <boost/iostreams/stream.hpp>
#include <cstdint>
#include <ios>
#include <memory>
#include <utility>

#include "npk/stream.h"

namespace npk::iostreams {

class Failure : public std::ios_base::failure {
 public:
  explicit Failure(Error error)
      : std::ios_base::failure(error.to_string()), error_(std::make_shared<const Error>(std::move(error))) {}
  [[nodiscard]] const Error& error() const noexcept { return *error_; }

 private:
  std::shared_ptr<const Error> error_;
};

// A model of Boost.Iostreams' SeekableDevice, for input.
class EntryDevice {
 public:
  using char_type = char;
  struct category : boost::iostreams::input_seekable, boost::iostreams::device_tag {};

  explicit EntryDevice(FileStream stream) : EntryDevice(std::make_shared<FileStream>(std::move(stream))) {}
  // For a caller that goes on to ask it for statistics and progress; begins at the stream's position.
  explicit EntryDevice(std::shared_ptr<FileStream> stream)
      : state_(std::make_shared<State>(State{stream, stream->position()})) {}

  // Bytes read, -1 at the end or beyond. Throws Failure; the position stays.
  std::streamsize read(char* out, std::streamsize count) {
    if (count <= 0) return 0;
    FileStream& stream = *state_->stream;
    if (state_->position >= stream.size()) return -1;
    if (stream.position() != state_->position) throw_if_failed(stream.seek(state_->position));
    const auto read = stream.read({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(count)});
    throw_if_failed(read);
    state_->position += *read;
    return *read == 0 ? -1 : static_cast<std::streamsize>(*read);
  }

  // The new position. Throws Failure (Errc::misuse) for one before the beginning or beyond what a stream can say.
  std::streampos seek(boost::iostreams::stream_offset offset, std::ios_base::seekdir from) {
    const std::uint64_t base = from == std::ios_base::beg   ? 0
                               : from == std::ios_base::cur ? state_->position
                                                            : state_->stream->size();
    std::int64_t position = 0;
    if (base > INT64_MAX || __builtin_add_overflow(static_cast<std::int64_t>(base), offset, &position) || position < 0)
      throw Failure({.code = Errc::misuse, .message = "seek to before the beginning, or too far, of a stream"});
    state_->position = static_cast<std::uint64_t>(position);
    return boost::iostreams::offset_to_position(position);
  }

  [[nodiscard]] const FileStream& stream() const noexcept { return *state_->stream; }

 private:
  struct State {
    std::shared_ptr<FileStream> stream;
    std::uint64_t position = 0;  // may be beyond the end
  };

  template <class T>
  static void throw_if_failed(const Result<T>& result) {
    if (!result) throw Failure(result.error());
  }

  std::shared_ptr<State> state_;
};

using EntryStream = boost::iostreams::stream<EntryDevice>;

}  // namespace npk::iostreams
