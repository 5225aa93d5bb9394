// A package in parts, of three generations: every byte of every part changed (of sealed ones every third, without NPK_MUTATIONS), every length of
// each, each of them missing.
#include <cstdlib>
#include <random>

#include "damage/samples.h"
#include "io/volume_path.h"
#include "npk/files.h"

namespace npk::testing {
namespace {

class Parts : public ::testing::TestWithParam<bool> {
 protected:
  Parts() {
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
    package_ = GetParam() ? std::make_unique<AppendedPackage>(recipients(recipient()), identities(identity())) : std::make_unique<AppendedPackage>();
    sample_.keys = package_->keys();
    ops::CreateOptions create = package_->options();
    package_->write("a", text_of(DataKind::text, 300, 1));
    create.writer.volume_bytes = 4U << 20;
    if (GetParam()) create.writer.recipients = recipients(recipient());
    EXPECT_TRUE(ops::create(create));
    note();
    for (int i = 2; i <= 3; ++i) {
      package_->write("d/b" + std::to_string(i), text_of(DataKind::random, 200, 2));
      package_->append();
      note();
    }
    for (unsigned number = 1; exists(path(number)); ++number) parts_.push_back(read_file(path(number)));
  }

  void note() {
    const auto reader = PackageReader::open(open_package_source(package_->path()).value(), {.identities = sample_.keys});
    ASSERT_TRUE(reader) << reader.error().to_string();
    sample_.states[reader->info().commit.statement.generation] = AppendedPackage::state_of(*reader);
  }
  [[nodiscard]] std::string path(unsigned number) const { return io::volume_path(package_->path(), number); }
  // A part that is not there is told by the code of a file that is not.
  [[nodiscard]] std::string wrong_now(bool may_be_missing = false) const {
    const auto source = open_package_source(package_->path());
    if (!source) {
      const Errc code = source.error().code;
      const bool is_right = code == Errc::corrupt || code == Errc::truncated || code == Errc::unsupported || (may_be_missing && code == Errc::not_found);
      return is_right ? "" : source.error().to_string();
    }
    const std::string problem = wrong_in_reader(*source, sample_);
    return problem.empty() ? wrong_in_verify(*source, sample_, false) : problem;
  }

  std::unique_ptr<AppendedPackage> package_;
  Sample sample_;
  std::vector<std::string> parts_;  // their files' bytes
};

INSTANTIATE_TEST_SUITE_P(Damage, Parts, ::testing::Bool(), [](const auto& kind) { return kind.param ? "Sealed" : "Clear"; });

TEST_P(Parts, AreWholeBefore) {
  EXPECT_EQ(parts_.size(), 3U);
  EXPECT_EQ(sample_.states.size(), 3U);
  EXPECT_EQ(wrong_now(), "verify finds nothing");
}

TEST_P(Parts, EachByteChanged) {
  std::mt19937_64 random(23);
  for (unsigned part = 0; part < parts_.size(); ++part) {
    std::string damaged = parts_[part];
    for (std::size_t at = 0; at < damaged.size(); at += GetParam() && std::getenv("NPK_MUTATIONS") == nullptr ? std::size_t{3} : std::size_t{1}) {
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
      write_file(path(part + 1), damaged);
      ASSERT_EQ(wrong_now(), "") << "byte " << at << " of part " << part + 1;
      damaged[at] = parts_[part][at];
    }
    write_file(path(part + 1), damaged);
  }
}

TEST_P(Parts, EachLength) {
  for (unsigned part = 0; part < parts_.size(); ++part) {
    for (std::size_t length = 0; length < parts_[part].size(); ++length) {
      write_file(path(part + 1), parts_[part].substr(0, length));
      ASSERT_EQ(wrong_now(), "") << length << " bytes of part " << part + 1;
    }
    write_file(path(part + 1), parts_[part]);
  }
}

TEST_P(Parts, MissingOrInAnotherOrder) {
  for (unsigned part = 0; part < parts_.size(); ++part) {
    ::unlink(path(part + 1).c_str());
    // Those before it are the package as it was then: what lies behind a gap is not read.
    EXPECT_EQ(wrong_now(true), part == 0 ? "" : "verify finds nothing") << part + 1;
    for (const std::string& other : parts_) {
      if (other == parts_[part]) continue;
      write_file(path(part + 1), other);
      EXPECT_EQ(wrong_now(), "") << part + 1;
    }
    write_file(path(part + 1), parts_[part]);
  }
}

}  // namespace
}  // namespace npk::testing
