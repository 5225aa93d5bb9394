// Every backend against the reference, over random and hostile items.
#include <lz4.h>

#include <algorithm>

#include "accel_support.h"

namespace npk::accel {
namespace {

using Random = std::mt19937_64;

// Sizes around what tiles and groups hold, and such as end within a word.
std::uint64_t count_of(Random& random) {
  constexpr std::array<std::uint64_t, 24> kCounts = {0, 1, 2, 3, 5, 7, 8, 9, 63, 64, 65, 127, 128, 129, 255, 257, 511, 513, 1023, 1024, 1025, 4095, 4097, 9000};
  return kCounts[random() % kCounts.size()];
}

std::uint64_t value_of(Random& random) {
  switch (random() % 6) {
    case 0: return random();
    case 1: return 0;
    case 2: return UINT64_MAX;
    case 3: return std::uint64_t{1} << 63;
    default: return random() >> (random() & 63);
  }
}

Bytes random_values(Random& random, std::uint64_t count) {
  Bytes out;
  for (std::uint64_t i = 0; i < count; ++i) put(out, value_of(random));
  return out;
}

Bytes random_bytes(Random& random, std::uint64_t count, unsigned alphabet = 256) {
  Bytes out(count);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random() % alphabet);
  return out;
}

// Some bytes other than they were, or fewer.
void damage(Random& random, Bytes& bytes) {
  if (bytes.empty() || random() % 2 == 0) return;
  if (random() % 3 == 0) return bytes.resize(random() % bytes.size());
  for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = random() % 4 == 0 ? 0 : static_cast<std::uint8_t>(random());
}

Bytes encoded(Operation operation, const Bytes& input, std::uint32_t parameter) {
  return run_on_cpu({operation, {{input, *output_bound(operation, input.size(), parameter), parameter}}}).outputs[0];
}

Bytes compressed(const Bytes& input) {
  Bytes out(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(input.size()))));
  const int bytes = LZ4_compress_default(reinterpret_cast<const char*>(input.data()), reinterpret_cast<char*>(out.data()), static_cast<int>(input.size()),
                                         static_cast<int>(out.size()));
  out.resize(static_cast<std::size_t>(bytes));
  return out;
}

// Mostly as it should be, now and then too little.
std::uint64_t some_room(Random& random, std::uint64_t wanted) { return random() % 5 == 0 ? random() % (wanted + 1) : wanted; }

TestItem lz4_item(Random& random) {
  const Bytes raw = random_bytes(random, count_of(random) * (random() % 4), random() % 2 == 0 ? 3 : 256);
  TestItem item{compressed(raw), some_room(random, raw.size())};
  damage(random, item.input);
  if (random() % 8 == 0) item.input = random_bytes(random, random() % 40, 20);
  return item;
}

TestItem frame_item(Random& random) {
  const std::uint64_t count = count_of(random);
  Bytes values;
  const unsigned shift = random() & 63;
  const std::uint64_t base = random();
  for (std::uint64_t i = 0; i < count; ++i) put(values, base + (random() >> shift));
  TestItem item{encoded(Operation::frame_encode, values, 0), some_room(random, values.size())};
  damage(random, item.input);
  return item;
}

TestItem bits_item(Random& random, Operation operation) {
  const auto width = static_cast<std::uint32_t>(1 + random() % 64);
  Bytes values;
  const std::uint64_t count = count_of(random);
  for (std::uint64_t i = 0; i < count; ++i) put(values, random() >> (64 - width));
  if (operation == Operation::bit_unpack) return {encoded(Operation::bit_pack, values, width), count * 8 + (random() % 8 == 0 ? 800 : 0), width};
  if (random() % 4 == 0 && count > 0) store_le(values.data() + random() % count * 8, value_of(random));
  return {values, some_room(random, (count * width + 7) / 8), width};
}

TestItem varint_item(Random& random) {
  TestItem item{encoded(Operation::varint_encode, random_values(random, count_of(random)), 0)};
  damage(random, item.input);
  if (random() % 6 == 0) item.input = random_bytes(random, count_of(random));
  item.room = some_room(random, item.input.size() * 8);
  return item;
}

