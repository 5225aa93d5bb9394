#include <sys/stat.h>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "io/descriptor.h"
#include "npk/files.h"

namespace npk {
namespace io {
namespace {

// Keeps SIGPIPE from this thread while it lives and takes back one that its own write has caused. The process's
// handlers are not touched, and a SIGPIPE that was pending before stays pending.
class BrokenPipeGuard {
 public:
  BrokenPipeGuard() {
    ::sigemptyset(&pipe_signal_);
    ::sigaddset(&pipe_signal_, SIGPIPE);
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &pipe_signal_, &before_);
  }
  BrokenPipeGuard(const BrokenPipeGuard&) = delete;
  BrokenPipeGuard& operator=(const BrokenPipeGuard&) = delete;
  ~BrokenPipeGuard() {
    const timespec no_wait{};
    if (!was_pending_) {
      while (::sigtimedwait(&pipe_signal_, nullptr, &no_wait) < 0 && errno == EINTR) {
      }
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_signal_;
  sigset_t before_;
  bool was_pending_;
};

class DescriptorSource final : public SequentialSource {
 public:
  DescriptorSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  Result<std::size_t> read(MutableBytes out) override {
    if (out.empty()) return fail(Errc::misuse, "an empty buffer can't be read into");
    return read_some(fd_, out, name_);
  }
  std::string name() const override { return name_; }

 private:
  int fd_;
  std::string name_;
};

class DescriptorSink final : public Sink {
 public:
  DescriptorSink(int fd, std::string name) : fd_(fd), name_(std::move(name)) {
    struct stat status {};
    may_break_ = ::fstat(fd, &status) < 0 || !S_ISREG(status.st_mode);
  }
  Result<void> write(ByteView bytes) override {
    if (!may_break_) return write_fully(fd_, bytes, name_);
    const BrokenPipeGuard guard;
    return write_fully(fd_, bytes, name_);
  }
  Result<void> commit() override { return sync_if_possible(fd_, name_); }
  std::string name() const override { return name_; }

 private:
  int fd_;
  std::string name_;
  bool may_break_ = true;
};

}  // namespace
}  // namespace io

std::unique_ptr<SequentialSource> fd_source(int fd, std::string name) {
  return std::make_unique<io::DescriptorSource>(fd, std::move(name));
}
std::unique_ptr<Sink> fd_sink(int fd, std::string name) {
  return std::make_unique<io::DescriptorSink>(fd, std::move(name));
}

}  // namespace npk
