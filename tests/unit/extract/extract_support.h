// Extracting in one call, from memory, either way, with what was reported.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "npk/files.h"
#include "npk/ops/extract.h"
#include "npk/reader.h"
#include "support/fault_io.h"

namespace npk::testing {

enum class Way : std::uint8_t { file, pipe };

inline std::string way_name(const ::testing::TestParamInfo<Way>& info) {
  return info.param == Way::file ? "file" : "pipe";
}

inline Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

// Memory as a pipe that gives a few bytes at a time.
class MemoryPipe final : public SequentialSource {
 public:
  explicit MemoryPipe(ByteView bytes, std::size_t most = 10'000) : bytes_(bytes), most_(most) {}
  Result<std::size_t> read(MutableBytes out) override {
    const std::size_t count = std::min({out.size(), bytes_.size(), most_});
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }
  [[nodiscard]] std::string name() const override { return "<pipe>"; }

 private:
  ByteView bytes_;
  std::size_t most_;
};

struct Extracted {
  Result<ops::ExtractReport> result = fail(Errc::internal, "not run");
  std::vector<Error> problems;

  [[nodiscard]] bool is_clean() const { return result && problems.empty() && result->failed_entries == 0; }
  [[nodiscard]] Errc code() const { return result ? Errc{} : result.error().code; }
  [[nodiscard]] std::vector<std::string> problem_paths() const {
    std::vector<std::string> paths;
    for (const Error& error : problems) paths.push_back(error.path);
    std::ranges::sort(paths);
    return paths;
  }
  [[nodiscard]] std::string text() const {
    std::string all = result ? "" : "failed: " + result.error().to_string() + "\n";
    for (const Error& error : problems) all += std::string(errc_name(error.code)) + ": " + error.to_string() + "\n";
    return all;
  }
};

inline Extracted extract_bytes(ByteView package, Way way, const std::string& target, ops::ExtractOptions options = {}) {
  Extracted extracted;
  options.target_directory = target;
  options.problem = [&](const Error& error) { extracted.problems.push_back(error); };
  if (way == Way::pipe) {
    MemoryPipe pipe(package);
    extracted.result = ops::extract_stream(pipe, options);
    return extracted;
  }
  ReaderOptions reader_options;
  reader_options.limits = options.limits;
  reader_options.identities = options.identities;
  const auto reader = PackageReader::open(memory_source(package), reader_options);
  extracted.result = reader ? ops::extract(*reader, options) : std::unexpected(reader.error());
  return extracted;
}

}  // namespace npk::testing
