// The plain decoders beside the specification give back what the library's encoders were given.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "unit/numeric_filters/filter_support.h"

namespace npk::codec {
namespace {

void save(const std::filesystem::path& path, ByteView bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

TEST(FilterReference, AgreesWithTheLibrary) {
  const std::filesystem::path directory = std::filesystem::temp_directory_path() / ("npk_filters_" + std::to_string(std::rand()) + std::to_string(getpid()));
  std::filesystem::create_directories(directory);
  std::string script = "import sys; sys.path.insert(0, '" NPK_FILTERS_DIRECTORY "')\n";
  std::size_t cases = 0;
  for (const format::CodecId id : kTested) {
    std::vector<NumericKind> kinds = numeric_kinds();
    if (id == format::CodecId::integers) std::ranges::move(integer_kinds(), std::back_inserter(kinds));
    const std::size_t plain = kinds.size();
    if (id == format::CodecId::integers) std::ranges::move(integer_kinds(), std::back_inserter(kinds));
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const NumericKind& kind = kinds[i];
      const ByteView raw = ByteView(kind.bytes).first(20'003);
      const auto filtered = i < plain ? filter(id, raw) : filter_smaller(id, raw);
      if (!filtered) continue;
      const std::string name = (directory / std::to_string(cases++)).string();
      save(name + ".raw", raw);
      save(name + ".filtered", *filtered);
      const std::string module(find_filter(id)->name);
      script += "import " + module + "\nassert " + module + ".decode(open('" + name + ".filtered', 'rb').read(), 20003) == open('" + name +
                ".raw', 'rb').read(), '" + module + " " + kind.name + "'\n";
    }
  }
  EXPECT_GE(cases, 28U);
  save(directory / "run.py", as_bytes(script));
  EXPECT_EQ(std::system((std::string(NPK_PYTHON) + " -B " + (directory / "run.py").string()).c_str()), 0);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace npk::codec
