// Where a benchmark reads: files with sizes, and places in them drawn from a distribution, the same for every backend.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace npk::bench {

struct File {
  std::string path;
  std::uint64_t size = 0;
};

struct Place {
  std::uint32_t file = 0;
  std::uint64_t offset = 0;
};

// Lines of "SIZE PATH".
inline std::vector<File> read_file_list(const std::string& list) {
  std::vector<File> files;
  std::ifstream in(list);
  for (File file; in >> file.size && in.get() == ' ' && std::getline(in, file.path);) files.push_back(file);
  return files;
}

// Numbers 0 to n - 1, where k + 1 comes with a probability proportional to (k + 1)^-s: rejection-inversion of Hoermann and
// Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", 1996.
class Zipf {
 public:
  Zipf(double n, double s) : n_(n), s_(s), low_(integral(1.5) - 1.0), high_(integral(n + 0.5)) {}

  template <class Random>
  std::uint64_t operator()(Random& random) {
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    for (;;) {
      const double u = high_ + uniform(random) * (low_ - high_);
      const double k = std::clamp(std::floor(inverse(u) + 0.5), 1.0, n_);
      if (u >= integral(k + 0.5) - std::pow(k, -s_)) return static_cast<std::uint64_t>(k) - 1;
    }
  }

 private:
  [[nodiscard]] double integral(double x) const { return (std::pow(x, 1.0 - s_) - 1.0) / (1.0 - s_); }
  [[nodiscard]] double inverse(double x) const { return std::pow(1.0 + x * (1.0 - s_), 1.0 / (1.0 - s_)); }
  double n_, s_, low_, high_;
};

// Draws places: every granule of every file alike, or by Zipf's law (0.99) over the granules in an order of their own.
class Places {
 public:
  Places(const std::vector<File>& files, std::uint64_t granule_bytes, std::uint64_t hot_bytes) : granule_bytes_(granule_bytes) {
    std::uint64_t granules = 0;
    for (const File& file : files) {
      if (hot_bytes != 0 && granules * granule_bytes >= hot_bytes) break;
      granules += std::max<std::uint64_t>(1, file.size / granule_bytes);
      ends_.push_back(granules);
      sizes_.push_back(file.size);
    }
  }

  [[nodiscard]] std::uint64_t granules() const { return ends_.back(); }

  std::vector<Place> draw(bool zipf, std::size_t count, std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    Zipf ranks(static_cast<double>(granules()), 0.99);
    std::vector<Place> places(count);
    for (Place& place : places) place = at(zipf ? scattered(ranks(random)) : random() % granules());
    return places;
  }

  // Every file alike, whatever its size, and every offset within it from which a granule is left.
  std::vector<Place> draw_by_file(std::size_t count, std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    std::vector<Place> places(count);
    for (Place& place : places) {
      place.file = static_cast<std::uint32_t>(random() % sizes_.size());
      const std::uint64_t size = sizes_[place.file];
      place.offset = size > granule_bytes_ ? random() % (size - granule_bytes_ + 1) : 0;
    }
    return places;
  }

 private:
  // A rank's granule: a bijection would cost a table; a hash is as good, as a few ranks sharing a granule change nothing.
  [[nodiscard]] std::uint64_t scattered(std::uint64_t rank) const {
    std::uint64_t z = rank * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 32)) * 0xD6E8FEB86659FD93ULL;
    return (z ^ (z >> 32)) % granules();
  }
  [[nodiscard]] Place at(std::uint64_t granule) const {
    const auto file = static_cast<std::size_t>(std::ranges::upper_bound(ends_, granule) - ends_.begin());
    return {static_cast<std::uint32_t>(file), (granule - (file == 0 ? 0 : ends_[file - 1])) * granule_bytes_};
  }

  std::uint64_t granule_bytes_;
  std::vector<std::uint64_t> ends_;  // granules up to and with each file
  std::vector<std::uint64_t> sizes_;
};

}  // namespace npk::bench
