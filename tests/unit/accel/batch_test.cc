// What check_batch() lets through, and what a batch's sizes are said to be.
#include <functional>

#include "accel/device/plan.h"
#include "accel_support.h"
#include "npk/accel.h"

namespace npk::accel {
namespace {

// A sound batch of two items, to be spoilt.
struct Sound {
  Bytes input = Bytes(64);
  Bytes output = Bytes(96);
  std::vector<Extent> inputs = {{0, 32}, {32, 32}};
  std::vector<Extent> outputs = {{0, 32}, {32, 32}};
  std::vector<Outcome> outcomes = std::vector<Outcome>(2);
  std::vector<std::uint32_t> parameters = {};
  std::vector<std::uint64_t> table = {};
  std::vector<ByteView> needles = {};
  Operation operation = Operation::zigzag_encode;
  CutBounds cuts = {};

  Batch batch() { return {operation, input, inputs, output, outputs, outcomes, parameters, table, needles, cuts}; }
};

TEST(CheckBatch, RefusesPlacesAndSizesThatAreNotThere) {
  Sound sound;
  ASSERT_TRUE(check_batch(sound.batch()).has_value());
  const std::vector<std::function<void(Sound&)>> faults = {
      [](Sound& x) { x.inputs[1].bytes = 40; },
      [](Sound& x) { x.inputs[1].offset = 72; },
      [](Sound& x) { x.inputs[1].offset = UINT64_MAX - 7; },
      [](Sound& x) { x.inputs[1].bytes = UINT64_MAX - 31; },
      [](Sound& x) { x.inputs[1] = {UINT64_MAX - 15, 32}; },
      [](Sound& x) { x.inputs[1].offset = 33, x.inputs[1].bytes = 8; },
      [](Sound& x) { x.inputs[1].bytes = 31; },
      [](Sound& x) { x.outputs[1].bytes = 72; },
      [](Sound& x) { x.outputs[1].offset = 24; },                   // over the first
      [](Sound& x) { std::swap(x.outputs[0], x.outputs[1]); },
      [](Sound& x) { x.outputs[1].offset = 36; },
      [](Sound& x) { x.outputs.pop_back(); },
      [](Sound& x) { x.outcomes.pop_back(); },
      [](Sound& x) { x.parameters = {1, 1}; },                      // it has none
      [](Sound& x) { x.operation = static_cast<Operation>(kOperations); },
  };
  for (std::size_t i = 0; i < faults.size(); ++i) {
    Sound spoilt;
    faults[i](spoilt);
    const auto checked = check_batch(spoilt.batch());
    ASSERT_FALSE(checked.has_value()) << "fault " << i;
    EXPECT_EQ(checked.error().code, Errc::misuse);
  }
}

TEST(CheckBatch, RefusesParametersOutOfRange) {
  const auto refuses = [](Operation operation, std::vector<std::uint32_t> parameters) {
    Sound sound;
    sound.operation = operation;
    sound.parameters = std::move(parameters);
    sound.table.resize(256);
    return !check_batch(sound.batch()).has_value();
  };
  EXPECT_TRUE(refuses(Operation::bit_pack, {0, 1}));
  EXPECT_TRUE(refuses(Operation::bit_pack, {1, 65}));
  EXPECT_TRUE(refuses(Operation::bit_pack, {1}));
  EXPECT_FALSE(refuses(Operation::bit_pack, {1, 64}));
  EXPECT_TRUE(refuses(Operation::delta_decode, {1, 3}));
  EXPECT_TRUE(refuses(Operation::delta_decode, {0, 1}));
  EXPECT_FALSE(refuses(Operation::delta_decode, {1, 2}));
  EXPECT_TRUE(refuses(Operation::cut_points, {0, 64}));
  EXPECT_TRUE(refuses(Operation::cut_points, {0, 33}));  // more than the item has
  EXPECT_FALSE(refuses(Operation::cut_points, {0, 32}));
}

TEST(CheckBatch, RefusesTablesAndNeedlesThatDoNotServe) {
  Sound sound;
  sound.operation = Operation::cut_points;
  sound.parameters = {0, 0};
  sound.table.resize(255);
  EXPECT_FALSE(check_batch(sound.batch()).has_value());
  sound.table.resize(256);
  sound.cuts = {1, 2};
  EXPECT_FALSE(check_batch(sound.batch()).has_value());
  Sound search;
  search.operation = Operation::pattern_match;
  EXPECT_FALSE(check_batch(search.batch()).has_value());
  const Bytes long_one(kMostNeedleBytes + 1);
  search.needles = {ByteView(long_one)};
  EXPECT_FALSE(check_batch(search.batch()).has_value());
  search.needles = {ByteView(long_one).first(0)};
  EXPECT_FALSE(check_batch(search.batch()).has_value());
  search.needles = {ByteView(long_one).first(1)};
  EXPECT_TRUE(check_batch(search.batch()).has_value());
}

TEST(Sizes, AreKnownBefore) {
  EXPECT_EQ(*output_bound(Operation::varint_encode, 80), 100U);
  EXPECT_EQ(*output_bound(Operation::varint_decode, 80), 640U);
  EXPECT_EQ(*output_bound(Operation::bit_pack, 80, 3), 4U);
  EXPECT_EQ(*output_bound(Operation::blake3, 12345), 32U);
  EXPECT_EQ(output_bound(Operation::varint_decode, kMostItemBytes).error().code, Errc::limit);
  EXPECT_EQ(output_bound(Operation::blake3, kMostItemBytes + 1).error().code, Errc::limit);
  const TestWork work{Operation::blake3, {{Bytes(5000), 32}, {Bytes(0), 32}}};
  LaidOut laid(work);
  EXPECT_EQ(plan_sizes(laid.batch()).tiles, 6U);
  EXPECT_EQ(plan_sizes(laid.batch()).scratch_words, 24U);
  const auto emulated = open_engine(AccelBackend::cuda, 0, emulated_drivers());
  ASSERT_TRUE(emulated.has_value());
  EXPECT_GT((*emulated)->device_bytes(laid.batch()), 5000U + 64 + 24 * 8);
}

TEST(Names, AreStable) {
  EXPECT_EQ(name_of(Operation::varint_encode), "varint_encode");
  EXPECT_EQ(name_of(Operation::lz4_decode), "lz4_decode");
  for (const AccelBackend backend : {AccelBackend::cpu, AccelBackend::opencl, AccelBackend::cuda}) EXPECT_EQ(accel_backend_of(name_of(backend)), backend);
  for (const AccelMode mode : {AccelMode::off, AccelMode::automatic, AccelMode::opencl, AccelMode::cuda}) EXPECT_EQ(accel_mode_of(name_of(mode)), mode);
  EXPECT_EQ(accel_mode_of("gpu"), std::nullopt);
}

TEST(Measuring, ComparesAndTimesEveryOperation) {
  std::size_t told = 0;
  const AccelMeasureOptions options{.batch_bytes = 200'000, .batches = 1, .only = AccelBackend::opencl, .on_measured = [&told](const AccelMeasurement&) {
                                      ++told;
                                    }};
  const auto measured = measure_accel(options);
  ASSERT_TRUE(measured.has_value()) << measured.error().to_string();
  EXPECT_GE(measured->size(), kOperations);
  EXPECT_EQ(measured->size(), told);
  for (const AccelMeasurement& one : *measured) {
    EXPECT_TRUE(one.same_as_processor) << one.operation;
    EXPECT_GT(one.kernel_nanoseconds, 0U);
    EXPECT_GT(one.host_nanoseconds, 0U);
    EXPECT_GT(one.input_bytes, 20'000U);
    EXPECT_TRUE(one.output_bytes > 0 || one.operation == "cut_points") << one.operation;
  }
  EXPECT_EQ(measure_accel({.operations = {"sort"}}).error().code, Errc::misuse);
  EXPECT_EQ(measure_accel({.batches = 0}).error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk::accel
