// The reference itself: against examples, the libraries and modules that it must agree with, and its own inverses.
#include <lz4.h>

#include <cmath>

#include "accel_support.h"
#include "chunk/chunker.h"
#include "hash/hash.h"

namespace npk::accel {
namespace {

Bytes drawn_bytes(std::mt19937_64& random, std::size_t count, unsigned alphabet = 256) {
  Bytes out(count);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random() % alphabet);
  return out;
}

TestResult run_one(Operation operation, Bytes input, std::uint64_t room, std::uint32_t parameter = 0) {
  return run_on_cpu({operation, {{std::move(input), room, parameter}}});
}

Bytes output_of(Operation operation, Bytes input, std::uint64_t room, std::uint32_t parameter = 0) {
  TestResult result = run_one(operation, std::move(input), room, parameter);
  EXPECT_EQ(result.outcomes[0].status, ItemStatus::ok) << name_of(operation);
  return result.outputs[0];
}

ItemStatus status_of(Operation operation, Bytes input, std::uint64_t room, std::uint32_t parameter = 0) {
  return run_one(operation, std::move(input), room, parameter).outcomes[0].status;
}

TEST(Varints, AreLeb128) {
  EXPECT_EQ(output_of(Operation::varint_encode, values_of({0, 127, 128, 300, UINT64_MAX}), 64),
            (Bytes{0, 127, 0x80, 1, 0xAC, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}));
  const auto decode = [](Bytes bytes) { return status_of(Operation::varint_decode, std::move(bytes), 800); };
  EXPECT_EQ(decode({0xAC, 2}), ItemStatus::ok);
  EXPECT_EQ(decode({0xAC}), ItemStatus::truncated);
  EXPECT_EQ(decode({0x80, 0}), ItemStatus::corrupt);  // a byte more than it needs
  EXPECT_EQ(decode({255, 255, 255, 255, 255, 255, 255, 255, 255, 2}), ItemStatus::corrupt);  // bit 65
  EXPECT_EQ(decode({255, 255, 255, 255, 255, 255, 255, 255, 255, 129, 1}), ItemStatus::corrupt);
  const TestResult short_of_room = run_one(Operation::varint_decode, {1, 2, 3}, 16);
  EXPECT_EQ(short_of_room.outcomes[0].status, ItemStatus::no_room);
  EXPECT_EQ(short_of_room.outcomes[0].bytes, 24U);
}

TEST(Values, ZigzagAndDeltas) {
  const auto minus = [](std::uint64_t value) { return 0 - value; };
  EXPECT_EQ(output_of(Operation::zigzag_encode, values_of({0, minus(1), 1, minus(2), std::uint64_t{1} << 63}), 40), values_of({0, 1, 2, 3, UINT64_MAX}));
  EXPECT_EQ(output_of(Operation::delta_encode, values_of({5, 7, 4}), 24, 1), values_of({5, 2, minus(3)}));
  EXPECT_EQ(output_of(Operation::delta_encode, values_of({5, 7, 9, 11}), 32, 2), values_of({5, minus(3), 0, 0}));
}

TEST(Values, ComeBack) {
  std::mt19937_64 random(7);
  Bytes values;
  for (int i = 0; i < 5000; ++i) put(values, random() >> (random() & 63));
  const std::uint64_t room = values.size();
  EXPECT_EQ(output_of(Operation::zigzag_decode, output_of(Operation::zigzag_encode, values, room), room), values);
  for (const std::uint32_t order : {1U, 2U})
    EXPECT_EQ(output_of(Operation::delta_decode, output_of(Operation::delta_encode, values, room, order), room, order), values);
  EXPECT_EQ(output_of(Operation::varint_decode, output_of(Operation::varint_encode, values, room * 2), room), values);
  EXPECT_EQ(output_of(Operation::frame_decode, output_of(Operation::frame_encode, values, room + 16), room), values);
}

TEST(Bits, AtEveryWidth) {
  std::mt19937_64 random(9);
  for (std::uint32_t width = 1; width <= 64; ++width) {
    Bytes values;
    for (int i = 0; i < 131; ++i) put(values, random() >> (64 - width));
    const Bytes packed = output_of(Operation::bit_pack, values, values.size(), width);
    EXPECT_EQ(packed.size(), (131 * width + 7) / 8);
    EXPECT_EQ(output_of(Operation::bit_unpack, packed, values.size(), width), values) << width;
    EXPECT_EQ(status_of(Operation::bit_unpack, Bytes(packed.begin(), packed.end() - 1), values.size(), width), ItemStatus::truncated);
    const ItemStatus too_wide = width < 64 ? ItemStatus::out_of_range : ItemStatus::ok;
    EXPECT_EQ(status_of(Operation::bit_pack, values_of({std::uint64_t{1} << (width & 63)}), 8, width), too_wide);
  }
  EXPECT_EQ(output_of(Operation::bit_pack, values_of({1, 2, 3}), 8, 3), (Bytes{0b11010001, 0}));
}

TEST(Frames, HoldTheLeastValueAndTheWidth) {
  Bytes expected = values_of({1000, 8 | std::uint64_t{2} << 32});
  expected.insert(expected.end(), {0, 255});
  EXPECT_EQ(output_of(Operation::frame_encode, values_of({1000, 1255}), 64), expected);
  EXPECT_EQ(output_of(Operation::frame_encode, values_of({9, 9, 9}), 64), values_of({9, std::uint64_t{3} << 32}));
  EXPECT_EQ(output_of(Operation::frame_decode, values_of({9, std::uint64_t{3} << 32}), 64), values_of({9, 9, 9}));
  EXPECT_EQ(output_of(Operation::frame_encode, {}, 16), values_of({0, 0}));
  EXPECT_EQ(status_of(Operation::frame_decode, values_of({9, 65}), 64), ItemStatus::corrupt);
  EXPECT_EQ(status_of(Operation::frame_decode, values_of({9, 8 | std::uint64_t{2} << 32}), 64), ItemStatus::truncated);
  EXPECT_EQ(status_of(Operation::frame_decode, values_of({9, std::uint64_t{UINT32_MAX} << 32}), 64), ItemStatus::no_room);
}

TEST(Histogram, AndEntropy) {
  const Bytes all = output_of(Operation::histogram, [] {
    Bytes bytes(2560);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
    return bytes;
  }(), 1032);
  for (std::size_t byte = 0; byte < 256; ++byte) EXPECT_EQ(load_le<std::uint32_t>(all.data() + 4 * byte), 10U);
  EXPECT_EQ(load_le<std::uint64_t>(all.data() + 1024), std::uint64_t{2560} * 8 * 65536);
  EXPECT_EQ(load_le<std::uint64_t>(output_of(Operation::histogram, Bytes(77, 'a'), 1032).data() + 1024), 0U);
  std::mt19937_64 random(3);
  const Bytes text = drawn_bytes(random, 10000, 19);
  std::array<double, 256> counts{};
  for (const std::uint8_t byte : text) ++counts[byte];
  double bits = 0;
  for (const double count : counts) bits += count > 0 ? -count * std::log2(count / 10000) : 0;
  EXPECT_NEAR(static_cast<double>(load_le<std::uint64_t>(output_of(Operation::histogram, text, 1032).data() + 1024)) / 65536, bits, 10000 * 2.0 / 65536);
}

TEST(Needles, AreFoundWhereverTheyLie) {
  TestWork work{Operation::pattern_match, {{{'a', 'b', 'a', 'b', 'a'}, 800}}};
  work.needles = {{'a', 'b', 'a'}, {'b'}, {'a'}, {'a', 'b', 'a', 'b', 'a', 'b'}, {'a'}};
  const auto at = [](std::uint64_t position, std::uint64_t needle) { return position << 32 | needle; };
  EXPECT_EQ(run_on_cpu(work).outputs[0], values_of({at(0, 0), at(0, 2), at(0, 4), at(1, 1), at(2, 0), at(2, 2), at(2, 4), at(3, 1), at(4, 2), at(4, 4)}));
  work.items[0].room = 79;
  EXPECT_EQ(run_on_cpu(work).outcomes[0], (Outcome{80, ItemStatus::no_room}));
}

TEST(CutPoints, AreTheChunkersCandidates) {
  std::mt19937_64 random(5);
  const chunk::ChunkParameters parameters{.minimum = 64, .average = 1024, .maximum = 4096, .seed = 11};
  const auto scanner = *chunk::CandidateScanner::make(parameters);
  const chunk::GearTable gear = chunk::make_gear_table(parameters.seed);
  TestWork work{Operation::cut_points};
  work.table.assign(gear.begin(), gear.end());
  work.cuts = {std::uint64_t{1} << (64 - 8), std::uint64_t{1} << (64 - 12)};
  std::vector<std::vector<chunk::Candidate>> expected;
  for (const std::size_t before : {0U, 1U, 63U}) {
    for (const std::size_t size : {0U, 1U, 100U, 70000U}) {
      const Bytes bytes = drawn_bytes(random, before + size);
      ASSERT_TRUE(scanner.scan(ByteView(bytes).first(before), ByteView(bytes).subspan(before), expected.emplace_back()).has_value());
      work.items.push_back({bytes, size * 8, static_cast<std::uint32_t>(before)});
    }
  }
  const auto opencl = open_engine(AccelBackend::opencl);
  ASSERT_TRUE(opencl.has_value()) << opencl.error().to_string();
  std::size_t found = 0;
  for (const TestResult& result : {run_on_cpu(work), run_on(**opencl, work)}) {
    for (std::size_t item = 0; item < expected.size(); ++item) {
      std::vector<chunk::Candidate> got;
      for (std::size_t at = 0; at < result.outputs[item].size(); at += 8)
        got.push_back({load_le<std::uint32_t>(result.outputs[item].data() + at), load_le<std::uint32_t>(result.outputs[item].data() + at + 4) != 0});
      EXPECT_EQ(got, expected[item]) << "item " << item;
      found += got.size();
    }
  }
  EXPECT_GT(found, 1000U);
}

TEST(Blake3, IsOurHash) {
  std::mt19937_64 random(1);
  TestWork work{Operation::blake3};
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 1023U, 1024U, 1025U, 2048U, 2049U, 3072U, 3073U, 5121U, 8192U, 31744U, 65536U, 100001U})
    work.items.push_back({drawn_bytes(random, size), 32});
  const auto opencl = open_engine(AccelBackend::opencl);
  ASSERT_TRUE(opencl.has_value()) << opencl.error().to_string();
  for (const TestResult& result : {run_on_cpu(work), run_on(**opencl, work)}) {
    for (std::size_t i = 0; i < work.items.size(); ++i) {
      const Digest digest = hash::blake3(work.items[i].input);
      EXPECT_EQ(result.outputs[i], Bytes(digest.begin(), digest.end())) << work.items[i].input.size() << " bytes";
    }
  }
}

