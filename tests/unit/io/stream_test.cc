// Descriptor streams and memory sink.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <csignal>
#include <thread>

#include "io/descriptor.h"
#include "npk/files.h"
#include "support/scratch.h"

namespace npk {
namespace {

struct Pipe {
  Pipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read_end = io::FileDescriptor(ends[0]);
    write_end = io::FileDescriptor(ends[1]);
  }
  io::FileDescriptor read_end;
  io::FileDescriptor write_end;
};

TEST(Streams, CarryMoreThanAPipeHolds) {
  Pipe pipe;
  Bytes sent(1 << 20);
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::uint8_t>(i * 31);
  // Non-blocking at the writer's end: it must wait, not fail.
  ASSERT_EQ(::fcntl(pipe.write_end.get(), F_SETFL, O_NONBLOCK), 0);
  std::jthread writer([&] {
    const auto sink = fd_sink(pipe.write_end.get(), "out");
    EXPECT_TRUE(sink->write(sent));
    EXPECT_TRUE(sink->commit());  // a pipe can't be synced, which is no error
    pipe.write_end.reset();
  });
  const auto source = fd_source(pipe.read_end.get(), "in");
  Bytes received;
  Bytes buffer(10'007);
  for (;;) {
    const auto count = source->read(buffer);
    ASSERT_TRUE(count) << count.error().to_string();
    if (*count == 0) break;
    received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  EXPECT_EQ(received, sent);
}

TEST(Streams, ReportAGoneReaderWithoutASignal) {
  // SIGPIPE is at its default here: it would end the test.
  Pipe pipe;
  pipe.read_end.reset();
  const auto sink = fd_sink(pipe.write_end.get(), "out");
  const auto written = sink->write(as_bytes("lost"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::io);
  EXPECT_EQ(written.error().system_errno, EPIPE);
  EXPECT_EQ(written.error().path, "out");

  int sockets[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
  const io::FileDescriptor mine(sockets[0]);
  ::close(sockets[1]);
  EXPECT_EQ(fd_sink(mine.get(), "socket")->write(as_bytes("lost")).error().system_errno, EPIPE);
  sigset_t pending;
  ASSERT_EQ(::sigpending(&pending), 0);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
}

TEST(Streams, LeaveAnEarlierPendingSignalAlone) {
  sigset_t pipe_signal;
  sigset_t before;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before), 0);
  ASSERT_EQ(::raise(SIGPIPE), 0);
  Pipe pipe;
  pipe.read_end.reset();
  EXPECT_FALSE(fd_sink(pipe.write_end.get(), "out")->write(as_bytes("lost")));
  const timespec no_wait{};
  EXPECT_EQ(::sigtimedwait(&pipe_signal, nullptr, &no_wait), SIGPIPE);
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
}

TEST(Streams, ReportABadDescriptorAndMisuse) {
  Bytes buffer(10);
  EXPECT_EQ(fd_source(-1, "none")->read(buffer).error().system_errno, EBADF);
  EXPECT_EQ(fd_sink(-1, "none")->write(buffer).error().system_errno, EBADF);
  EXPECT_EQ(fd_source(0, "stdin")->read({}).error().code, Errc::misuse);
}

TEST(Streams, WaitForANonBlockingReader) {
  Pipe pipe;
  ASSERT_EQ(::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK), 0);
  std::jthread writer([&] {
    ::usleep(20'000);
    EXPECT_EQ(::write(pipe.write_end.get(), "late", 4), 4);
  });
  Bytes buffer(10);
  EXPECT_EQ(fd_source(pipe.read_end.get(), "in")->read(buffer).value(), 4U);
}

TEST(Streams, ReportAFullDisk) {
  const io::FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  const auto written = fd_sink(full.get(), "/dev/full")->write(as_bytes("x"));
  EXPECT_EQ(written.error().code, Errc::io);
  EXPECT_EQ(written.error().system_errno, ENOSPC);
}

TEST(MemorySink, Appends) {
  Bytes out{1};
  const auto sink = memory_sink(out);
  ASSERT_TRUE(sink->write(Bytes{2, 3}));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(out, (Bytes{1, 2, 3}));
}

}  // namespace
}  // namespace npk
