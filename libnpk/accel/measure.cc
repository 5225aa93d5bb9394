#include <algorithm>
#include <chrono>
#include <cstring>

#include "accel/engine.h"
#include "accel/measure_data.h"

namespace npk {
namespace {

using accel::Engine;
using accel::MadeWork;
using accel::Operation;
using accel::Outcome;

struct Results {
  Bytes output;
  std::vector<Outcome> outcomes;
};

// What the items gave, not what lies between them.
bool is_same(const MadeWork& work, const Results& expected, MutableBytes output, const std::vector<Outcome>& outcomes) {
  if (expected.outcomes != outcomes) return false;
  for (std::size_t item = 0; item < outcomes.size(); ++item) {
    const std::uint64_t offset = work.outputs[item].offset;
    if (std::memcmp(expected.output.data() + offset, output.data() + offset, outcomes[item].bytes) != 0) return false;
  }
  return true;
}

Result<Results> reference_of(const MadeWork& work) {
  NPK_ASSIGN(const auto engine, accel::open_engine(AccelBackend::cpu));
  NPK_ASSIGN(const auto queue, engine->open_queue());
  Results results{Bytes(work.output_bytes), std::vector<Outcome>(work.inputs.size())};
  NPK_TRY(queue->submit(work.batch(work.input, results.output, results.outcomes)));
  NPK_ASSIGN(const accel::BatchTimes times, queue->wait());
  static_cast<void>(times);
  return results;
}

// One batch more than is counted, so that the first's set-up is not.
Result<AccelMeasurement> measure_on(Engine& engine, const MadeWork& work, const Results& expected, unsigned batches) {
  NPK_ASSIGN(const auto queue, engine.open_queue());
  NPK_ASSIGN(const auto input, engine.allocate(work.input.size()));
  NPK_ASSIGN(const auto output, engine.allocate(work.output_bytes));
  std::ranges::copy(work.input, input->bytes().begin());
  std::vector<Outcome> outcomes(work.inputs.size());
  AccelMeasurement result{.device = engine.device(),
                          .operation = std::string(name_of(work.operation)),
                          .input_bytes = 0,
                          .items = work.inputs.size(),
                          .batches = batches};
  for (const accel::Extent& extent : work.inputs) result.input_bytes += extent.bytes;
  for (unsigned run = 0; run <= batches; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    NPK_TRY(queue->submit(work.batch(input->bytes(), output->bytes(), outcomes)));
    NPK_ASSIGN(const accel::BatchTimes times, queue->wait());
    const auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin);
    const auto host = static_cast<std::uint64_t>(taken.count());
    if (run == 0) result.same_as_processor = is_same(work, expected, output->bytes(), outcomes);
    if (run == 0 || (run > 1 && host >= result.host_nanoseconds)) continue;
    result.host_nanoseconds = host;
    result.kernel_nanoseconds = times.kernel_nanoseconds;
    result.transfer_nanoseconds = times.transfer_nanoseconds;
  }
  for (const Outcome& outcome : outcomes) result.output_bytes += outcome.bytes;
  return result;
}

Result<std::vector<Operation>> operations_named(const std::vector<std::string>& names) {
  std::vector<Operation> operations;
  for (std::size_t i = 0; i < accel::kOperations; ++i) {
    const auto operation = static_cast<Operation>(i);
    if (names.empty() || std::ranges::find(names, name_of(operation)) != names.end()) operations.push_back(operation);
  }
  if (!names.empty() && operations.size() != names.size()) return fail(Errc::misuse, "not the name of an operation, or one twice");
  return operations;
}

Result<std::vector<std::unique_ptr<Engine>>> engines_of(const AccelMeasureOptions& options) {
  std::vector<std::unique_ptr<Engine>> engines;
  for (const AccelDevice& device : accel_devices()) {
    if (options.only && *options.only != device.backend) continue;
    NPK_ASSIGN(auto engine, accel::open_engine(device.backend, device.number));
    engines.push_back(std::move(engine));
  }
  if (engines.empty()) return fail(Errc::misuse, "there is no " + std::string(name_of(*options.only)) + " device here");
  return engines;
}

}  // namespace

Result<std::vector<AccelMeasurement>> measure_accel(const AccelMeasureOptions& options) {
  if (options.batches == 0 || options.batch_bytes == 0) return fail(Errc::misuse, "at least one batch of at least one byte");
  if (options.batch_bytes > (std::uint64_t{1} << 31)) return fail(Errc::limit, "batches of at most 2 GiB");
  NPK_ASSIGN(const std::vector<Operation> operations, operations_named(options.operations));
  NPK_ASSIGN(const auto engines, engines_of(options));
  std::vector<AccelMeasurement> all;
  for (const Operation operation : operations) {
    const MadeWork work = accel::make_work(operation, options.batch_bytes);
    NPK_ASSIGN(const Results expected, reference_of(work));
    for (const auto& engine : engines) {
      if (options.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      NPK_ASSIGN(AccelMeasurement measured, measure_on(*engine, work, expected, options.batches));
      if (options.on_measured) options.on_measured(measured);
      all.push_back(std::move(measured));
    }
  }
  return all;
}

}  // namespace npk
