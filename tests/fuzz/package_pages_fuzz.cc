// links: npk_fuzz_packages
// Input: choices. A package is built from them frame by frame with right checksums and wrong numbers: rows of chunk
// pages, nodes, entries, totals, references. The reader must take or refuse each; what it takes must hold together.
#include <array>
#include <string>

#include "fuzz/fuzz_input.h"
#include "fuzz/packages.h"
#include "support/package_builder.h"

namespace {

using namespace npk;

constexpr std::array<std::uint64_t, 12> kNotable = {
    0, 1, 2, 95, 96, 1U << 16, 1U << 28, 0xFFFF'FFFF, 1ULL << 32, 1ULL << 63, UINT64_MAX - 1, UINT64_MAX};

// Changes a number now and then: a little, or to one that is notable, or to any.
void disturb(fuzz::Input& input, std::uint64_t& value) {
  switch (input.byte() % 16) {
    case 1:
      value += 1;
      break;
    case 2:
      value -= 1;
      break;
    case 3:
      value = kNotable[input.below(kNotable.size())];
      break;
    case 4:
      value = input.take<std::uint64_t>();
      break;
    case 5:
      value += input.take<std::uint16_t>();
      break;
    default:
      break;
  }
}
template <class Field>
void disturb_narrow(fuzz::Input& input, Field& field) {
  std::uint64_t value = field;
  disturb(input, value);
  field = static_cast<Field>(value);
}
void disturb(fuzz::Input& input, Digest& hash) {
  if (input.byte() % 32 == 1) hash[input.below(hash.size())] ^= 1;
}

void disturb(fuzz::Input& input, format::ChunkPage& page) {
  disturb(input, page.first_chunk);
  disturb(input, page.first_block);
  disturb(input, page.first_byte);
  for (format::ChunkRow& chunk : page.chunks) {
    disturb_narrow(input, chunk.length);
    disturb_narrow(input, chunk.offset);
    disturb(input, chunk.hash);
    if (input.byte() % 8 == 1) chunk.block = static_cast<std::uint32_t>(input.below(page.blocks.size()));
  }
  for (format::BlockRow& block : page.blocks) {
    disturb(input, block.position);
    disturb(input, block.stored_length);
    disturb(input, block.raw_length);
    disturb(input, block.hash);
    disturb(input, block.base_distance);
    if (input.byte() % 16 == 1) block.is_dictionary = !block.is_dictionary;
  }
}

void disturb(fuzz::Input& input, format::ChunkNode& node) {
  disturb_narrow(input, node.height);
  for (format::ChunkChild& child : node.children) {
    disturb(input, child.position);
    disturb(input, child.stored_length);
    disturb(input, child.hash);
    disturb(input, child.first_chunk);
    disturb(input, child.first_block);
    disturb(input, child.first_byte);
  }
  if (input.byte() % 16 == 1) node.children.push_back(node.children[input.below(node.children.size())]);
}

void disturb(fuzz::Input& input, std::vector<format::CatalogChild>& children) {
  for (format::CatalogChild& child : children) {
    disturb(input, child.position);
    disturb(input, child.stored_length);
    disturb(input, child.hash);
    disturb(input, child.entry_count);
    if (input.byte() % 16 == 1) child.first_path += '!';
  }
  if (input.byte() % 16 == 1) children.push_back(children[input.below(children.size())]);
}

void disturb(fuzz::Input& input, format::Commit& commit) {
  format::Placement& placement = commit.placement;
  for (auto* root : {&placement.catalog_root, &placement.chunk_root}) {
    disturb(input, root->position);
    disturb(input, root->stored_length);
  }
  format::Totals& totals = placement.totals;
  for (auto* total : {&totals.entries, &totals.files, &totals.directories, &totals.content_bytes, &totals.hole_bytes,
                      &totals.chunks, &totals.blocks, &totals.unique_bytes, &totals.stored_bytes}) {
    disturb(input, *total);
  }
  disturb(input, commit.statement.generation);
}

void disturb(fuzz::Input& input, format::Trailer& trailer) {
  disturb(input, trailer.package_length);
  disturb(input, trailer.commit.position);
  disturb(input, trailer.commit.stored_length);
  disturb(input, trailer.generation);
}

test::BuiltEntry take_entry(fuzz::Input& input, std::size_t number, std::uint64_t chunks) {
  constexpr std::size_t kMostRuns = 4;
  test::BuiltEntry entry;
  entry.path = std::string(1, static_cast<char>('a' + number % 26)) + (input.flag() ? "/b" : "");
  if (input.byte() % 8 == 1) entry.path = input.text(input.byte());
  entry.kind = static_cast<format::EntryKind>(1 + (input.byte() < 200 ? 0 : input.byte() % 7));
  if (entry.kind == format::EntryKind::symlink) entry.target = "t" + std::string(input.text(3));
  if (entry.kind != format::EntryKind::regular) return entry;
  for (std::size_t runs = input.below(kMostRuns); runs > 0; --runs) {
    format::Run run{input.below(chunks + 1), input.below(chunks + 1), 1U + input.byte()};
    disturb(input, run.first_chunk);
    disturb(input, run.chunk_count);
    disturb(input, run.byte_count);
    entry.runs.push_back(run);
    entry.size += run.byte_count;
  }
  disturb(input, entry.size);
  entry.digest = Digest{1};
  return entry;
}

Bytes take_chunk(fuzz::Input& input) {
  const ByteView bytes = input.bytes(1U + input.byte());
  return bytes.empty() ? Bytes(1) : Bytes(bytes.begin(), bytes.end());
}

class Package {
 public:
  explicit Package(fuzz::Input& input) : input_(input) {
    builder_.edit_chunk_page = [this](format::ChunkPage& page) { disturb(input_, page); };
    builder_.edit_chunk_node = [this](format::ChunkNode& node) { disturb(input_, node); };
    builder_.edit_catalog_node = [this](std::vector<format::CatalogChild>& children) { disturb(input_, children); };
    builder_.edit_commit = [this](format::Commit& commit) { disturb(input_, commit); };
    builder_.edit_trailer = [this](format::Trailer& trailer) { disturb(input_, trailer); };
    builder_.edit_block_header = [this](format::InnerHeader& header) {
      disturb(input_, header.raw_length);
      disturb(input_, header.base_position);
      for (format::ChainStep& step : header.chain) disturb_narrow(input_, step.parameter);
    };
  }

  Bytes build() {
    for (std::size_t blocks = input_.below(4); blocks > 0; --blocks) add_block();
    std::vector<test::BuiltEntry> entries;
    for (std::size_t i = input_.below(7); i > 0; --i) entries.push_back(take_entry(input_, i, builder_.chunk_count()));
    builder_.chunk_page();
    if (input_.flag()) builder_.manifest(entries);
    const std::uint8_t finish = input_.byte();
    if (finish % 8 != 1) builder_.commit(entries, 1 + input_.below(4), 2 + input_.below(3));
    if (finish % 8 != 1 && finish % 8 != 2) builder_.trailer();
    return builder_.bytes();
  }

 private:
  void add_block() {
    std::vector<Bytes> chunks;
    for (std::size_t count = 1 + input_.below(3); count > 0; --count) chunks.push_back(take_chunk(input_));
    test::BlockOptions options{
        .base = {}, .is_dictionary = input_.byte() % 8 == 1, .codec = static_cast<format::CodecId>(input_.byte() % 4)};
    if (blocks_ > 0 && !options.is_dictionary && input_.byte() % 4 == 1) options.base = input_.below(blocks_);
    builder_.block(chunks, options);
    ++blocks_;
    if (input_.flag()) builder_.chunk_page();
  }

  fuzz::Input& input_;
  test::PackageBuilder builder_{"pages"};
  std::size_t blocks_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const Bytes package = Package(input).build();
  fuzz::use_package(package);
  return 0;
}
