// Batches out of items, run on one engine; the engines that a test goes through.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "accel/device/backends.h"
#include "accel/engine.h"

namespace npk::accel {

struct TestItem {
  Bytes input = {};
  std::uint64_t room = 0;
  std::uint32_t parameter = 0;
};

struct TestWork {
  Operation operation{};
  std::vector<TestItem> items = {};
  std::vector<std::uint64_t> table = {};
  std::vector<Bytes> needles = {};
  CutBounds cuts = {};
  std::uint64_t gap = 0;  // between outputs
};

struct TestResult {
  std::vector<Outcome> outcomes;
  std::vector<Bytes> outputs;  // what the outcomes' bytes are of those that are ok
  BatchTimes times = {};
};

inline bool has_parameter(Operation operation) {
  return operation == Operation::delta_encode || operation == Operation::delta_decode || operation == Operation::bit_pack ||
         operation == Operation::bit_unpack || operation == Operation::cut_points;
}

class LaidOut {
 public:
  explicit LaidOut(const TestWork& work) : work_(work), needles(work.needles.begin(), work.needles.end()), outcomes(work.items.size()) {
    for (const TestItem& item : work.items) {
      input.resize((input.size() + 7) / 8 * 8);
      inputs.push_back({input.size(), item.input.size()});
      input.insert(input.end(), item.input.begin(), item.input.end());
      output.resize((output.size() + 7) / 8 * 8);
      outputs.push_back({output.size(), item.room});
      output.resize(output.size() + item.room + work.gap, 0x5A);
      if (has_parameter(work.operation)) parameters.push_back(item.parameter);
    }
  }
  Batch batch() { return {work_.operation, input, inputs, output, outputs, outcomes, parameters, work_.table, needles, work_.cuts}; }

  TestResult result() const {
    TestResult out{outcomes, {}, {}};
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const std::uint64_t bytes = outcomes[i].status == ItemStatus::ok ? outcomes[i].bytes : 0;
      const auto begin = output.begin() + static_cast<std::ptrdiff_t>(outputs[i].offset);
      out.outputs.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(bytes));
      for (std::uint64_t at = outputs[i].bytes; at < outputs[i].bytes + work_.gap; ++at)
        EXPECT_EQ(begin[static_cast<std::ptrdiff_t>(at)], 0x5A) << "behind item " << i;
    }
    return out;
  }

 private:
  const TestWork& work_;

 public:
  Bytes input, output;
  std::vector<Extent> inputs, outputs;
  std::vector<std::uint32_t> parameters;
  std::vector<ByteView> needles;
  std::vector<Outcome> outcomes;
};

inline TestResult run_on(Engine& engine, const TestWork& work) {
  LaidOut laid(work);
  auto queue = engine.open_queue();
  EXPECT_TRUE(queue.has_value());
  if (!queue) return {};
  const auto begun = (*queue)->submit(laid.batch());
  EXPECT_TRUE(begun.has_value()) << begun.error().to_string();
  const auto times = (*queue)->wait();
  EXPECT_TRUE(times.has_value()) << times.error().to_string();
  TestResult result = laid.result();
  if (times) result.times = *times;
  return result;
}

inline TestResult run_on_cpu(const TestWork& work) {
  const auto engine = open_engine(AccelBackend::cpu);
  return run_on(**engine, work);
}

// A driver made of the kernels' own source, compiled for this processor.
inline Drivers emulated_drivers(std::uint32_t group_size = 0) {
  static constexpr std::string_view kImage = "emulated kernels";
  return {.opencl = "", .cuda = NPK_EMULATED_DRIVER, .cuda_image = as_bytes(kImage), .group_size = group_size};
}

// What the emulated driver's streams did since the last call with `start`: "W1 k1 R1 s1" (emulated_driver.cc).
inline std::string emulated_calls(bool start) {
  void* const library = ::dlopen(NPK_EMULATED_DRIVER, RTLD_NOW | RTLD_LOCAL);
  const auto calls = reinterpret_cast<const char* (*)(bool)>(::dlsym(library, "npk_emulated_calls"));
  std::string text = calls(start);
  ::dlclose(library);
  return text;
}

struct NamedEngine {
  std::string name;
  AccelBackend backend;
  Drivers drivers;
};

inline void PrintTo(const NamedEngine& engine, std::ostream* out) { *out << engine.name; }

// Every backend but the reference. OpenCL must be there: tests/dependencies installs it. A CUDA device is used where one is.
inline std::vector<NamedEngine> engines_to_test() {
  std::vector<NamedEngine> engines = {
      {"opencl", AccelBackend::opencl, {}},
      {"opencl_groups_of_32", AccelBackend::opencl, {.group_size = 32}},
      {"emulated_cuda", AccelBackend::cuda, emulated_drivers(1)},
      {"emulated_cuda_groups_of_32", AccelBackend::cuda, emulated_drivers(32)},
  };
  if (!find_cuda({}).empty()) engines.push_back({"cuda", AccelBackend::cuda, {}});
  return engines;
}

inline void put(Bytes& out, std::uint64_t value) {
  out.resize(out.size() + 8);
  store_le(out.data() + out.size() - 8, value);
}
inline Bytes values_of(const std::vector<std::uint64_t>& values) {
  Bytes out;
  for (const std::uint64_t value : values) put(out, value);
  return out;
}

}  // namespace npk::accel
