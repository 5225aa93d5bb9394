// What random_read_probe reads from. One Backend for all threads; each thread has a Session of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "places.h"

namespace npk::bench {

class Session {
 public:
  virtual ~Session() = default;
  // Up to room.size() bytes at a place, in `room` or wherever they lie until the next call. Throws std::runtime_error.
  virtual std::span<const std::uint8_t> read(const Place& place, std::span<std::uint8_t> room) = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::unique_ptr<Session> session() = 0;
};

struct BackendOptions {
  std::string path;                 // of the package, folder or archive
  std::uint64_t cache_bytes = 0;    // where the backend has a cache of its own
  std::string identities;           // file of what opens a sealed package; empty: it is not sealed
  bool lend = false;                // npk: the bytes are not copied
  bool keep_open = false;           // files stay open from one read to the next; else each read opens its file by path
};

std::unique_ptr<Backend> make_npk_backend(const BackendOptions& options, const std::vector<File>& files);
std::unique_ptr<Backend> make_directory_backend(const BackendOptions& options, const std::vector<File>& files);
std::unique_ptr<Backend> make_zip_backend(const BackendOptions& options, const std::vector<File>& files);  // null: built without libzip

}  // namespace npk::bench
