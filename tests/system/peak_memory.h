// Runs npk_peak_memory and takes its figures.
#pragma once

#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <iostream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace npk::testing {

struct PeakFigures {
  std::uint64_t anonymous = 0, entries = 0, chunks = 0, bytes = 0;
  std::string error;  // code and message, if it failed
  std::string output;
};

inline std::uint64_t figure(const std::string& line, const std::string& name) {
  const std::size_t at = line.find(name + "=");
  return at == std::string::npos ? 0 : std::stoull(line.substr(at + name.size() + 1));
}

// What the program prints; also to the test's log, for the record.
inline PeakFigures measure(const std::string& arguments, const std::string& environment = "") {
  PeakFigures figures;
  const std::string command = environment + " '" NPK_PEAK_MEMORY "' " + arguments;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {.error = "can't run " + command};
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) figures.output += buffer;
  const int status = ::pclose(pipe);
  const std::size_t line = figures.output.rfind('\n', figures.output.size() - 2);
  const std::string last = line == std::string::npos ? figures.output : figures.output.substr(line + 1);
  if (last.starts_with("error=")) figures.error = last;
  else if (status != 0) figures.error = "status " + std::to_string(status) + " " + last;
  figures.anonymous = figure(last, "anon");
  figures.entries = figure(last, "entries");
  figures.chunks = figure(last, "chunks");
  figures.bytes = figure(last, "bytes");
  std::cout << "[  figures ] " << arguments << ": " << last;
  return figures;
}

inline constexpr std::uint64_t kBytesPerChunk = 128, kBytesPerEntry = 200;
inline constexpr std::uint64_t kMegabyte = 1'000'000;

// `count` files in directories of 100; every tenth holds its number.
inline void make_files(const std::string& root, std::uint64_t count) {
  ASSERT_EQ(::mkdir(root.c_str(), 0755), 0);
  std::string directory;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i % 100 == 0) {
      directory = root + "/d" + std::to_string(i / 100);
      ASSERT_EQ(::mkdir(directory.c_str(), 0755), 0);
    }
    const std::string name = directory + "/f" + std::to_string(i);
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    ASSERT_GE(fd, 0) << name;
    const std::string text = i % 10 == 0 ? std::to_string(i) + "\n" : "";
    ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(fd);
  }
}

}  // namespace npk::testing
