// What one thread of a StreamSoak does: session after session, each one choice out of its seed.
#pragma once

#include <optional>

#include "system/stream_soak.h"

namespace npk::testing {

class SoakSession {
 public:
  SoakSession(StreamSoak& soak, StopSlot& slot, std::uint64_t seed) : soak_(soak), slot_(slot), random_(seed) {}
  ~SoakSession() { let_go_of_chunks(); }

  void run();

 private:
  // A stream, and what it must answer: position and counters after what it returned.
  struct Reading {
    FileStream stream;
    ByteView content;
    std::string name;  // for faults
    bool may_stop = false;
    bool may_limit = false, may_limit_chunks = false;  // by a time-out; by a pool of the stream's own that has no room
    std::uint64_t position = 0, bytes = 0, operations = 0, seeks = 0, chunks = 0;
  };
  struct HeldChunk {
    StreamChunk chunk;
    ByteView content;
  };

  std::optional<Entry> look_up(const PackageReader& reader, const SoakPackage& package, std::size_t number);
  StreamOptions draw_options();
  void read_entry(const PackageReader& reader, const SoakPackage& package);
  void read_reopened(const SoakPackage& package);
  void read_shared(std::size_t package);
  void read_batch(const PackageReader& reader, const SoakPackage& package);

  void read_steps(Reading& reading);
  // Whether the stream is still of use.
  bool step(Reading& reading);
  bool read(Reading& reading, std::size_t length);
  bool read_at(Reading& reading, std::uint64_t offset, std::size_t length);
  bool lend_at(Reading& reading, std::uint64_t offset, std::size_t length);
  bool read_chunk(Reading& reading);
  bool seek(Reading& reading, std::uint64_t offset);
  bool refused(Reading& reading, const Error& error, bool may_limit);
  void check_end(Reading& reading);

  void compare(ByteView answer, ByteView content, std::uint64_t offset, std::size_t length, const std::string& name);
  void hold(StreamChunk chunk, ByteView content);
  void let_go_of_chunks();
  [[nodiscard]] bool one_in(std::uint64_t count) { return random_() % count == 0; }
  [[nodiscard]] std::size_t draw_length();

  StreamSoak& soak_;
  StopSlot& slot_;
  std::mt19937_64 random_;
  std::stop_source stop_;
  Bytes out_;
  std::vector<HeldChunk> held_;
};

}  // namespace npk::testing
