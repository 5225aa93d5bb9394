#include "damage/samples.h"

#include "npk/ops/protect.h"

namespace npk::testing {
namespace {

constexpr bool is_sealed(Kind kind) { return kind == Kind::sealed_generations || kind == Kind::sealed_and_signed; }
constexpr bool is_signed(Kind kind) { return kind == Kind::signed_generations || kind == Kind::sealed_and_signed; }

// In memory, where there is such a place: syncing a disk takes its time.
void use_memory() {
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
}

class Maker {
 public:
  explicit Maker(Kind kind)
      : kind_(kind), package_(is_sealed(kind) ? recipients(recipient()) : nullptr, is_sealed(kind) ? identities(identity()) : nullptr) {}

  Sample make(std::size_t content_bytes) {
    package_.write("a", text_of(DataKind::text, content_bytes, 1));
    package_.write("d/b", text_of(DataKind::random, content_bytes / 2, 2));
    package_.write("empty", "");
    package_.pack();
    finish_step();
    for (std::uint64_t generation = 2; kind_ != Kind::plain && generation <= 3; ++generation) {
      package_.write("a", text_of(DataKind::text, content_bytes, 1 + generation), 900 - static_cast<int>(generation));
      package_.write("d/new" + std::to_string(generation), text_of(DataKind::random, content_bytes / 3, 10 + generation));
      ops::AppendOptions options = package_.append_options();
      options.append_to_signed = true;
      AppendedPackage::run(options);
      finish_step();
    }
    sample_.bytes = package_.bytes();
    sample_.keys = package_.keys();
    return std::move(sample_);
  }

 private:
  void finish_step() {
    sample_.states[sample_.states.size() + 1] = package_.in_package();
    sample_.whole.push_back(package_.bytes());
    if (is_signed(kind_)) { EXPECT_TRUE(ops::sign_package(package_.path(), first_signer(), {.identities = package_.keys()})); }
    if (kind_ == Kind::protected_generations) { EXPECT_TRUE(ops::protect({.package_path = package_.path(), .percent = 20})); }
    EXPECT_EQ(package_.verified(), "sound");
    sample_.whole.push_back(package_.bytes());
  }

  Kind kind_;
  AppendedPackage package_;
  Sample sample_;
};

bool is_of_format(Errc code) {
  constexpr Errc kCodes[] = {Errc::truncated, Errc::corrupt, Errc::trailing_data, Errc::unsupported, Errc::limit, Errc::auth_failed, Errc::no_key};
  return std::ranges::find(kCodes, code) != std::end(kCodes);
}
std::string wrong_code(const Error& error) { return is_of_format(error.code) ? "" : "refused with " + error.to_string(); }

// Any generation's, where none is known: of manifests.
bool is_right(const Sample& sample, std::uint64_t generation, std::string_view path, const std::string* content) {
  return std::ranges::any_of(sample.states, [&](const auto& state) {
    if (generation != 0 && state.first != generation) return false;
    const auto entry = state.second.find(std::string(path));
    return entry != state.second.end() && (content == nullptr || entry->second == *content);
  });
}

std::string wrong_entry(const PackageReader& reader, const Entry& entry, const Sample& sample, std::uint64_t generation) {
  const std::string path(entry.path());
  if (!is_right(sample, generation, path, nullptr)) return "an entry that was never packed: " + path;
  if (entry.row().kind != format::EntryKind::regular) return "";
  const auto content = read_all(reader, path);
  if (!content) return wrong_code(content.error());
  const std::string text(as_text(*content));
  return is_right(sample, generation, path, &text) ? "" : "other bytes of " + path + " in generation " + std::to_string(generation);
}

}  // namespace

const char* name_of(Kind kind) {
  constexpr const char* kNames[] = {"Plain", "Generations", "Signed", "Sealed", "SealedAndSigned", "Protected"};
  return kNames[static_cast<std::size_t>(kind)];
}

Sample make_sample(Kind kind, std::size_t content_bytes) {
  use_memory();
  return Maker(kind).make(content_bytes);
}

std::string wrong_in_reader(const std::shared_ptr<RandomAccessSource>& damaged, const Sample& sample) {
  const auto reader = PackageReader::open(damaged, {.identities = sample.keys});
  if (!reader) return wrong_code(reader.error());
  for (const Error& warning : reader->info().warnings)
    if (const std::string problem = wrong_code(warning); !problem.empty()) return problem;
  const std::uint64_t generation = reader->info().commit.statement.generation;
  std::string problem;
  std::uint64_t count = 0;
  const auto walked = reader->for_each([&](const Entry& entry) {
    ++count;
    problem = wrong_entry(*reader, entry, sample, generation);
    return problem.empty();
  });
  if (!problem.empty()) return problem;
  if (!walked) return wrong_code(walked.error());
  if (generation == 0) return "";
  return count == sample.states.at(generation).size() ? "" : "entries are missing";
}

std::string wrong_in_verify(const std::shared_ptr<RandomAccessSource>& damaged, const Sample& sample, bool may_be_sound) {
  const auto report = ops::verify(damaged, {.threads = 1, .identities = sample.keys});
  if (!report) return wrong_code(report.error());
  for (const ops::Damage& damage : report->damages)
    if (const std::string problem = wrong_code(damage.error); !problem.empty()) return problem;
  return report->is_sound() && !may_be_sound ? "verify finds nothing" : "";
}

std::string wrong(ByteView damaged, const Sample& sample) {
  const auto ends_with = [&](const Bytes& whole) { return damaged.size() >= whole.size() && std::ranges::equal(damaged.last(whole.size()), whole); };
  const std::string problem = wrong_in_reader(memory_source(damaged), sample);
  return problem.empty() ? wrong_in_verify(memory_source(damaged), sample, std::ranges::any_of(sample.whole, ends_with)) : problem;
}

}  // namespace npk::testing
