// Random reads from one backend, timed one by one; prints one line of JSON. bench/random_read runs it for every peer.
//
//   npk_random_read_probe --backend npk|directory|zip --path P --files LIST [--bytes N] [--threads N] [--reads N]
//                         [--zipf | --by-file] [--hot BYTES] [--keep-open] [--lend] [--sum] [--warm] [--cache BYTES] [--identity FILE] [--also-pid PID]
//
// LIST holds lines "SIZE PATH". --by-file: every file is as likely as another, whatever its size. --hot: only the first
// files of LIST, up to that many bytes. --warm: the same reads are done once before, untimed. --lend: npk's bytes are
// lent, not copied. --sum: all bytes of a read are added up within its time; else its first byte is looked at.
// --also-pid: CPU time and memory of that process (a FUSE driver) count too.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>
#include <thread>

#include "backend.h"

namespace npk::bench {
namespace {

struct Settings {
  std::string backend, files;
  BackendOptions options;
  std::uint64_t bytes = 4096, hot_bytes = 0;
  std::size_t threads = 1, reads = 100'000;
  long also_pid = 0;
  bool zipf = false, by_file = false, warm = false, sum = false;
};

std::uint64_t number(const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (end == text || *end != 0) throw std::runtime_error(std::string("not a number: ") + text);
  return value;
}

Settings parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--zipf") settings.zipf = true;
    else if (name == "--by-file") settings.by_file = true;
    else if (name == "--keep-open") settings.options.keep_open = true;
    else if (name == "--warm") settings.warm = true;
    else if (name == "--lend") settings.options.lend = true;
    else if (name == "--sum") settings.sum = true;
    else if (i + 1 == argc) throw std::runtime_error(std::string(name) + ": unknown, or without its value");
    else if (name == "--backend") settings.backend = argv[++i];
    else if (name == "--path") settings.options.path = argv[++i];
    else if (name == "--files") settings.files = argv[++i];
    else if (name == "--bytes") settings.bytes = number(argv[++i]);
    else if (name == "--threads") settings.threads = number(argv[++i]);
    else if (name == "--reads") settings.reads = number(argv[++i]);
    else if (name == "--hot") settings.hot_bytes = number(argv[++i]);
    else if (name == "--cache") settings.options.cache_bytes = number(argv[++i]);
    else if (name == "--identity") settings.options.identities = argv[++i];
    else if (name == "--also-pid") settings.also_pid = static_cast<long>(number(argv[++i]));
    else throw std::runtime_error(std::string(name) + ": unknown option");
  }
  return settings;
}

std::unique_ptr<Backend> make_backend(const Settings& settings, const std::vector<File>& files) {
  if (settings.backend == "npk") return make_npk_backend(settings.options, files);
  if (settings.backend == "directory") return make_directory_backend(settings.options, files);
  std::unique_ptr<Backend> zip = settings.backend == "zip" ? make_zip_backend(settings.options, files) : nullptr;
  if (zip == nullptr) throw std::runtime_error("no backend '" + settings.backend + "'");
  return zip;
}

// User and system time of another process, all its threads.
double cpu_seconds_of(long pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  double user = 0, system = 0;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double cpu_seconds(const Settings& settings) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime) + (settings.also_pid != 0 ? cpu_seconds_of(settings.also_pid) : 0);
}

std::uint64_t resident_bytes_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/statm");
  std::uint64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

struct Measured {
  std::vector<std::uint32_t> nanoseconds;
  double seconds = 0, cpu = 0;
  std::uint64_t bytes = 0, sum = 0;
};

std::uint64_t sum_of(std::span<const std::uint8_t> bytes) {
  std::uint64_t sum = 0, word = 0;
  for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word)) {
    std::memcpy(&word, bytes.data(), sizeof word);
    sum += word;
  }
  return bytes.empty() ? sum : sum + bytes.front();
}

