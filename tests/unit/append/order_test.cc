// Which files of a further generation are drawn together: those that are new to the package.
#include "append_support.h"
#include "support/test_tree.h"

namespace npk::testing {
namespace {

constexpr int kVersions = 4, kFamilies = 6;
constexpr std::size_t kFileBytes = 20'000;

std::string name_of(int family, int version) { return "v" + std::to_string(version) + "/f" + std::to_string(family); }

// The family's content, with bytes of its own and, for `more`, at its end.
std::string content_of(int family, int version, int edit, std::size_t more) {
  Bytes content = make_data(DataKind::random, kFileBytes, 100 + static_cast<std::uint64_t>(family));
  const Bytes own = make_data(DataKind::random, 40 + more, static_cast<std::uint64_t>(9000 + 1000 * edit + 100 * family + version));
  std::ranges::copy(ByteView(own).first(40), content.begin() + 1000 + 500 * version);
  content.insert(content.end(), own.begin() + 40, own.end());
  return {content.begin(), content.end()};
}

// The bytes that the second generation adds, each file of which has another content, and `more` bytes more than in the first.
std::size_t second_generation(FileOrder order, std::size_t more) {
  AppendedPackage package;
  const auto write_all = [&](int edit, std::size_t added, int age) {
    for (int version = 0; version < kVersions; ++version)
      for (int family = 0; family < kFamilies; ++family) package.write(name_of(family, version), content_of(family, version, edit, added), age);
  };
  write_all(0, 0, 2000);
  package.pack();
  const std::size_t first = package.bytes().size();
  write_all(1, more, 1000);
  ops::AppendOptions options = package.append_options();
  options.create.writer.order = order;
  options.create.writer.deduplication = Deduplication::files;
  AppendedPackage::run(options);
  return package.bytes().size() - first;
}

TEST(AppendOrder, FilesOfTheirFormerSizeStayInPathOrder) {
  EXPECT_GT(second_generation(FileOrder::similar, 0) * 10, second_generation(FileOrder::kind, 0) * 9);
}

TEST(AppendOrder, FilesOfAnotherSizeAreDrawnTogether) {
  EXPECT_LT(second_generation(FileOrder::similar, 50) * 4, second_generation(FileOrder::kind, 50) * 3);
}

}  // namespace
}  // namespace npk::testing
