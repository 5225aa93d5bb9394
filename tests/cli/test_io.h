// Streams in memory for verbs run in-process.
#pragma once

#include <string>
#include <vector>

#include "tools/npk/io.h"
#include "tools/npk/verbs.h"

namespace npk::tools {

class TextSource final : public SequentialSource {
 public:
  std::string text;

  Result<std::size_t> read(MutableBytes out) override;
  std::string name() const override { return "standard input"; }
};

// Fails with `error_number` once it has taken `room` bytes.
class TextSink final : public Sink {
 public:
  std::string text;
  std::size_t room = SIZE_MAX;
  int error_number = 0;

  Result<void> write(ByteView bytes) override;
  Result<void> commit() override { return {}; }
  std::string name() const override { return kStandardOutput; }
};

struct TestRun {
  TextSource in;
  TextSink out;
  TextSink err;
  bool is_terminal = false;
  std::optional<std::string> source_date;

  int operator()(const Arguments& arguments);
};

}  // namespace npk::tools
