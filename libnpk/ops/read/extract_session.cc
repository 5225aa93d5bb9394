#include "ops/read/extract_session.h"

#include <algorithm>

#include "hash/hash.h"
#include "ops/read/node_restorer.h"

namespace npk::ops {
namespace {

using format::EntryKind;

constexpr std::size_t kCheckedAtOnce = 1U << 20;
constexpr std::size_t kEntriesAtOnce = 256;  // in path order, so that threads work in different directories

tree::Existing policy_of(ExistingFiles existing) noexcept {
  switch (existing) {
    case ExistingFiles::overwrite:
      return tree::Existing::overwrite;
    case ExistingFiles::keep:
      return tree::Existing::keep;
    case ExistingFiles::fail:
      break;
  }
  return tree::Existing::fail_entry;
}

}  // namespace

ExtractSession::ExtractSession(const ExtractOptions& options)
    : options_(options),
      threads_(pool::thread_count(options.threads)),
      selection_(options.globs, options.strip_components),
      reporter_(options) {}

Result<void> ExtractSession::open_target(const std::string& package) {
  if (options_.check_finished && !options_.resume) return fail(Errc::misuse, "check_finished is for resume: it checks what a run before finished");
  tree::RestoreOptions restore;
  restore.existing = policy_of(options_.existing);
  restore.limits = options_.limits;
  restore.on_warning = [this](const Error& warning) { reporter_.warned(warning); };
  if (options_.resume) {
    NPK_TRY(tree::TreeWriter::open(options_.target_directory, restore));  // it may be missing
    NPK_ASSIGN(journal_, tree::ExtractJournal::open(options_.target_directory, package));
    restore.own_since = journal_->begun();
  }
  NPK_ASSIGN(writer_, tree::TreeWriter::open(options_.target_directory, std::move(restore)));
  files_ = std::make_unique<FileRestorer>(entries_, *writer_, reporter_);
  return {};
}

std::optional<ExtractSession::Number> ExtractSession::add(const format::EntryRow& row, const ContentDigest& digest) {
  const auto place = selection_.place_of(row.path);
  if (!place) return std::nullopt;
  auto added = entries_.add(row, *place);
  if (!added) {
    Error error = std::move(added).error();
    error.path = row.path;
    reporter_.failed(std::move(error), false);
    return std::nullopt;
  }
  const Number number = *added;
  const bool regular = row.kind == EntryKind::regular;
  const bool other_link = row.link_group != 0 && is_other_link(number, row.link_group);
  const std::uint64_t data_bytes = regular && !other_link ? entries_[number].pending : 0;
  reporter_.expect(1, data_bytes);
  last_finished_.reset();
  if (other_link) return std::nullopt;
  if (data_bytes != 0 && is_finished(number, digest)) {
    entries_.set_state(number, EntryState::restored);
    reporter_.was_finished(data_bytes);
    last_finished_ = number;
    return std::nullopt;
  }
  if (data_bytes != 0) return number;
  (row.kind == EntryKind::directory ? directories_ : without_data_).push_back(number);
  return std::nullopt;
}

bool ExtractSession::is_finished(Number number, const ContentDigest& digest) {
  if (!journal_ || (!journal_->is_trusted() && !options_.check_finished) ||
      !writer_->is_finished(entries_.path(number), entries_[number].size, entries_.metadata(number)))
    return false;
  if (!options_.check_finished) return true;
  const auto expected = digest();
  return expected && has_content(number, *expected);
}

// What can't be read is made again.
bool ExtractSession::has_content(Number number, const Digest& digest) {
  const std::string path(entries_.path(number));
  const auto file = writer_->open_for_reading(path);
  if (!file) return false;
  const std::uint64_t size = entries_[number].size;
  Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, kCheckedAtOnce)));
  hash::Blake3 hash;
  for (std::uint64_t offset = 0; offset < size && !options_.stop.stop_requested();) {
    const auto count = io::read_fully_at(file->get(), offset, MutableBytes(buffer).first(std::min<std::size_t>(buffer.size(), size - offset)), path);
    if (!count || *count == 0) return false;
    hash.update(ByteView(buffer).first(*count));
    offset += *count;
  }
  return hash.finish() == digest;
}

// Only regular files are linked to their group's first; other kinds are made anew.
bool ExtractSession::is_other_link(Number number, std::uint64_t link_group) {
  if (entries_[number].entry_kind() == EntryKind::directory) return false;
  const auto [first, is_new] = link_groups_.try_emplace(link_group, number);
  if (is_new || entries_[first->second].kind != entries_[number].kind) return false;
  files_->add_link(first->second, number);
  return true;
}

template <class Restore>
Result<void> ExtractSession::restore_all(std::vector<Number>& numbers, Restore restore) {
  const std::size_t parts = (numbers.size() + kEntriesAtOnce - 1) / kEntriesAtOnce;
  const auto restore_part = [&](std::uint64_t part) -> Result<void> {
    const ProfileSpan span(options_.profile.get(), ProfileStage::metadata);
    const std::size_t begin = static_cast<std::size_t>(part) * kEntriesAtOnce;
    for (std::size_t i = begin; i < std::min(numbers.size(), begin + kEntriesAtOnce); ++i) {
      if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
      NPK_TRY(restore(numbers[i]));
    }
    return {};
  };
  NPK_TRY(pool::parallel_for_each_index(pipeline_options(), parts, restore_part));
  numbers.clear();
  return {};
}

// One after another: those above come first, and the writer makes them under one lock anyway.
Result<void> ExtractSession::restore_directories() {
  const ProfileSpan span(options_.profile.get(), ProfileStage::metadata);
  for (const Number number : directories_) {
    if (options_.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_TRY(restore_node(entries_, number, *writer_, reporter_));
  }
  directories_.clear();
  return {};
}

Result<void> ExtractSession::restore_without_data() {
  return restore_all(without_data_, [this](Number number) {
    return entries_[number].entry_kind() == EntryKind::regular ? files_->create_without_data(number)
                                                               : restore_node(entries_, number, *writer_, reporter_);
  });
}

Result<void> ExtractSession::finish() {
  const ProfileSpan span(options_.profile.get(), ProfileStage::metadata);
  NPK_TRY(files_->make_links());
  NPK_TRY(writer_->finish());
  for (const std::string& glob : selection_.unmatched()) reporter_.unmatched(glob);
  return journal_ ? journal_->remove() : Result<void>();
}

}  // namespace npk::ops
