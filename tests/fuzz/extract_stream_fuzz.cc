// links: npk_fuzz_packages npk_ops_read
// also: spec/vectors/*.npk
// Input: a package as it comes from a pipe, its checksums made right; its length chooses the options. Extraction comes to
// an end, says the same however the bytes arrive, and touches nothing outside its directory.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "fuzz/fuzz_input.h"
#include "fuzz/packages.h"
#include "fuzz/piece_source.h"
#include "npk/ops/extract.h"

namespace {

using namespace npk;

// In memory where there is such a place; emptied after every input.
class Surroundings {
 public:
  Surroundings() : path_(::access("/dev/shm", W_OK) == 0 ? "/dev/shm/npk-fuzz-XXXXXX" : "/tmp/npk-fuzz-XXXXXX") {
    fuzz::require(::mkdtemp(path_.data()) != nullptr, "a place for what is extracted");
  }
  ~Surroundings() { remove(path_); }

  [[nodiscard]] std::string target() const { return path_ + "/target"; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  void require_nothing_else() const {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path_.c_str()), &::closedir);
    fuzz::require(directory != nullptr, "the directory above the target");
    while (const dirent* entry = ::readdir(directory.get())) {
      const std::string_view name = entry->d_name;
      fuzz::require(name == "." || name == ".." || name == "target", "nothing outside the target");
    }
  }
  void empty() const { remove(target()); }

 private:
  static void remove(const std::string& path) {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (!error) return;
    const std::string command = "chmod -R u+rwx '" + path + "' && rm -rf '" + path + "'";  // an ordinary user's
    fuzz::require(std::system(command.c_str()) == 0, "what was extracted is removed");
  }

  std::string path_;
};

struct Outcome {
  Errc code{};
  ops::ExtractReport report;
  std::size_t problems = 0;
};

Outcome extract(const Surroundings& around, ByteView package, std::size_t piece) {
  Outcome outcome;
  ops::ExtractOptions options;
  options.target_directory = around.target();
  options.spool_directory = around.path();
  options.spool_bytes = package.size() % 3 == 0 ? 700 : 1U << 20;
  options.threads = 1;
  options.limits = fuzz::limits();
  options.limits.max_path_bytes = 300;  // so that a tree is soon removed again
  options.limits.max_expanded_bytes_free = 1U << 19;
  options.limits.max_expansion_ratio = 4;
  options.existing = package.size() % 4 == 0 ? ops::ExistingFiles::overwrite : ops::ExistingFiles::fail;
  if (package.size() % 5 == 0) options.globs = {"*a*"};
  options.strip_components = package.size() % 7 == 0 ? 1 : 0;
  options.problem = [&](const Error&) { ++outcome.problems; };
  fuzz::PieceSource source(package, piece);
  const auto report = ops::extract_stream(source, options);
  if (report) outcome.report = *report;
  else outcome.code = report.error().code;
  around.require_nothing_else();
  around.empty();
  return outcome;
}

void check(const Outcome& outcome) {
  const ops::ExtractReport& report = outcome.report;
  fuzz::require(outcome.code != Errc::internal && outcome.code != Errc::misuse, "no fault of ours");
  fuzz::require(report.failed_entries + report.warnings <= outcome.problems, "a word on everything that failed");
  fuzz::require(report.damaged_entries <= report.failed_entries, "damaged ones have failed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Surroundings around;
  Bytes package(data, data + size);
  fuzz::reseal(package);
  const Outcome whole = extract(around, package, SIZE_MAX);
  check(whole);
  if (size % 8 != 0) return 0;
  const Outcome in_pieces = extract(around, package, 1 + size % 61);
  fuzz::require(whole.code == in_pieces.code && whole.problems == in_pieces.problems &&
                    whole.report.entries == in_pieces.report.entries && whole.report.bytes == in_pieces.report.bytes &&
                    whole.report.failed_entries == in_pieces.report.failed_entries,
                "the same however the bytes arrive");
  return 0;
}
