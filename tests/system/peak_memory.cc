// Packs, lists or extracts in a process of its own and prints what that took, one line of `name=value`:
//   npk_peak_memory create-data pipe|lanes|kinds|alike|file BYTES PRESET MEMORY THREADS CHUNK [PACKAGE]
//                   PRESET: fast, standard, standard-plain (no filters), max, or max-small (blocks of 4 MiB)
//   npk_peak_memory create-tree DIRECTORY MEMORY [PACKAGE]
//   npk_peak_memory list PACKAGE
//   npk_peak_memory extract PACKAGE DIRECTORY MEMORY THREADS [pipe]
//   npk_peak_memory read PACKAGE THREADS CACHE
// With NPK_TEST_NOFILE in the environment, RLIMIT_NOFILE is set to it; with NPK_TEST_SEALED, packages are sealed. anon: peak anonymous memory
// in bytes, at most (the highest resident size less the pages of files resident at the start).
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include "npk/files.h"
#include "npk/ops/create.h"
#include "npk/ops/extract.h"
#include "npk/reader.h"
#include "support/test_tree.h"

namespace npk {
namespace {

std::uint64_t status_bytes(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stoull(line.substr(std::strlen(field) + 1)) << 10;
  }
  return 0;
}

// Text-like bytes that never come again: pieces of a pool at places that the position decides. Compresses to a third or so.
class Material {
 public:
  Material() : pool_(testing::make_data(testing::DataKind::text, 1U << 20, 42)) {}
  void fill(std::uint64_t offset, MutableBytes out) const {
    for (std::size_t at = 0; at < out.size();) {
      const std::uint64_t piece = (offset + at) / kPiece, within = (offset + at) % kPiece;
      std::uint64_t mixed = (piece + 1) * 0x9E3779B97F4A7C15ULL;
      mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9ULL;
      const std::size_t from = static_cast<std::size_t>((mixed >> 20) % (pool_.size() - kPiece)) + within;
      const std::size_t count = std::min<std::size_t>(out.size() - at, kPiece - within);
      std::memcpy(out.data() + at, pool_.data() + from, count);
      at += count;
    }
  }

 private:
  static constexpr std::uint64_t kPiece = 200;
  Bytes pool_;
};

// Slices of 1 MiB that are, in turn, text, lines of a log, and noise: all kinds of block are being filled at once.
class LanesMaterial {
 public:
  void fill(std::uint64_t offset, MutableBytes out) const {
    for (std::size_t at = 0; at < out.size();) {
      const std::uint64_t slice = (offset + at) / kSlice;
      const auto count = static_cast<std::size_t>(
          std::min<std::uint64_t>(out.size() - at, (slice + 1) * kSlice - (offset + at)));
      const MutableBytes part = out.subspan(at, count);
      if (slice % 3 == 0) text_.fill(offset + at, part);
      else for (std::size_t i = 0; i < count; ++i) part[i] = slice % 3 == 1 ? line(offset + at + i) : noise(offset + at + i);
      at += count;
    }
  }

 private:
  static constexpr std::uint64_t kSlice = 1U << 20, kLine = 64;
  static std::uint64_t mixed(std::uint64_t value) {
    value = (value + 1) * 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 29)) * 0xBF58476D1CE4E5B9ULL;
    return value ^ (value >> 32);
  }
  static std::uint8_t noise(std::uint64_t at) { return static_cast<std::uint8_t>(mixed(at / 8) >> (8 * (at % 8))); }
  // A number in front makes each line a new one.
  static std::uint8_t line(std::uint64_t at) {
    static constexpr char kRest[] = "the request was answered without delay, as it should be\n";
    const std::uint64_t column = at % kLine;
    return column < 8 ? static_cast<std::uint8_t>('0' + (at / kLine >> (3 * column)) % 8) : static_cast<std::uint8_t>(kRest[(column - 8) % (sizeof kRest - 1)]);
  }
  Material text_;
};

// Files of JSON, markup, cells, a log, one line again and again, noise and text, in turn: every kind that filters take apart has its block open.
class KindsMaterial {
 public:
  static constexpr std::uint64_t kFileBytes = 900'000;

