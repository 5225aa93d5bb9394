// A FileStream where a RandomAccessSource is wanted: process_streams, another FileStream, a PackageReader inside a package.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "npk/source.h"
#include "npk/stream.h"

namespace npk {

// Reads by FileStream::read_at, so the stream's position stays; any threads, as there. Of a closed stream: Errc::misuse.
class FileStreamSource final : public RandomAccessSource {
 public:
  explicit FileStreamSource(std::shared_ptr<const FileStream> stream, std::string name = "<stream>")
      : stream_(std::move(stream)), name_(std::move(name)) {}

  [[nodiscard]] Result<std::uint64_t> size() const override { return stream_->size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    return stream_->read_at(offset, out);
  }
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  std::shared_ptr<const FileStream> stream_;
  std::string name_;
};

}  // namespace npk
