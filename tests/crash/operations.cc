#include "crash/operations.h"

namespace npk::testing {
namespace {

template <class T>
Result<void> only_whether(const Result<T>& result) {
  if (!result) return std::unexpected(result.error());
  return {};
}

Recipient other_recipient() { return recipient("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"); }
Recipient third_recipient() { return recipient("age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"); }

// In memory, where there is such a place: syncing a disk takes its time, and is recorded, not needed.
std::unique_ptr<AppendedPackage> make_package(bool is_sealed) {
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
  if (!is_sealed) return std::make_unique<AppendedPackage>();
  return std::make_unique<AppendedPackage>(recipients(recipient(), other_recipient()), identities(identity()));
}

}  // namespace

Workplace::Workplace(const Operation& operation, std::uint64_t seed)
    : made_(make_package(operation.is_sealed)), package(*made_), operation_(operation), random_(seed) {
  write_files(0, 6, 1000);
  if (operation.before == Operation::Before::none) return;
  package.pack();
  write_files(3, 5, 900);
  package.append();
  write_files(6, 4, 800);
  if (operation.before == Operation::Before::torn_end) tear();
}

// As if one more append had been stopped half-way.
void Workplace::tear() const {
  const std::string whole = read_file(package.path());
  const ops::CreateOptions options = package.options();
  ops::AppendOptions append;
  append.package_path = options.package_path;
  append.identities = package.keys();
  append.create = options;
  append.create.writer.chunk_bytes = 0;
  AppendedPackage::run(append);
  const std::string longer = read_file(package.path());
  write_file(package.path(), longer.substr(0, (whole.size() + longer.size()) / 2));
}

void Workplace::write_files(std::uint64_t first, std::uint64_t count, int age) {
  for (std::uint64_t i = first; i < first + count; ++i) {
    const DataKind kind = kAllDataKinds[random_() % std::size(kAllDataKinds)];
    package.write("d/f" + std::to_string(i), text_of(kind, random_() % 6000, random_()), age);
  }
  package.set_age("d", age);
  package.set_age("", age);
}

Seen Workplace::seen(const std::string& bytes) const {
  if (bytes.empty()) return {};
  Seen seen{.is_there = true};
  const auto reader = PackageReader::open(memory_source(as_bytes(bytes)), {.identities = package.keys()});
  if (!reader) return seen.problem = reader.error().to_string(), seen;
  seen.generation = reader->info().commit.statement.generation;
  seen.content_root = reader->info().commit.statement.content_root;
  const auto walked = reader->for_each([&](const Entry& entry) {
    if (entry.row().kind != format::EntryKind::regular) return true;
    if (const auto content = read_all(*reader, entry.path()); !content) seen.problem = content.error().to_string();
    return seen.problem.empty();
  });
  if (!walked) seen.problem = walked.error().to_string();
  return seen;
}

std::string Workplace::written_to_again(const std::string& bytes) {
  write_file(package.path(), bytes);
  package.write("d/again", "written after the crash", 700);
  ops::AppendOptions options = package.append_options();
  options.append_to_signed = true;
  const auto done = ops::append(options);
  return done ? package.verified() : done.error().to_string();
}

namespace operation {

Result<void> create(Workplace& place) { return only_whether(ops::create(place.package.options())); }
Result<void> append(Workplace& place) { return only_whether(ops::append(place.package.append_options())); }

Result<void> remove(Workplace& place) {
  ops::AppendOptions options = place.package.append_options();
  options.create.inputs.clear();
  options.removed = {"t/d/f1"};
  return only_whether(ops::append(options));
}

Result<void> rename(Workplace& place) {
  ops::AppendOptions options = place.package.append_options();
  options.create.inputs.clear();
  options.renamed = {{"t/d", "t/e"}};
  return only_whether(ops::append(options));
}

Result<void> revert(Workplace& place) {
  ops::AppendOptions options = place.package.append_options();
  options.create.inputs.clear();
  options.revert_to = 1;
  return only_whether(ops::append(options));
}

Result<void> sign(Workplace& place) {
  return only_whether(ops::sign_package(place.package.path(), first_signer(), {.identities = place.package.keys()}));
}

Result<void> add_key(Workplace& place) {
  const Recipient added = third_recipient();
  return only_whether(ops::add_recipients(place.package.path(), std::span(&added, 1), {.identities = place.package.keys()}));
}

Result<void> remove_key(Workplace& place) {
  return only_whether(ops::remove_recipients(place.package.path(), {.recipients = {other_recipient().text()}}, {.identities = place.package.keys()}));
}

Result<void> rekey(Workplace& place) { return only_whether(ops::rekey(place.package.path(), {.identities = place.package.keys()})); }


Result<void> compact(Workplace& place) {
  ops::CompactOptions options;
  options.rewrite.identities = place.package.keys();
  options.keep.last = 1;
  return only_whether(ops::compact(place.package.path(), options));
}

Result<void> purge(Workplace& place) {
  ops::PurgeOptions options;
  options.globs = {"t/d/f1"};
  return only_whether(ops::purge(place.package.path(), options));
}

Result<void> protect(Workplace& place) { return only_whether(ops::protect({.package_path = place.package.path(), .percent = 20})); }

Result<void> tag(Workplace& place) {
  ops::AppendOptions options = place.package.append_options();
  options.create.inputs.clear();
  options.metadata = {{"comment", "a comment"}};
  return only_whether(ops::append(options));
}

}  // namespace operation
}  // namespace npk::testing
