#include "ops/read/file_restorer.h"

#include <string>
#include <utility>

namespace npk::ops {

FileRestorer::~FileRestorer() {
  while (!partial_.empty()) remove_partial(partial_.begin()->first);
}

bool FileRestorer::is_open_to(Number file) const noexcept {
  const EntryState state = entries_.state(file);
  return state == EntryState::waiting || state == EntryState::partial;
}

Result<void> FileRestorer::write(std::span<const Piece> pieces, ByteView block) {
  const Number file = pieces.front().file;
  std::uint64_t bytes = 0;
  for (const Piece& piece : pieces) bytes += piece.length;
  reporter_.wrote(bytes);
  if (!is_open_to(file)) return {};
  // In this order: whoever else writes to the file says so before it takes anything from what is pending.
  const bool all_of_it = entries_.pending(file) == bytes;
  const bool whole = all_of_it && entries_.state(file) == EntryState::waiting;
  NPK_ASSIGN(std::optional<tree::NewFile> opened, whole ? create(file, entries_[file].mode) : open_partial(file));
  if (!opened) return {};
  for (const Piece& piece : pieces) {
    auto written = opened->write_at(piece.file_offset, block.subspan(piece.offset, piece.length));
    if (!written) return settle(file, std::move(written).error());
  }
  if (entries_.take_from_pending(file, bytes)) return complete(file, *opened);
  opened->leave();
  return {};
}

Result<void> FileRestorer::create_without_data(Number file) {
  NPK_ASSIGN(std::optional<tree::NewFile> opened, create(file, entries_[file].mode));
  return opened ? complete(file, *opened) : Result<void>();
}

// Nothing: it can't be created under any of its paths, which has been reported, or is passed over.
Result<std::optional<tree::NewFile>> FileRestorer::create(Number file, std::uint16_t mode) {
  for (;;) {
    auto created = writer_.create_file(entries_.path(file), mode);
    if (created && *created) return created;
    if (created) {
      entries_.set_state(file, EntryState::kept);
      reporter_.passed_over();
      return std::nullopt;
    }
    if (stops_everything(created.error())) return created;
    reporter_.failed(std::move(created).error(), false);
    if (!use_other_path(file)) {
      entries_.set_state(file, EntryState::failed);
      return std::nullopt;
    }
  }
}

bool FileRestorer::use_other_path(Number file) {
  const std::lock_guard lock(links_mutex_);
  const auto found = links_.find(file);
  if (found == links_.end() || found->second.empty()) return false;
  const Number link = found->second.back();
  found->second.pop_back();
  entries_.swap_paths(file, link);
  entries_.set_state(link, EntryState::failed);
  return true;
}

Result<std::optional<tree::NewFile>> FileRestorer::open_partial(Number file) {
  const std::lock_guard lock(mutex_);
  if (!is_open_to(file)) return std::nullopt;
  if (const auto found = partial_.find(file); found != partial_.end()) {
    auto reopened = writer_.reopen_file(entries_.path(file), found->second);
    if (reopened) return std::optional<tree::NewFile>(*std::move(reopened));
    if (stops_everything(reopened.error())) return pass_on(std::move(reopened));
    partial_.erase(found);
    entries_.set_state(file, EntryState::failed);
    reporter_.failed(std::move(reopened).error(), false);
    return std::nullopt;
  }
  NPK_ASSIGN(std::optional<tree::NewFile> created, create(file, entries_[file].mode | 0600U));
  if (!created) return std::nullopt;
  NPK_ASSIGN(partial_[file], created->identity());
  entries_.set_state(file, EntryState::partial);
  return created;
}

Result<void> FileRestorer::complete(Number file, tree::NewFile& opened) {
  const PlannedEntry& entry = entries_[file];
  auto finished = opened.finish(entry.size, entries_.metadata(file));
  if (!finished) return settle(file, std::move(finished).error());
  if (entries_.state(file) == EntryState::partial) {
    const std::lock_guard lock(mutex_);
    partial_.erase(file);
  }
  entries_.set_state(file, EntryState::restored);
  reporter_.restored(entry.size);
  return {};
}

// After a failure to write: for all, or for this file.
Result<void> FileRestorer::settle(Number file, Error error) {
  if (stops_everything(error)) return std::unexpected(std::move(error));
  fail(file, std::move(error), false);
  return {};
}

void FileRestorer::fail(Number file, Error error, bool damaged) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_open_to(file)) return;
    entries_.set_state(file, damaged ? EntryState::damaged : EntryState::failed);
    remove_partial(file);
  }
  if (error.path != entries_.path(file)) {
    if (!error.path.empty())
      error.message += " (in " + error.path + (error.offset ? ", byte " + std::to_string(*error.offset) : "") + ")";
    error.offset.reset();
    error.path = entries_.path(file);
  }
  reporter_.failed(std::move(error), damaged);
}

void FileRestorer::remove_partial(Number file) {
  const auto found = partial_.find(file);
  if (found == partial_.end()) return;
  // Destroyed unfinished, it is removed; if it is not there any more, all the better.
  static_cast<void>(writer_.reopen_file(entries_.path(file), found->second));
  partial_.erase(found);
}

Result<void> FileRestorer::make_links() {
  for (const auto& [file, links] : links_) {
    for (const Number link : links) NPK_TRY(make_link(file, link));
  }
  links_.clear();
  return {};
}

Result<void> FileRestorer::make_link(Number file, Number link) {
  const EntryState state = entries_.state(file);
  if (state != EntryState::restored && state != EntryState::kept) {
    entries_.set_state(link, state);
    const bool damaged = state == EntryState::damaged;
    reporter_.failed(
        {.code = damaged ? Errc::corrupt : Errc::not_found,
         .message = "the file it is a hard link of, " + std::string(entries_.path(file)) + ", could not be restored",
         .path = std::string(entries_.path(link))},
        damaged);
    return {};
  }
  auto made = writer_.create_hard_link(entries_.path(link), entries_.path(file));
  if (!made && stops_everything(made.error())) return pass_on(std::move(made));
  entries_.set_state(link, !made ? EntryState::failed : *made ? EntryState::restored : EntryState::kept);
  if (!made)
    reporter_.failed(std::move(made).error(), false);
  else if (*made)
    reporter_.restored(entries_[file].entry_kind() == format::EntryKind::regular ? entries_[file].size : 0);
  else
    reporter_.passed_over();
  return {};
}

}  // namespace npk::ops