TestItem item_for(Random& random, Operation operation) {
  switch (operation) {
    case Operation::varint_decode: return varint_item(random);
    case Operation::bit_pack:
    case Operation::bit_unpack: return bits_item(random, operation);
    case Operation::frame_decode: return frame_item(random);
    case Operation::lz4_decode: return lz4_item(random);
    case Operation::histogram: return {random_bytes(random, count_of(random) * (1 + random() % 9), 1 + random() % 256), some_room(random, 1032)};
    case Operation::blake3: return {random_bytes(random, count_of(random) * (random() % 5) + random() % 3), some_room(random, 32)};
    case Operation::pattern_match: {
      Bytes text = random_bytes(random, count_of(random), 3);
      const std::uint64_t room = some_room(random, text.size() * 40);
      return {std::move(text), room};
    }
    case Operation::cut_points: {
      Bytes text = random_bytes(random, count_of(random) + random() % 70);
      const auto before = static_cast<std::uint32_t>(std::min<std::uint64_t>(random() % 64, text.size()));
      const std::uint64_t room = some_room(random, text.size() * 2);
      return {std::move(text), room, before};
    }
    case Operation::dictionary: {
      Bytes indices;
      for (std::uint64_t i = count_of(random); i > 0; --i) {
        indices.resize(indices.size() + 4);
        store_le(indices.data() + indices.size() - 4, static_cast<std::uint32_t>(random() % (random() % 500 == 0 ? 1001 : 1000)));
      }
      const std::uint64_t room = some_room(random, indices.size() * 2);
      return {std::move(indices), room};
    }
    default: {
      Bytes values = random_values(random, count_of(random));
      const std::uint64_t room = some_room(random, *output_bound(operation, values.size(), 1));
      return {std::move(values), room, has_parameter(operation) ? static_cast<std::uint32_t>(1 + random() % 2) : 0};
    }
  }
}

TestWork work_for(Operation operation, std::uint64_t seed) {
  Random random(seed * 100 + static_cast<std::uint64_t>(operation));
  TestWork work{operation};
  for (std::uint64_t i = random() % 40; i > 0; --i) work.items.push_back(item_for(random, operation));
  work.gap = random() % 2 * 24;
  if (operation == Operation::dictionary || operation == Operation::cut_points)
    for (int i = 0; i < (operation == Operation::dictionary ? 1000 : 256); ++i) work.table.push_back(random());
  if (operation == Operation::cut_points) work.cuts = {std::uint64_t{1} << (60 - random() % 6), std::uint64_t{1} << 52};
  if (operation == Operation::pattern_match)
    for (int i = 0; i < 40; ++i) work.needles.push_back(random_bytes(random, 1 + random() % 6, 4));
  return work;
}

class Backends : public testing::TestWithParam<NamedEngine> {};

TEST_P(Backends, GiveWhatTheReferenceGives) {
  const auto engine = open_engine(GetParam().backend, 0, GetParam().drivers);
  ASSERT_TRUE(engine.has_value()) << engine.error().to_string();
  std::array<std::uint64_t, 5> statuses{};
  for (std::size_t operation = 0; operation < kOperations; ++operation) {
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
      const TestWork work = work_for(static_cast<Operation>(operation), seed);
      SCOPED_TRACE(testing::Message() << name_of(work.operation) << ", seed " << seed);
      const TestResult expected = run_on_cpu(work);
      const TestResult got = run_on(**engine, work);
      for (const Outcome& outcome : expected.outcomes) ++statuses[static_cast<std::size_t>(outcome.status)];
      for (std::size_t i = 0; i < expected.outcomes.size(); ++i) {
        ASSERT_EQ(got.outcomes[i].status, expected.outcomes[i].status)
            << "item " << i << " of " << work.items[i].input.size() << " bytes, room " << work.items[i].room;
        ASSERT_EQ(got.outcomes[i].bytes, expected.outcomes[i].bytes) << "item " << i;
        ASSERT_EQ(got.outputs[i], expected.outputs[i]) << "item " << i;
      }
    }
  }
  for (const std::uint64_t count : statuses) EXPECT_GT(count, 20U);  // all that can happen has
}

