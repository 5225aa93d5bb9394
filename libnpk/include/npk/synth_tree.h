// Made-up trees: so many files of so many bytes, their sizes, names and directories, and generation after generation of edits; deterministic by
// seed. To disk by ops/generate.h (`npk gen --files`), or straight into a PackageWriter.
//
// A tree is a pure function of TreeOptions and a generation, in integers. Memory does not grow with the number of files: a walk computes one after
// the other. Files are numbered from 0; those of generation 0 have the least numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "npk/synth.h"

namespace npk::synth {

enum class SizeDistribution : std::uint8_t {
  fixed,       // all of one size, but for a byte
  log_normal,  // as in most file systems: many small ones, few large
  zipf,        // the n-th largest has about 1/n of the largest
};

// From one generation to the next. Shares of the files there are: 0 to 1, kept to a millionth, the first four at most 1 together.
struct TreeEdits {
  double changed = 0.05;
  double renamed = 0.01;        // to another directory, too
  double removed = 0.01;
  double added = 0.01;          // of the files of generation 0
  double bytes = 0.02;          // of a changed file's bytes: what is replaced, inserted or deleted, one third of the places each
  std::uint32_t places = 1;     // where, in each changed file; 1 to 1000
};

struct TreeOptions {
  Seed seed;
  std::uint64_t files = 0;          // in generation 0, exactly; below 2^32
  std::uint64_t total_bytes = 0;    // of these together, exactly; at most 2^54
  SizeDistribution sizes = SizeDistribution::log_normal;
  double spread = 2.5;              // log_normal: the standard deviation of the size's logarithm to base 2; 0 to 6
  std::uint64_t directories = 1;    // 1: all lie in the top; below 2^32
  std::uint64_t fan_out = 16;       // directories in a directory; 1 makes a chain as deep as there are directories
  std::size_t name_bytes = 0;       // of files' names at least; at most 255
  double dedup = 1;                 // files for each that is unique: file i is a copy of file i mod max(1, round(files / dedup)), but for at most the
                                    // last, which has the bytes by which equal sizes miss total_bytes
  double compress = 1;              // as ObjectOptions, and so is:
  std::uint64_t block_bytes = 1U << 20;
  std::int64_t time_seconds = 1'700'000'000;  // generation 0 is of the year before; generation g of day g behind
  TreeEdits edits;
};

// How many directories a tree of so many levels below the top has; nullopt if 2^32 or more.
[[nodiscard]] std::optional<std::uint64_t> directories_of_depth(std::uint64_t depth, std::uint64_t fan_out) noexcept;

// A file's bytes: pieces of objects. Const members from any thread.
class TreeContent {
 public:
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  // Fills `out` from `offset` on, as far as the content goes; the count.
  std::size_t read_at(std::uint64_t offset, MutableBytes out) const noexcept;
  // From the beginning; keeps what it needs.
  [[nodiscard]] std::unique_ptr<SequentialSource> open(std::string name) const;

  void insert(std::uint64_t offset, const ObjectGenerator& object);  // all of it; `offset` at most size()
  void erase(std::uint64_t offset, std::uint64_t length);            // within size()

 private:
  struct Piece {
    ObjectGenerator object;
    std::uint64_t offset, length;
  };
  std::size_t split(std::uint64_t offset);

  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

struct TreeFile {
  std::uint64_t number = 0;
  std::string path;               // relative, '/' between names
  std::int64_t mtime_seconds = 0;
  std::uint64_t first_size = 0;   // when it was new
  TreeContent content;
};

// What became of one file from one generation to another.
struct TreeChange {
  std::string old_path;           // empty: it is new
  std::optional<TreeFile> now;    // none: it is gone
  bool same_content = false;      // only its path is another
};

// One thread a walk; any number of walks at once.
class Tree {
 public:
  // Errc::misuse, naming the field and its range. Draws all sizes once.
  [[nodiscard]] static Result<Tree> create(const TreeOptions& options);
  ~Tree();
  Tree(Tree&&) noexcept;
  Tree& operator=(Tree&&) noexcept;

  // Parents first. The top has no entry. The same in all generations.
  [[nodiscard]] Result<void> for_each_directory(const std::function<Result<void>(const std::string& path)>& visit) const;
  // In order of numbers.
  [[nodiscard]] Result<void> for_each_file(std::uint32_t generation, const std::function<Result<void>(TreeFile file)>& visit) const;
  // Only what is not the same in both; `from` at most `to`.
  [[nodiscard]] Result<void> for_each_change(std::uint32_t from, std::uint32_t to, const std::function<Result<void>(TreeChange change)>& visit) const;

  // A file's content once more, from what the walk told: for who keeps many files in mind and opens them later. Any thread.
  [[nodiscard]] Result<TreeContent> content_of(std::uint64_t number, std::uint64_t first_size, std::uint32_t generation) const;

  [[nodiscard]] std::uint64_t unique_files() const noexcept;  // in generation 0
  [[nodiscard]] const TreeOptions& options() const noexcept;

 private:
  class Impl;
  explicit Tree(std::unique_ptr<const Impl> impl) noexcept;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace npk::synth
