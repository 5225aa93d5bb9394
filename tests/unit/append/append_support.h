// A tree on disk, a package of it, and further generations; and what each generation holds.
#pragma once

#include <sys/stat.h>
#include <filesystem>
#include <map>

#include "npk/ops/append.h"
#include "npk/ops/create.h"
#include "unit/signed/signed_support.h"

namespace npk::testing {

// Path to content; directories have none.
using State = std::map<std::string, std::string>;

class AppendedPackage {
 public:
  explicit AppendedPackage(Recipients to = nullptr, Identities keys = nullptr) : recipients_(std::move(to)), keys_(std::move(keys)) {
    std::filesystem::create_directory(scratch_ / "t");
  }

  [[nodiscard]] std::string path() const { return scratch_ / "p.npk"; }
  [[nodiscard]] std::string in_tree(std::string_view name) const { return scratch_ / ("t/" + std::string(name)); }
  [[nodiscard]] const Identities& keys() const noexcept { return keys_; }
  [[nodiscard]] Bytes bytes() const {
    const std::string text = read_file(path());
    return {text.begin(), text.end()};
  }
  void put_back(ByteView bytes) const { write_file(path(), as_text(bytes)); }

  // `age`: seconds before the first generation's time.
  void write(std::string_view name, std::string_view content, int age = 1000) const {
    std::filesystem::create_directories(std::filesystem::path(in_tree(name)).parent_path());
    write_file(in_tree(name), content);
    set_age(name, age);
  }
  void set_age(std::string_view name, int age) const {
    const timespec times[2] = {{kFirstTime - age, 7}, {kFirstTime - age, 7}};
    ASSERT_EQ(::utimensat(AT_FDCWD, in_tree(name).c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }
  void remove(std::string_view name) const { std::filesystem::remove_all(in_tree(name)); }

  [[nodiscard]] ops::CreateOptions options() const {
    ops::CreateOptions options;
    options.package_path = path();
    options.inputs = {{.path = "t", .base_directory = scratch_.path()}};
    options.writer.preset = Preset::fast;
    options.writer.threads = 2;
    options.writer.chunk_bytes = 4U << 10;
    options.writer.block_bytes = 64U << 10;
    options.writer.time_seconds = time_;
    return options;
  }
  void pack() {
    ops::CreateOptions create = options();
    create.writer.recipients = recipients_;
    const auto report = ops::create(create);
    ASSERT_TRUE(report) << report.error().to_string();
  }
  [[nodiscard]] ops::AppendOptions append_options() {
    time_ += 10;
    ops::AppendOptions append;
    append.package_path = path();
    append.identities = keys_;
    append.create = options();
    append.create.writer.chunk_bytes = 0;  // as before
    return append;
  }
  ops::AppendReport append() { return run(append_options()); }
  static ops::AppendReport run(const ops::AppendOptions& options) {
    const auto report = ops::append(options);
    EXPECT_TRUE(report) << report.error().to_string();
    return report ? *report : ops::AppendReport();
  }
  // Fails, and changes nothing.
  void expect_refused(const ops::AppendOptions& options, Errc code, std::string_view says = {}) const {
    const Bytes before = bytes();
    const auto report = ops::append(options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, code) << report.error().to_string();
    EXPECT_NE(report.error().to_string().find(says), std::string::npos) << report.error().to_string();
    EXPECT_TRUE(bytes() == before);
  }

  [[nodiscard]] Result<PackageReader> open(std::uint64_t generation = 0) const {
    return PackageReader::open_file(path(), {.identities = keys_, .generation = generation});
  }
  [[nodiscard]] State on_disk() const {
    State state;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(in_tree("")))
      state["t/" + std::filesystem::relative(entry.path(), in_tree("")).string()] = entry.is_directory() ? "" : read_file(entry.path().string());
    state["t"] = "";
    return state;
  }
  [[nodiscard]] State in_package(std::uint64_t generation = 0) const {
    const auto reader = open(generation);
    EXPECT_TRUE(reader) << reader.error().to_string();
    return reader ? state_of(*reader) : State();
  }
  static State state_of(const PackageReader& reader) {
    State state;
    const auto walked = reader.for_each([&](const Entry& entry) {
      std::string& content = state[std::string(entry.path())];
      if (entry.row().kind != format::EntryKind::regular) return true;
      const auto bytes = read_all(reader, entry.path());
      EXPECT_TRUE(bytes) << bytes.error().to_string();
      if (bytes) content = as_text(*bytes);
      return true;
    });
    EXPECT_TRUE(walked) << walked.error().to_string();
    return state;
  }
  [[nodiscard]] std::string verified(std::uint64_t generation = 0) const {
    const auto report = ops::verify(open_file_source(path()).value(), {.threads = 2, .identities = keys_, .generation = generation});
    if (!report) return failed(report.error());
    std::set<std::string_view> codes;
    for (const ops::Damage& damage : report->damages) codes.insert(errc_name(damage.error.code));
    return damaged(codes);
  }
  // Of a package made of the tree as it is now, from nothing.
  [[nodiscard]] Digest fresh_content_root() const {
    ops::CreateOptions create = options();
    create.package_path = scratch_ / "fresh.npk";
    return ops::create(create).value().write.content_root;
  }

  static constexpr std::int64_t kFirstTime = 1'700'000'000;

 private:
  const ScratchDirectory scratch_;
  Recipients recipients_;
  Identities keys_;
  std::int64_t time_ = kFirstTime;
};



inline std::string text_of(DataKind kind, std::size_t size, std::uint64_t seed) {
  const Bytes data = make_data(kind, size, seed);
  return std::string(as_text(data));
}

}  // namespace npk::testing
