#include "package_seeds.h"

#include <algorithm>

#include "seed_values.h"
#include "support/package_builder.h"

namespace npk::fuzz {
namespace {

// Choices as they come, or (`zeros` of five times) none.
Bytes choices_of(std::uint32_t seed, std::size_t size, unsigned zeros) {
  Bytes choices;
  for (std::uint32_t i = 0; choices.size() < size; ++i) {
    const Digest more = hash::blake3(numbers(seed, i));
    for (const std::uint8_t byte : more) choices.push_back(byte % 5 < zeros ? std::uint8_t{0} : byte);
  }
  return choices;
}

}  // namespace

void packages(const Corpus& corpus) {
  for (const auto& [name, id] : kCodecs) {
    test::PackageShape shape{.files = 4,
                             .largest_file = 300,
                             .chunk_bytes = 60,
                             .chunks_per_block = 3,
                             .blocks_per_page = 2,
                             .leaf_rows = 2,
                             .fanout = 2};
    shape.codec = id;
    shape.bases = id != format::CodecId::store;
    const test::BuiltPackage package = test::make_package(static_cast<std::uint64_t>(id) + 5, shape);
    corpus.add(name, ByteView(package.bytes));
    if (id == format::CodecId::zstd)
      corpus.add("cut_before_commit", ByteView(package.bytes).first(package.manifests_end + 10));
  }
}

void streamed_packages(const Corpus& corpus) {
  packages(corpus);
  test::PackageBuilder builder("streamed");
  const Bytes a = text_of(900), b = text_of(40), c = text_of(333);
  const auto file = [](const std::string& path, std::vector<format::Run> runs) {
    test::BuiltEntry entry;
    entry.path = path;
    for (const format::Run& run : runs) entry.size += run.byte_count;
    if (runs.size() != 1 || runs[0].chunk_count != 1) entry.digest = Digest{};
    entry.runs = std::move(runs);
    return entry;
  };
  builder.block({a, b});
  builder.block({c}, {.base = 0, .codec = format::CodecId::zstd});
  builder.chunk_page();
  std::vector<test::BuiltEntry> first{file("d/a", {{0, 1, 900}}), file("hole", {{0, 0, 5000}, {1, 2, 373}, {0, 0, 7}})};
  builder.manifest(first);
  builder.block({text_of(77)}, {.base = 0});
  builder.chunk_page();
  std::vector<test::BuiltEntry> second{file("again", {{1, 1, 40}, {0, 1, 900}, {3, 1, 77}, {2, 1, 333}, {2, 1, 333}}),
                                       file("twin", {{0, 1, 900}})};
  builder.manifest(second);
  first.insert(first.end(), second.begin(), second.end());
  std::ranges::sort(first, {}, &test::BuiltEntry::path);
  builder.commit(first);
  builder.frame(format::FrameType::padding, Bytes(100));
  builder.trailer();
  corpus.add("two_manifests", ByteView(builder.bytes()));
}

void sliced_packages(const Corpus& corpus) {
  test::PackageShape shape{.files = 3, .largest_file = 300, .chunk_bytes = 60, .chunks_per_block = 3};
  const Bytes package = test::make_package(9, shape).bytes;
  for (const std::uint64_t seed : {0U, 1U, 77U}) corpus.add("slices_" + std::to_string(seed), numbers(seed), package);
  corpus.add("cut", numbers(std::uint64_t{5}), ByteView(package).first(package.size() - 3));
  Bytes longer = package;
  longer.push_back('N');
  corpus.add("longer", numbers(std::uint64_t{6}), longer);
}

void package_pages(const Corpus& corpus) {
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    Bytes choices = choices_of(seed, 300, seed % 2 == 0 ? 4 : 0);
    choices[0] = 3;
    corpus.add("choices_" + std::to_string(seed), ByteView(choices));
  }
}

void writer_inputs(const Corpus& corpus) {
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    Bytes choices = choices_of(100 + seed, 1200, seed % 2 == 0 ? 3 : 1);
    choices[0] = static_cast<std::uint8_t>(seed);
    corpus.add("choices_" + std::to_string(seed), ByteView(choices));
  }
}

}  // namespace npk::fuzz