// What liblz4 gives back is given back, and what it refuses is refused: each for its item alone.
TEST(Lz4, IsLiblz4sButForDistancesOfZero) {
  std::mt19937_64 random(2);
  TestWork work{Operation::lz4_decode};
  std::vector<Bytes> raws;
  for (int i = 0; i < 400; ++i) {
    const Bytes raw = drawn_bytes(random, random() % 3000, i % 2 == 0 ? 4 : 256);
    Bytes packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw.size()))));
    packed.resize(static_cast<std::size_t>(LZ4_compress_default(reinterpret_cast<const char*>(raw.data()), reinterpret_cast<char*>(packed.data()),
                                                                static_cast<int>(raw.size()), static_cast<int>(packed.size()))));
    if (i % 4 == 2)
      for (int k = 0; k < 2; ++k) packed[random() % packed.size()] = static_cast<std::uint8_t>(1 + random() % 255);
    work.items.push_back({packed, raw.size()});
    raws.push_back(raw);
  }
  const auto opencl = open_engine(AccelBackend::opencl);
  ASSERT_TRUE(opencl.has_value()) << opencl.error().to_string();
  const TestResult result = run_on(**opencl, work);
  EXPECT_EQ(result.outcomes, run_on_cpu(work).outcomes);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < raws.size(); ++i) {
    Bytes out(raws[i].size() + 1);
    const Bytes& packed = work.items[i].input;
    const int bytes = LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()), reinterpret_cast<char*>(out.data()), static_cast<int>(packed.size()),
                                          static_cast<int>(raws[i].size()));
    if (bytes < 0) ++refused;
    ASSERT_EQ(result.outcomes[i].status == ItemStatus::ok, bytes >= 0) << "item " << i;
    if (bytes < 0) continue;
    out.resize(static_cast<std::size_t>(bytes));
    EXPECT_EQ(result.outputs[i], out);
    EXPECT_TRUE(i % 4 == 2 || out == raws[i]);
  }
  EXPECT_GT(refused, 20U);
  const Bytes zero_distance = {0x10, 'a', 0, 0, 0x50, 'b', 'b', 'b', 'b', 'b'};
  EXPECT_EQ(status_of(Operation::lz4_decode, zero_distance, 100), ItemStatus::corrupt);
}

}  // namespace
}  // namespace npk::accel