// The forced backend did the work, not one that stepped in for it.
TEST_P(Backends, RunKernelsThemselves) {
  const auto engine = open_engine(GetParam().backend, 0, GetParam().drivers);
  ASSERT_TRUE(engine.has_value()) << engine.error().to_string();
  EXPECT_EQ((*engine)->device().backend, GetParam().backend);
  constexpr std::array<std::uint64_t, kOperations> kKernels = {3, 3, 1, 1, 1, 6, 1, 1, 3, 1, 1, 3, 3, 3, 3, 1};
  for (std::size_t i = 0; i < kOperations; ++i) {
    const auto operation = static_cast<Operation>(i);
    TestWork work = work_for(operation, 3);
    Bytes input(2048, 0);
    if (operation == Operation::frame_decode) input = encoded(Operation::frame_encode, input, 0);
    work.items = {{std::move(input), 1U << 16, has_parameter(operation) ? 2U : 0U}};
    if (operation == Operation::bit_unpack) work.items[0].room = 800;
    const EngineCounters before = (*engine)->counters();
    const TestResult result = run_on(**engine, work);
    const EngineCounters after = (*engine)->counters();
    EXPECT_EQ(after.batches - before.batches, 1U);
    EXPECT_EQ(after.kernels - before.kernels, kKernels[i] - (operation == Operation::blake3 ? 1 : 0)) << name_of(operation);
    EXPECT_GT(after.bytes_to_device, before.bytes_to_device);
    EXPECT_GT(after.bytes_from_device, before.bytes_from_device);
    EXPECT_GT(result.times.kernel_nanoseconds, 0U) << name_of(operation);
  }
}

// A queue's next batch waits for the one before; two queues run side by side.
TEST_P(Backends, TakeBatchesInOrderAndFromSeveralQueues) {
  const auto engine = open_engine(GetParam().backend, 0, GetParam().drivers);
  ASSERT_TRUE(engine.has_value()) << engine.error().to_string();
  std::vector<std::unique_ptr<Queue>> queues;
  for (int i = 0; i < 3; ++i) queues.push_back(*(*engine)->open_queue());
  std::vector<TestWork> works;
  for (std::uint64_t i = 0; i < 12; ++i) works.push_back(work_for(i % 2 == 0 ? Operation::blake3 : Operation::varint_encode, 50 + i));
  std::vector<std::unique_ptr<LaidOut>> laid;
  for (std::size_t i = 0; i < works.size(); ++i) {
    laid.push_back(std::make_unique<LaidOut>(works[i]));
    ASSERT_TRUE(queues[i % 3]->submit(laid[i]->batch()).has_value());
  }
  for (const auto& queue : queues) ASSERT_TRUE(queue->wait().has_value());
  for (std::size_t i = 0; i < works.size(); ++i) {
    const TestResult expected = run_on_cpu(works[i]);
    EXPECT_EQ(laid[i]->outcomes, expected.outcomes);
    EXPECT_EQ(laid[i]->result().outputs, expected.outputs);
  }
}

TEST_P(Backends, RefuseWhatIsNotChecked) {
  const auto engine = open_engine(GetParam().backend, 0, GetParam().drivers);
  ASSERT_TRUE(engine.has_value()) << engine.error().to_string();
  const TestWork work{Operation::blake3, {{Bytes(10), 32}}};
  LaidOut laid(work);
  laid.inputs[0].bytes = 11;
  auto queue = *(*engine)->open_queue();
  const auto refused = queue->submit(laid.batch());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::misuse);
  EXPECT_EQ((*engine)->counters().batches, 0U);
  laid.inputs[0].bytes = 10;
  EXPECT_TRUE(queue->submit(laid.batch()).has_value());
  EXPECT_TRUE(queue->wait().has_value());
  EXPECT_EQ(laid.outcomes[0].bytes, 32U);
}

