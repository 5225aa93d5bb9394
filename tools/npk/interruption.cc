#include "interruption.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace npk::tools {
namespace {

std::atomic<int> signal_event = -1;
std::atomic<bool> was_signalled = false;

void wake(int event) {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(event, &one, sizeof one));
}

extern "C" void handle_stop_signal(int number) {
  const int saved = errno;
  was_signalled = true;
  wake(signal_event);
  std::signal(number, SIG_DFL);
  errno = saved;
}

void wait_readable(std::span<pollfd> waiting) {
  while (::poll(waiting.data(), waiting.size(), -1) < 0 && errno == EINTR) {}
}

class InterruptibleInput final : public SequentialSource {
 public:
  InterruptibleInput(int event, std::stop_token stop) : event_(event), stop_(std::move(stop)) {}

  Result<std::size_t> read(MutableBytes out) override {
    for (;;) {
      std::array<pollfd, 2> waiting = {{{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}, {.fd = event_, .events = POLLIN, .revents = 0}}};
      wait_readable(waiting);
      if (waiting[1].revents != 0) return fail(Errc::cancelled, "stopped");
      const ssize_t count = ::read(STDIN_FILENO, out.data(), out.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR && errno != EAGAIN)
        return std::unexpected(Error{.code = Errc::io, .message = "can't read", .path = name(), .system_errno = errno});
    }
  }
  std::string name() const override { return "standard input"; }

 private:
  int event_;
  std::stop_token stop_;
};

}  // namespace

Interruption::Interruption() : event_(::eventfd(0, EFD_CLOEXEC)) {
  signal_event = event_;
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction old {};
    ::sigaction(number, nullptr, &old);
    if (old.sa_handler != SIG_IGN) std::signal(number, handle_stop_signal);
  }
  watcher_ = std::thread([this] { watch(); });
}

Interruption::~Interruption() {
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
  wake(event_);
  watcher_.join();
  ::close(event_);
}

void Interruption::watch() {
  std::array<pollfd, 1> waiting = {{{.fd = event_, .events = POLLIN, .revents = 0}}};
  wait_readable(waiting);
  if (was_signalled) stop_.request_stop();
}

std::unique_ptr<SequentialSource> Interruption::standard_input() const { return std::make_unique<InterruptibleInput>(event_, token()); }

}  // namespace npk::tools