  explicit KindsMaterial(std::uint64_t number) : number_(number) {}
  void fill(std::uint64_t offset, MutableBytes out) const {
    if (number_ % kKinds == kKinds - 1) return text_->fill(number_ * kFileBytes + offset, out);
    std::array<char, kLine + 32> line{};
    for (std::size_t at = 0; at < out.size();) {
      const std::uint64_t row = (offset + at) / kLine, within = (offset + at) % kLine;
      spell(row + (number_ << 20U), line);
      const std::size_t count = std::min<std::size_t>(out.size() - at, kLine - within);
      std::memcpy(out.data() + at, line.data() + within, count);
      at += count;
    }
  }

 private:
  static constexpr std::uint64_t kKinds = 7, kLine = 64;

  void spell(std::uint64_t row, std::array<char, kLine + 32>& line) const {
    static constexpr std::array kForms = {"{\"id\":%10llu,\"name\":\"item %8llu\",\"value\":%9llu.5}        \n",
                                          "<item id=\"%10llu\" at=\"%8llu\"> text of %9llu</item>           \n",
                                          "%10llu,%8llu,%9llu,name,0.125,2026-01-01,yes,1,2,3,4\n     ",
                                          "2026-01-01 00:00:00 %10llu host[%8llu]: took %9llu ms \n      ",
                                          "the same line again and again, the same line again and again  \n",
                                          "%c"};
    const std::uint64_t mixed = (row + 1) * 0x9E3779B97F4A7C15ULL;
    if (number_ % kKinds == 5) {
      for (std::size_t i = 0; i < kLine; i += 8) {
        const std::uint64_t noise = (mixed + i) * 0xBF58476D1CE4E5B9ULL ^ mixed >> 29U;
        std::memcpy(&line[i], &noise, 8);
      }
      return;
    }
    std::ranges::fill(line, ' ');
    const int length = std::snprintf(line.data(), line.size(), kForms[number_ % kKinds], static_cast<unsigned long long>(row % 10'000'000'000U),
                                     static_cast<unsigned long long>(mixed >> 40U), static_cast<unsigned long long>(mixed % 1'000'000'000U));
    line[static_cast<std::size_t>(length)] = ' ';
    line[kLine - 1] = '\n';
  }

  std::uint64_t number_;
  std::shared_ptr<const Material> text_ = shared_text();
  static std::shared_ptr<const Material> shared_text() {
    static const auto text = std::make_shared<const Material>();
    return text;
  }
};

// Files of JSON and of markup in turn, two of the same strings: of both kinds a block is open when they are joined.
class AlikeMaterial {
 public:
  static constexpr std::uint64_t kFileBytes = 900'000;

  explicit AlikeMaterial(std::uint64_t number) : number_(number) {}
  void fill(std::uint64_t offset, MutableBytes out) const {
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = byte_at(offset + at);
  }

 private:
  static constexpr std::uint64_t kLine = 64, kBegin = 9, kEnd = 53;

  [[nodiscard]] std::uint8_t byte_at(std::uint64_t at) const {
    static constexpr const char* kFront[] = {"{\"text\":\"", "<p><text>"};
    static constexpr const char* kBehind[] = {"\"}        \n", "</text></p>"};
    const std::uint64_t column = at % kLine, row = at / kLine + ((number_ / 2) << 20U);
    if (column < kBegin) return static_cast<std::uint8_t>(kFront[number_ % 2][column]);
    if (column >= kEnd) return static_cast<std::uint8_t>(kBehind[number_ % 2][column - kEnd]);
    const std::uint64_t mixed = ((row << 3U) + column / 8 + 1) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::uint8_t>('A' + (mixed >> (8 * (column % 8))) % 26);
  }

  std::uint64_t number_;
};

template <class Content>
testing::TestTree tree_of(std::uint64_t bytes) {
  std::vector<testing::TestEntry> entries;
  for (std::uint64_t number = 0; number * Content::kFileBytes < bytes; ++number) {
    testing::TestEntry& entry = entries.emplace_back(testing::TestEntry{.path = std::to_string(1'000'000 + number)});
    entry.generated_size = Content::kFileBytes;
    entry.generator = [material = Content(number)](std::uint64_t offset, MutableBytes out) { material.fill(offset, out); };
  }
  return testing::TestTree(std::move(entries));
}

template <class Content>
class MaterialSource final : public SequentialSource {
 public:
  explicit MaterialSource(std::uint64_t size) : size_(size) {}
  Result<std::size_t> read(MutableBytes out) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - at_));
    material_.fill(at_, out.first(count));
    at_ += count;
    return count;
  }
  std::string name() const override { return "<material>"; }