TEST_P(Backends, GiveMemoryThatDevicesCopyBy) {
  const auto engine = open_engine(GetParam().backend, 0, GetParam().drivers);
  ASSERT_TRUE(engine.has_value()) << engine.error().to_string();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20}) {
    const auto buffer = (*engine)->allocate(bytes);
    ASSERT_TRUE(buffer.has_value());
    ASSERT_EQ((*buffer)->bytes().size(), bytes);
    std::ranges::fill((*buffer)->bytes(), std::uint8_t{7});
  }
}

INSTANTIATE_TEST_SUITE_P(All, Backends, testing::ValuesIn(engines_to_test()), [](const auto& tested) { return tested.param.name; });

TEST(Drivers, NoneIsAnAnswer) {
  const Drivers none{.opencl = "libnothing-of-the-kind.so.1", .cuda = "libnothing-of-the-kind.so.1"};
  ASSERT_EQ(find_devices(none).size(), 1U);
  EXPECT_EQ(find_devices(none)[0].backend, AccelBackend::cpu);
  for (const AccelBackend backend : {AccelBackend::opencl, AccelBackend::cuda}) {
    const auto engine = open_engine(backend, 0, none);
    ASSERT_FALSE(engine.has_value());
    EXPECT_EQ(engine.error().code, Errc::unsupported);
  }
  EXPECT_EQ(open_engine(AccelBackend::opencl, 99).error().code, Errc::unsupported);
  EXPECT_EQ(open_engine(AccelBackend::cpu, 1).error().code, Errc::unsupported);
}

// A library that is none of CUDA's, one whose device is too old, and one without our kernels.
TEST(Drivers, AreLookedAtBeforeTheyAreUsed) {
  EXPECT_TRUE(find_cuda({.cuda = "libc.so.6", .cuda_image = as_bytes("x")}).empty());
  const std::vector<AccelDevice> devices = find_cuda(emulated_drivers());
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].name, "emulated device");
  EXPECT_EQ(devices[0].driver, "CUDA 13.0, sm_90");
  EXPECT_EQ(open_engine(AccelBackend::cuda, 0, {.cuda = NPK_EMULATED_DRIVER, .cuda_image = as_bytes(std::string_view("other\0", 6))}).error().code, Errc::io);
}

class FailingDriver {
 public:
  explicit FailingDriver(const char* call) { ::setenv("NPK_EMULATED_FAILURE", call, 1); }
  ~FailingDriver() { ::unsetenv("NPK_EMULATED_FAILURE"); }
};

TEST(Drivers, TheirFailuresAreErrors) {
  const TestWork work = work_for(Operation::blake3, 1);
  const auto engine = open_engine(AccelBackend::cuda, 0, emulated_drivers());
  ASSERT_TRUE(engine.has_value());
  auto queue = *(*engine)->open_queue();
  const std::vector<std::pair<const char*, Errc>> failures = {{"cuMemAlloc", Errc::limit}, {"cuLaunchKernel", Errc::io}, {"cuMemcpyDtoHAsync", Errc::io}};
  for (const auto& [call, code] : failures) {
    LaidOut laid(work);
    const FailingDriver failing(call);
    const auto refused = queue->submit(laid.batch());
    ASSERT_FALSE(refused.has_value()) << call;
    EXPECT_EQ(refused.error().code, code) << refused.error().to_string();
  }
  {
    const FailingDriver failing("cuInit");
    EXPECT_TRUE(find_cuda(emulated_drivers()).empty());
    EXPECT_EQ(open_engine(AccelBackend::cuda, 0, emulated_drivers()).error().code, Errc::unsupported);
  }
  LaidOut laid(work);
  ASSERT_TRUE(queue->submit(laid.batch()).has_value());
  ASSERT_TRUE(queue->wait().has_value());
  EXPECT_EQ(laid.outcomes, run_on_cpu(work).outcomes);
}

}  // namespace
}  // namespace npk::accel
