// A process killed while it writes a package: the old one, or none, is there, and the next run is not disturbed.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "npk/files.h"
#include "npk/reader.h"
#include "support/scratch.h"
#include "system/small_tree.h"

namespace npk {
namespace {

using testing::ScratchDirectory;

// Kills its own process at the Nth call; commit() counts twice, before and behind.
class KillingSink final : public Sink {
 public:
  KillingSink(std::unique_ptr<Sink> inner, std::uint64_t kill_at) : inner_(std::move(inner)), kill_at_(kill_at) {}
  Result<void> write(ByteView bytes) override {
    step();
    // Half of it, so that frames are torn too.
    NPK_TRY(inner_->write(bytes.first(bytes.size() / 2)));
    step();
    return inner_->write(bytes.subspan(bytes.size() / 2));
  }
  Result<void> commit() override {
    step();
    NPK_TRY(inner_->commit());
    step();
    return {};
  }
  std::string name() const override { return inner_->name(); }
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

 private:
  void step() {
    if (++steps_ == kill_at_) ::kill(::getpid(), SIGKILL);
  }
  std::unique_ptr<Sink> inner_;
  std::uint64_t kill_at_;
  std::uint64_t steps_ = 0;
};

Result<std::uint64_t> write_to(const std::string& path, const testing::TestTree& tree, std::uint64_t kill_at) {
  NPK_ASSIGN(auto file, create_atomic_file(path));
  KillingSink sink(std::move(file), kill_at);
  NPK_TRY(writer::write_package(tree, sink, {.preset = Preset::fast, .threads = 1}));
  NPK_TRY(sink.commit());
  return sink.steps();
}

// true: killed; false: it went through.
bool run_and_kill(const std::string& path, const testing::TestTree& tree, std::uint64_t kill_at) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(write_to(path, tree, kill_at) ? 0 : 1);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) != 0) << "status " << WEXITSTATUS(status);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

std::string whole_file(const std::string& path) { return testing::exists(path) ? testing::read_file(path) : "<absent>"; }

// N15, F1.
TEST(Killed, AtAnyStepTheOldPackageOrTheNewOneIsThere) {
  const testing::TestTree old_tree = testing::segmented_tree(1), new_tree = testing::segmented_tree(500);
  const ScratchDirectory scratch;
  const std::string path = scratch / "p.npk";
  ASSERT_TRUE(write_to(path, new_tree, 0));
  const std::string new_bytes = testing::read_file(path);
  const std::uint64_t steps = write_to(path, old_tree, 0).value();
  const std::string old_bytes = testing::read_file(path);
  ASSERT_NE(old_bytes, new_bytes);
  ASSERT_GE(steps, 50U);
  std::uint64_t points = 0;
  for (const bool is_there : {false, true}) {
    for (std::uint64_t at = 1; at <= steps; at += at + 6 < steps ? 4 : 1) {
      ++points;
      std::filesystem::remove(path);
      if (is_there) std::filesystem::copy_file(scratch / "old", path);
      else if (!testing::exists(scratch / "old")) testing::write_file(scratch / "old", old_bytes);
      ASSERT_TRUE(run_and_kill(path, new_tree, at)) << "step " << at;
      const std::string expected = at == steps ? new_bytes : is_there ? old_bytes : "<absent>";
      ASSERT_TRUE(whole_file(path) == expected) << "step " << at << " of " << steps;
    }
  }
  EXPECT_GE(points, 50U);
  // Dozens of temporary files lie about by now; a run that is left alone does its work beside them.
  EXPECT_GE(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 40);
  ASSERT_FALSE(run_and_kill(path, new_tree, 0));
  EXPECT_TRUE(whole_file(path) == new_bytes);
}

}  // namespace
}  // namespace npk