 private:
  Content material_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;
};

class NullSink final : public Sink {
 public:
  Result<void> write(ByteView) override { return {}; }
  Result<void> commit() override { return {}; }
  std::string name() const override { return "<nothing>"; }
};

template <class T>
T value_of(Result<T> result) {
  if (!result) {
    std::cout << "error=" << errc_name(result.error().code) << " message=" << result.error().to_string() << std::endl;
    std::exit(1);
  }
  return *std::move(result);
}

// The age specification's example. Null unless packages are sealed.
constexpr std::string_view kIdentity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

std::shared_ptr<const std::vector<Identity>> identities() {
  if (std::getenv("NPK_TEST_SEALED") == nullptr) return nullptr;
  std::vector<Identity> keys;
  keys.push_back(value_of(Identity::parse(kIdentity)));
  return std::make_shared<const std::vector<Identity>>(std::move(keys));
}

std::shared_ptr<const std::vector<Recipient>> recipients() {
  if (identities() == nullptr) return nullptr;
  std::vector<Recipient> keys;
  keys.push_back(value_of(identities()->front().recipient()));
  return std::make_shared<const std::vector<Recipient>>(std::move(keys));
}

struct Measure {
  std::uint64_t file_pages = status_bytes("RssFile:");
  void print(std::uint64_t entries, std::uint64_t chunks, std::uint64_t bytes) const {
    std::cout << "anon=" << status_bytes("VmHWM:") - file_pages << " entries=" << entries << " chunks=" << chunks << " bytes=" << bytes << std::endl;
  }
};

WriterOptions writer_options(const std::string& preset, const std::string& memory, const std::string& threads) {
  WriterOptions options;
  options.preset = preset.starts_with("fast") ? Preset::fast : preset.starts_with("max") ? Preset::max : Preset::standard;
  if (preset == "max-small") options.block_bytes = 4U << 20;
  if (preset == "standard-plain") options.choose_filters = false;
  if (preset.ends_with("-bases")) options.block_bytes = 128U << 10;
  options.memory_bytes = std::stoull(memory);
  options.threads = static_cast<unsigned>(std::stoul(threads));
  options.recipients = recipients();
  return options;
}

std::unique_ptr<Sink> sink_at(const std::vector<std::string>& arguments, std::size_t index) {
  if (arguments.size() <= index) return std::make_unique<NullSink>();
  return value_of(create_atomic_file(arguments[index]));
}

WriteReport create_from(SequentialSource& source, Sink& sink, const WriterOptions& options) {
  ops::CreateOptions create;
  create.standard_input = &source;
  create.sink = &sink;
  create.writer = options;
  return value_of(ops::create(create)).write;
}

void create_data(const std::vector<std::string>& arguments, const Measure& measure) {
  const std::uint64_t size = std::stoull(arguments.at(2));
  WriterOptions options = writer_options(arguments.at(3), arguments.at(4), arguments.at(5));
  options.chunk_bytes = std::stoull(arguments.at(6));
  const std::unique_ptr<Sink> sink = sink_at(arguments, 7);
  WriteReport report;
  if (arguments.at(1) == "pipe") {
    MaterialSource<Material> source(size);
    report = create_from(source, *sink, options);
  } else if (arguments.at(1) == "lanes") {
    MaterialSource<LanesMaterial> source(size);
    report = create_from(source, *sink, options);
  } else if (arguments.at(1) == "kinds" || arguments.at(1) == "alike") {
    report = value_of(writer::write_package(arguments[1] == "kinds" ? tree_of<KindsMaterial>(size) : tree_of<AlikeMaterial>(size), *sink, options));
    if (!sink->commit()) std::exit(1);
  } else {
    testing::TestEntry entry{.path = "data"};
    entry.generated_size = size;
    entry.generator = [material = Material()](std::uint64_t offset, MutableBytes out) { material.fill(offset, out); };
    const testing::TestTree tree({entry});
    report = value_of(writer::write_package(tree, *sink, options));
    if (!sink->commit()) std::exit(1);
  }
  measure.print(report.totals.entries, report.totals.chunks, report.package_bytes);
}

