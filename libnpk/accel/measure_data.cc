#include "accel/measure_data.h"

#include <lz4.h>

#include <algorithm>
#include <string_view>

#include "accel/operation_rules.h"

namespace npk::accel {
namespace {

constexpr std::uint64_t kItemBytes = 64U << 10;

// SplitMix64 (Steele, Lea, Flood; OOPSLA 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

void add_value(Bytes& out, std::uint64_t value) {
  out.resize(out.size() + 8);
  store_le(out.data() + out.size() - 8, value);
}

void add_varint(Bytes& out, std::uint64_t value) {
  for (; value > 127; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 128));
  out.push_back(static_cast<std::uint8_t>(value));
}

// Counters with jitter: what deltas and frames of reference are for.
void add_values(Bytes& out, Random& random, std::uint64_t count) {
  std::uint64_t value = random.next() >> 20;
  for (std::uint64_t i = 0; i < count; ++i) add_value(out, value += random.next() >> 56);
}

// Words of a small vocabulary: it compresses, has needles in it, and an entropy below 8 bits.
void add_text(Bytes& out, Random& random, std::uint64_t bytes) {
  constexpr std::array<std::string_view, 16> kWords = {"archive ", "block ",  "chunk ",  "delta ", "entry ",  "frame ",  "generation ", "header\n",
                                                       "index ",   "journal ", "kernel ", "ledger ", "manifest ", "node ", "offset = ", "package;\n"};
  const std::size_t end = out.size() + bytes;
  while (out.size() < end) {
    const std::string_view word = kWords[random.next() & 15];
    out.insert(out.end(), word.begin(), word.end());
  }
  out.resize(end);
}

void add_random(Bytes& out, Random& random, std::uint64_t bytes) {
  for (std::uint64_t i = 0; i < bytes; i += 8) add_value(out, random.next());
}

void add_compressed(Bytes& out, Random& random) {
  Bytes text;
  add_text(text, random, kItemBytes);
  Bytes packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(text.size()))));
  const int bytes = LZ4_compress_default(reinterpret_cast<const char*>(text.data()), reinterpret_cast<char*>(packed.data()), static_cast<int>(text.size()),
                                         static_cast<int>(packed.size()));
  out.insert(out.end(), packed.begin(), packed.begin() + bytes);
}

// Below 2^11, at 11 bits.
constexpr std::uint32_t kWidth = 11;

void add_frame(Bytes& out, Random& random, std::uint64_t values) {
  add_value(out, random.next() >> 8);
  add_value(out, kWidth | values << 32);
  add_random(out, random, packed_bytes(values, kWidth));
}

void add_item(MadeWork& work, Random& random) {
  Bytes& out = work.input;
  constexpr std::uint64_t kValues = kItemBytes / 8;
  switch (work.operation) {
    case Operation::varint_decode:
      for (const std::size_t end = out.size() + kItemBytes - 16; out.size() < end;) add_varint(out, random.next() >> (random.next() & 63));
      break;
    case Operation::varint_encode:
      for (std::uint64_t i = 0; i < kValues; ++i) add_value(out, random.next() >> (random.next() & 63));
      break;
    case Operation::bit_pack:
      for (std::uint64_t i = 0; i < kValues; ++i) add_value(out, random.next() >> (64 - kWidth));
      break;
    case Operation::bit_unpack: add_random(out, random, kItemBytes); break;
    case Operation::frame_decode: add_frame(out, random, kItemBytes * 8 / kWidth); break;
    case Operation::dictionary:
      for (std::uint64_t i = 0; i < kValues; ++i) add_value(out, random.next() & 0x00000FFF00000FFF);
      break;
    case Operation::histogram:
    case Operation::pattern_match: add_text(out, random, kItemBytes); break;
    case Operation::cut_points:
    case Operation::blake3: add_random(out, random, kItemBytes); break;
    case Operation::lz4_decode: add_compressed(out, random); break;
    default: add_values(out, random, kValues); break;
  }
}

std::uint64_t room_of(const MadeWork& work, std::uint64_t bytes) {
  if (work.operation == Operation::lz4_decode) return kItemBytes;
  if (work.operation == Operation::frame_decode) return kItemBytes * 8 / kWidth * 8;
  if (work.operation == Operation::bit_unpack) return bytes * 8 / kWidth * 8;
  if (work.operation == Operation::pattern_match) return bytes;
  if (work.operation == Operation::cut_points) return 2048;
  const std::uint32_t parameter = work.operation == Operation::bit_pack ? kWidth : 1;
  return *output_bound(work.operation, bytes, parameter);
}

void add_extras(MadeWork& work, Random& random) {
  if (rules_of(work.operation).largest_parameter != 0) {
    const bool packs = work.operation == Operation::bit_pack || work.operation == Operation::bit_unpack;
    work.parameters.assign(work.inputs.size(), packs ? kWidth : work.operation == Operation::cut_points ? 0 : 2);
  }
  if (work.operation == Operation::dictionary || work.operation == Operation::cut_points) {
    work.table.resize(work.operation == Operation::dictionary ? 4096 : 256);
    for (std::uint64_t& value : work.table) value = random.next();
  }
  work.cuts = {std::uint64_t{1} << 50, std::uint64_t{1} << 46};  // as for an average of 64 KiB
  if (work.operation != Operation::pattern_match) return;
  for (const std::string_view needle : {"journal node", "kernel kernel", "offset = ", "package;\nchunk", "zebra", "le", "manifest entry "})
    work.needle_bytes.emplace_back(needle.begin(), needle.end());
  work.needles.assign(work.needle_bytes.begin(), work.needle_bytes.end());
}

}  // namespace

MadeWork make_work(Operation operation, std::uint64_t bytes) {
  MadeWork work;
  work.operation = operation;
  Random random(static_cast<std::uint64_t>(operation) + 1);
  const std::uint64_t items = std::max<std::uint64_t>(bytes / kItemBytes, 1);
  work.input.reserve(items * (kItemBytes + 64));
  for (std::uint64_t item = 0; item < items; ++item) {
    const std::uint64_t begin = work.input.size();
    add_item(work, random);
    const std::uint64_t size = work.input.size() - begin;
    const std::uint64_t room = room_of(work, size);
    work.inputs.push_back({begin, size});
    work.outputs.push_back({work.output_bytes, room});
    work.output_bytes += (room + 15) / 16 * 16;
    work.input.resize((work.input.size() + 15) / 16 * 16);
  }
  add_extras(work, random);
  return work;
}

}  // namespace npk::accel
