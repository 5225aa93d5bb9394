// links: npk_format npk_hash
// Catalog pages: entries per second in and out, look-up by path, and the content root.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "hash/content_root.h"
#include "npk/format/catalog.h"
#include "npk/limits.h"

namespace {

using namespace npk;

constexpr std::size_t kRows = 4096;

// Entries as a source tree has them.
struct Tree {
  std::vector<std::string> paths;
  std::vector<format::Run> runs;
  std::vector<format::EntryRow> rows;

  Tree() {
    for (std::size_t i = 0; i < kRows; ++i) {
      std::string number = std::to_string(100'000 + i);
      paths.push_back("linux/drivers/net/ethernet/vendor" + number.substr(0, 5) + "/file_" + number + ".c");
      runs.push_back({i * 3, 1, 1000 + i * 7919 % 50'000});
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      format::EntryRow row;
      row.path = paths[i];
      row.mode = 0644;
      row.mtime_seconds = 1'700'000'000 + static_cast<std::int64_t>(i % 97);
      row.size = runs[i].byte_count;
      row.runs = std::span(runs).subspan(i, 1);
      rows.push_back(row);
    }
  }
};

void count_entries(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows)); }

void encode(benchmark::State& state) {
  const Tree tree;
  for (auto _ : state) benchmark::DoNotOptimize(format::encode_catalog_page(format::PageKind::catalog_leaf, tree.rows));
  count_entries(state);
}
BENCHMARK(encode);

void decode(benchmark::State& state) {
  const Tree tree;
  const Bytes raw = format::encode_catalog_page(format::PageKind::catalog_leaf, tree.rows);
  for (auto _ : state) benchmark::DoNotOptimize(format::CatalogPage::decode(raw, format::PageKind::catalog_leaf, Limits()));
  count_entries(state);
}
BENCHMARK(decode);

void look_up(benchmark::State& state) {
  const Tree tree;
  const auto page =
      format::CatalogPage::decode(format::encode_catalog_page(format::PageKind::catalog_leaf, tree.rows), format::PageKind::catalog_leaf, Limits());
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(page->lower_bound(tree.paths[(i += 977) % kRows]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(look_up);

void content_root(benchmark::State& state) {
  const Tree tree;
  for (auto _ : state) {
    hash::ContentRoot root;
    for (const format::EntryRow& row : tree.rows) root.add(row.path, hash::canonical_entry_hash(row, Digest{}, {}));
    benchmark::DoNotOptimize(root.finish());
  }
  count_entries(state);
}
BENCHMARK(content_root);

}  // namespace