void create_tree(const std::vector<std::string>& arguments, const Measure& measure) {
  const std::unique_ptr<Sink> sink = sink_at(arguments, 3);
  ops::CreateOptions create;
  create.inputs = {{".", arguments.at(1)}};
  create.sink = sink.get();
  create.writer = writer_options("fast", arguments.at(2), "2");
  create.writer.problem = [](const Error& error) { std::cout << "problem: " << error.to_string() << std::endl; };
  const ops::CreateReport report = value_of(ops::create(create));
  measure.print(report.write.totals.entries, report.write.totals.chunks, report.write.package_bytes);
}

void list(const std::vector<std::string>& arguments, const Measure& measure) {
  const PackageReader reader = value_of(PackageReader::open_file(arguments.at(1)));
  std::uint64_t entries = 0, bytes = 0;
  const auto done = reader.for_each([&](const Entry& entry) {
    ++entries;
    bytes += entry.row().size;
    return true;
  });
  if (!done) value_of(Result<int>(std::unexpected(done.error())));
  measure.print(entries, reader.info().commit.placement.totals.chunks, bytes);
}

void extract(const std::vector<std::string>& arguments, const Measure& measure) {
  ops::ExtractOptions options;
  options.target_directory = arguments.at(2);
  options.memory_bytes = std::stoull(arguments.at(3));
  options.threads = static_cast<unsigned>(std::stoul(arguments.at(4)));
  options.problem = [](const Error& error) { std::cout << "problem: " << error.to_string() << std::endl; };
  if (arguments.size() > 5) {
    options.identities = identities();
    options.spool_directory = options.target_directory + "/..";
    const int descriptor = ::open(arguments.at(1).c_str(), O_RDONLY | O_CLOEXEC);
    const auto source = fd_source(descriptor, arguments.at(1));
    const ops::ExtractReport report = value_of(ops::extract_stream(*source, options));
    measure.print(report.entries, 0, report.bytes);
    return;
  }
  const PackageReader reader = value_of(PackageReader::open_file(arguments.at(1), {.identities = identities()}));
  const ops::ExtractReport report = value_of(ops::extract(reader, options));
  measure.print(report.entries, reader.info().commit.placement.totals.chunks, report.bytes);
}

// One thread's reading: at random places, then all in order.
std::uint64_t read_all(const PackageReader& reader, std::uint64_t seed) {
  FileStream stream = value_of(reader.open_stream(value_of(reader.entry(0))));
  Bytes bytes(4096);
  for (std::uint64_t i = 1; i <= 100; ++i) value_of(stream.read_at(seed * i * 7'919'999 % stream.size(), bytes));
  std::uint64_t count = 0;
  for (StreamChunk chunk = value_of(stream.read_chunk()); !chunk.empty(); chunk = value_of(stream.read_chunk()))
    count += chunk.bytes().size();
  return count;
}

void read(const std::vector<std::string>& arguments, const Measure& measure) {
  ReaderOptions options;
  options.block_cache_bytes = std::stoull(arguments.at(3));
  options.identities = identities();
  const PackageReader reader = value_of(PackageReader::open_file(arguments.at(1), options));
  std::atomic<std::uint64_t> bytes = 0;
  std::vector<std::jthread> threads;
  for (std::uint64_t seed = 1; seed <= std::stoull(arguments.at(2)); ++seed)
    threads.emplace_back([&, seed] { bytes += read_all(reader, seed); });
  threads.clear();
  measure.print(reader.entry_count(), reader.info().commit.placement.totals.chunks, bytes);
}

int run(const std::vector<std::string>& arguments) {
  if (const char* files = std::getenv("NPK_TEST_NOFILE")) {
    const rlimit limit{std::stoul(files), std::stoul(files)};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return 3;
  }
  const Measure measure;
  const std::string& verb = arguments.at(0);
  if (verb == "create-data") create_data(arguments, measure);
  else if (verb == "create-tree") create_tree(arguments, measure);
  else if (verb == "list") list(arguments, measure);
  else if (verb == "extract") extract(arguments, measure);
  else if (verb == "read") read(arguments, measure);
  else return 2;
  return 0;
}

}  // namespace
}  // namespace npk

int main(int argc, char** argv) { return npk::run({argv + 1, argv + argc}); }
