// Packages that mean harm (spec/vectors, requirement N14): what comes out is what the manifest says, and nothing
// happens outside.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "extract_support.h"
#include "support/scratch.h"
#include "support/vector_manifest.h"

namespace npk::testing {
namespace {

using nlohmann::json;

std::string path_of(const json& name) {
  return name.get<std::string>();
}

const std::map<std::string, test::ManifestLine>& hostile_vectors() {
  static const std::map<std::string, test::ManifestLine> all = [] {
    std::map<std::string, test::ManifestLine> found;
    for (const test::ManifestLine& line : test::manifest_lines(NPK_VECTORS_DIRECTORY)) {
      if (line.has("extract")) found.emplace(line.name(), line);
    }
    return found;
  }();
  return all;
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& [name, line] : hostile_vectors()) all.push_back(name);
  return all;
}

Bytes read_vector(const json& vector) {
  std::ifstream file(NPK_VECTORS_DIRECTORY "/" + vector.at("file").get<std::string>(), std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

class HostileVector : public ::testing::TestWithParam<std::tuple<std::string, Way>> {
 protected:
  HostileVector()
      : scratch_(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "") {  // a disk takes its time for 32,767 directories
    ::umask(022);
    ::mkdir((scratch_ / "around").c_str(), 0777);
    ::chmod((scratch_ / "around").c_str(), 0777);
    write_file(scratch_ / "around/witness", "here before");
  }
  [[nodiscard]] json vector() const { return hostile_vectors().at(std::get<0>(GetParam())).parsed(); }
  [[nodiscard]] std::string target() const { return scratch_ / "around/target"; }
  // Opens the directories on the way first: some are for nobody.
  [[nodiscard]] bool is_there(const std::string& name) const {
    for (std::size_t slash = name.find('/'); slash != std::string::npos && name.size() < 1000;
         slash = name.find('/', slash + 1)) {
      const std::string directory = target() + "/" + name.substr(0, slash);
      struct stat status {};
      if (::lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) ::chmod(directory.c_str(), 0700);
    }
    return exists(target() + "/" + name);
  }

  void check(const Extracted& extracted) {
    const json wanted = vector().at("extract");
    const std::string expected = vector().value("class", "ok");
    if (expected == "ok")
      EXPECT_TRUE(extracted.result) << extracted.text();
    else if (std::get<1>(GetParam()) == Way::pipe)
      EXPECT_FALSE(extracted.result);  // no manifest names their entries
    else
      EXPECT_EQ(errc_name(extracted.code()), expected) << extracted.text();
    const std::vector<std::string> reported = extracted.problem_paths();
    const auto is_reported = [&](const std::string& name) {
      return std::ranges::find(reported, name) != reported.end();
    };
    for (const json& name : wanted.value("inside", json::array()))
      EXPECT_TRUE(is_there(path_of(name))) << name << '\n' << extracted.text();
    for (const json& name : wanted.value("refused", json::array()))
      EXPECT_TRUE(!is_there(path_of(name)) && is_reported(path_of(name))) << name;
    for (const json& name : wanted.value("absent", json::array())) {
      const std::string path = path_of(name);
      EXPECT_FALSE(exists(path.starts_with('/') ? path : target() + "/" + path)) << name;
    }
    for (const json& group : wanted.value("conflicts", json::array())) {
      std::size_t refused = 0;
      for (const json& name : group) refused += is_reported(path_of(name)) ? 1U : 0U;
      EXPECT_GE(refused, 1U) << group << '\n' << extracted.text();
      EXPECT_LT(refused, group.size()) << group << '\n' << extracted.text();
    }
    check_outside();
  }

  void check_outside() {
    EXPECT_EQ(read_file(scratch_ / "around/witness"), "here before");
    std::vector<std::string> around;
    for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "around"))
      around.push_back(entry.path().filename());
    std::ranges::sort(around);
    EXPECT_THAT(around,
                ::testing::AnyOf(::testing::ElementsAre("target", "witness"), ::testing::ElementsAre("witness")));
  }

  void run() {
    const Bytes package = read_vector(vector());
    ASSERT_FALSE(package.empty());
    ops::ExtractOptions options;
    options.threads = 2;
    check(extract_bytes(package, std::get<1>(GetParam()), target(), options));
  }

  ScratchDirectory scratch_;
};

TEST_P(HostileVector, StaysInside) {
  run();
}

TEST_P(HostileVector, StaysInsideForAnOrdinaryUser) {
  ::chmod(scratch_.path().c_str(), 0777);
  without_privileges([&] { run(); });
}

TEST(HostileVectors, AreThere) {
  EXPECT_GE(hostile_vectors().size(), 29U);
}

INSTANTIATE_TEST_SUITE_P(All, HostileVector,
                         ::testing::Combine(::testing::ValuesIn(names()), ::testing::Values(Way::file, Way::pipe)),
                         [](const auto& parameter) {
                           return std::get<0>(parameter.param) +
                                  (std::get<1>(parameter.param) == Way::file ? "_file" : "_pipe");
                         });

}  // namespace
}  // namespace npk::testing
