#include "npk/ops/generate.h"

#include <vector>

#include "pool/pipeline.h"
#include "tree/made_directory.h"

namespace npk::ops {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

// Collects what is to be written, and writes much of it at once.
class TreeOnDisk {
 public:
  TreeOnDisk(const tree::MadeDirectory& directory, const GenerateOptions& options) : directory_(directory), options_(options) {}

  Result<void> add(synth::TreeFile file) {
    waiting_bytes_ += file.content.size();
    waiting_.push_back(std::move(file));
    return waiting_.size() >= kMostFiles || waiting_bytes_ >= kMostBytes ? flush() : Result<void>();
  }

  Result<void> flush() {
    NPK_TRY(pool::parallel_for_each_index({.threads = options_.threads, .max_tokens = 0, .stop = options_.stop}, waiting_.size(),
                                          [&](std::uint64_t number) {
                                            const synth::TreeFile& file = waiting_[static_cast<std::size_t>(number)];
                                            return directory_.write(file.path, file.mtime_seconds, *file.content.open(file.path));
                                          }));
    report.files += waiting_.size();
    report.bytes += waiting_bytes_;
    waiting_.clear();
    waiting_bytes_ = 0;
    if (options_.progress) options_.progress({.done_bytes = report.bytes, .total_bytes = 0, .done_entries = report.files, .total_entries = 0});
    return {};
  }

  // Old names go before new ones come.
  Result<void> remove_old(const synth::TreeChange& change) {
    if (change.old_path.empty() || change.same_content) return {};
    if (!change.now) ++report.removed_files;
    return directory_.remove(change.old_path);
  }
  Result<void> make_new(synth::TreeChange change) {
    if (!change.now) return {};
    if (!change.same_content) return add(*std::move(change.now));
    ++report.moved_files;
    return directory_.move(change.old_path, change.now->path);
  }

  GenerateReport report;

 private:
  static constexpr std::size_t kMostFiles = 2048;
  static constexpr std::uint64_t kMostBytes = 256U << 20;

  const tree::MadeDirectory& directory_;
  const GenerateOptions& options_;
  std::vector<synth::TreeFile> waiting_;
  std::uint64_t waiting_bytes_ = 0;
};

Result<void> make_directories(const synth::Tree& made, const tree::MadeDirectory& directory, GenerateReport& report) {
  return made.for_each_directory([&](const std::string& path) {
    ++report.directories;
    return directory.make_directory(path);
  });
}

Result<void> write_changes(const synth::Tree& made, std::uint32_t from, std::uint32_t to, TreeOnDisk& disk) {
  NPK_TRY(made.for_each_change(from, to, [&](const synth::TreeChange& change) { return disk.remove_old(change); }));
  return made.for_each_change(from, to, [&](synth::TreeChange change) { return disk.make_new(std::move(change)); });
}

EntryRow row_of(const std::string& path, EntryKind kind, std::uint16_t mode, std::int64_t mtime_seconds) {
  EntryRow row;
  row.path = path;
  row.kind = kind;
  row.mode = mode;
  row.mtime_seconds = mtime_seconds;
  return row;
}

}  // namespace

Result<GenerateReport> generate_tree(const synth::Tree& made, const GenerateOptions& options) {
  NPK_ASSIGN(const tree::MadeDirectory directory, tree::MadeDirectory::open(options.directory));
  TreeOnDisk disk(directory, options);
  if (options.from) {
    NPK_TRY(write_changes(made, *options.from, options.generation, disk));
  } else {
    NPK_TRY(make_directories(made, directory, disk.report));
    NPK_TRY(made.for_each_file(options.generation, [&](synth::TreeFile file) { return disk.add(std::move(file)); }));
  }
  NPK_TRY(disk.flush());
  const std::int64_t time = made.options().time_seconds + options.generation * kDaySeconds;
  NPK_TRY(made.for_each_directory([&](const std::string& path) { return directory.set_time(path, time); }));
  return disk.report;
}

Result<WriteReport> pack_generated_tree(const synth::Tree& made, std::uint32_t generation, Sink& package, const WriterOptions& options) {
  constexpr std::uint16_t kFileMode = 0644, kDirectoryMode = 0755;
  PackageWriter writer(options);
  const std::int64_t time = made.options().time_seconds + generation * kDaySeconds;
  NPK_TRY(made.for_each_directory([&](const std::string& path) { return writer.add(row_of(path, EntryKind::directory, kDirectoryMode, time)); }));
  NPK_TRY(made.for_each_file(generation, [&](const synth::TreeFile& file) {
    return writer.add(row_of(file.path, EntryKind::regular, kFileMode, file.mtime_seconds),
                      [&made, generation, number = file.number, size = file.first_size]() -> Result<std::unique_ptr<SequentialSource>> {
                        NPK_ASSIGN(const synth::TreeContent content, made.content_of(number, size, generation));
                        return content.open("<made up>");
                      });
  }));
  return writer.finish(package);
}

}  // namespace npk::ops
