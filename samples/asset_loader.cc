// As a game loads assets: 8 threads read 4 KiB at random places of random files, and the latencies are told.
// Usage: asset_loader PACKAGE [READS]
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "npk/format/crc32c.h"
#include "npk/reader.h"

namespace {

constexpr unsigned kThreads = 8;
using Nanoseconds = std::chrono::nanoseconds;

struct Load {
  std::vector<Nanoseconds> latencies;
  std::uint64_t checksum = 0;  // of what was read, whatever the order
};

npk::Result<std::vector<npk::FileStream>> open_all(const npk::PackageReader& reader) {
  std::vector<npk::FileStream> streams;
  npk::Result<void> opened;
  const auto open = [&](const npk::Entry& entry) {
    if (entry.row().kind != npk::EntryKind::regular || entry.row().size == 0) return true;
    auto stream = reader.open_stream(entry);
    if (!stream) return opened = npk::pass_on(std::move(stream)), false;
    streams.push_back(*std::move(stream));
    return true;
  };
  NPK_TRY(reader.for_each(open));
  NPK_TRY(std::move(opened));
  return streams;
}

// read_at is const: any number of threads may read one stream at once.
npk::Result<Load> load(const std::vector<npk::FileStream>& streams, std::size_t reads, unsigned seed) {
  std::mt19937_64 random(seed);
  std::array<std::uint8_t, 4096> bytes;
  Load load;
  for (std::size_t i = 0; i < reads; ++i) {
    const npk::FileStream& stream = streams[random() % streams.size()];
    const std::uint64_t offset = random() % stream.size();
    const auto start = std::chrono::steady_clock::now();
    NPK_ASSIGN(const std::size_t count, stream.read_at(offset, bytes));
    load.latencies.push_back(std::chrono::steady_clock::now() - start);
    load.checksum += npk::format::crc32c(npk::ByteView(bytes).first(count));
  }
  return load;
}

npk::Result<Load> load_by_threads(const std::vector<npk::FileStream>& streams, std::size_t reads) {
  std::array<npk::Result<Load>, kThreads> loads;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] { loads[i] = load(streams, reads / kThreads, i); });
  threads.clear();  // waits
  Load all;
  for (npk::Result<Load>& one : loads) {
    NPK_TRY(one);
    all.latencies.insert(all.latencies.end(), one->latencies.begin(), one->latencies.end());
    all.checksum += one->checksum;
  }
  return all;
}

npk::Result<void> run(const char* package, std::size_t reads) {
  NPK_ASSIGN(const npk::PackageReader reader, npk::PackageReader::open_file(package));
  NPK_ASSIGN(const std::vector<npk::FileStream> streams, open_all(reader));
  if (streams.empty() || reads < kThreads) return npk::fail(npk::Errc::misuse, "nothing to read");
  NPK_ASSIGN(Load all, load_by_threads(streams, reads));
  std::ranges::sort(all.latencies);
  std::printf("%zu reads, checksum %llu\n", all.latencies.size(), static_cast<unsigned long long>(all.checksum));
  for (const double share : {0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(all.latencies.size() - 1));
    std::printf("p%g %.2f us\n", 100 * share, static_cast<double>(all.latencies[rank].count()) / 1000);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: asset_loader PACKAGE [READS]\n"), 2;
  const auto done = run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 8000);
  if (!done) std::fprintf(stderr, "asset_loader: %s\n", done.error().to_string().c_str());
  return done ? 0 : 1;
}