void read_all(Session& session, const std::vector<Place>& places, std::vector<std::uint8_t>& room, bool sum, Measured* measured) {
  using Clock = std::chrono::steady_clock;
  for (const Place& place : places) {
    const auto begin = Clock::now();
    const std::span<const std::uint8_t> bytes = session.read(place, room);
    const std::uint64_t seen = sum_of(sum ? bytes : bytes.first(std::min<std::size_t>(1, bytes.size())));
    const auto took = Clock::now() - begin;
    if (measured == nullptr) continue;
    measured->bytes += bytes.size();
    measured->sum += seen;
    measured->nanoseconds.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(UINT32_MAX, took.count())));
  }
}

Measured measure(const Settings& settings, Backend& backend, const Places& places) {
  std::vector<Measured> parts(settings.threads);
  std::vector<std::exception_ptr> failures(settings.threads);
  double cpu = 0;
  std::chrono::steady_clock::time_point begin;
  std::barrier start(static_cast<std::ptrdiff_t>(settings.threads), [&]() noexcept {
    cpu = cpu_seconds(settings);
    begin = std::chrono::steady_clock::now();
  });
  const auto work = [&](std::size_t thread) {
    const std::size_t reads = settings.reads / settings.threads;
    const auto drawn = settings.by_file ? places.draw_by_file(reads, 1 + thread) : places.draw(settings.zipf, reads, 1 + thread);
    std::vector<std::uint8_t> room(settings.bytes);
    parts[thread].nanoseconds.reserve(drawn.size());
    try {
      const auto session = backend.session();
      if (settings.warm) read_all(*session, drawn, room, settings.sum, nullptr);
      start.arrive_and_wait();
      read_all(*session, drawn, room, settings.sum, &parts[thread]);
    } catch (...) {
      failures[thread] = std::current_exception();
      start.arrive_and_drop();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < settings.threads; ++thread) threads.emplace_back(work, thread);
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  Measured all;
  all.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  all.cpu = cpu_seconds(settings) - cpu;
  for (const Measured& part : parts) {
    all.bytes += part.bytes;
    all.sum += part.sum;
    all.nanoseconds.insert(all.nanoseconds.end(), part.nanoseconds.begin(), part.nanoseconds.end());
  }
  std::ranges::sort(all.nanoseconds);
  return all;
}

void print(const Settings& settings, const Measured& measured) {
  const auto quantile = [&](double q) {
    const auto last = measured.nanoseconds.size() - 1;
    return 1e-3 * measured.nanoseconds[std::min(last, static_cast<std::size_t>(q * static_cast<double>(measured.nanoseconds.size())))];
  };
  const auto reads = static_cast<double>(measured.nanoseconds.size());
  const std::uint64_t resident = resident_bytes_of("self") + (settings.also_pid != 0 ? resident_bytes_of(std::to_string(settings.also_pid)) : 0);
  std::printf("{\"reads\": %.0f, \"reads_per_second\": %.0f, \"p50_us\": %.3f, \"p99_us\": %.3f, \"p999_us\": %.3f, "
              "\"cpu_us_per_read\": %.3f, \"bytes\": %llu, \"sum\": %llu, \"resident_bytes\": %llu}\n",
              reads, reads / measured.seconds, quantile(0.5), quantile(0.99), quantile(0.999), 1e6 * measured.cpu / reads,
              static_cast<unsigned long long>(measured.bytes), static_cast<unsigned long long>(measured.sum), static_cast<unsigned long long>(resident));
}

int run(int argc, char** argv) {
  const Settings settings = parse(argc, argv);
  const std::vector<File> files = read_file_list(settings.files);
  if (files.empty()) throw std::runtime_error("no files in '" + settings.files + "'");
  const auto backend = make_backend(settings, files);
  print(settings, measure(settings, *backend, Places(files, settings.bytes, settings.hot_bytes)));
  return 0;
}

}  // namespace
}  // namespace npk::bench

int main(int argc, char** argv) {
  try {
    return npk::bench::run(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "npk_random_read_probe: %s\n", failure.what());
    return 1;
  }
}
