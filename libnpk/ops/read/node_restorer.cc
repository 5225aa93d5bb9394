#include "ops/read/node_restorer.h"

namespace npk::ops {
namespace {

using format::EntryKind;

Result<bool> create(const PlannedEntries& entries, PlannedEntries::Number number, tree::TreeWriter& writer) {
  const PlannedEntry& entry = entries[number];
  const std::string_view path = entries.path(number);
  const tree::Metadata metadata = entries.metadata(number);
  switch (entry.entry_kind()) {
    case EntryKind::directory:
      NPK_TRY(writer.create_directory(path, metadata));
      return true;
    case EntryKind::symlink:
      return writer.create_symlink(path, entries.target(number), metadata);
    case EntryKind::character_device:
    case EntryKind::block_device:
      return writer.create_device(path, entry.entry_kind(), static_cast<std::uint32_t>(entry.size >> 32),
                                  static_cast<std::uint32_t>(entry.size), metadata);
    case EntryKind::fifo:
      return writer.create_fifo(path, metadata);
    case EntryKind::regular:
      break;
  }
  return fail(Errc::internal, "a regular file is no node");
}

}  // namespace

Result<void> restore_node(PlannedEntries& entries, PlannedEntries::Number number, tree::TreeWriter& writer,
                          ExtractReporter& reporter) {
  auto created = create(entries, number, writer);
  if (!created) {
    if (stops_everything(created.error())) return pass_on(std::move(created));
    Error error = std::move(created).error();
    if (error.path.empty()) error.path = entries.path(number);
    entries.set_state(number, EntryState::failed);
    reporter.failed(std::move(error), false);
    return {};
  }
  entries.set_state(number, *created ? EntryState::restored : EntryState::kept);
  if (*created)
    reporter.restored(0);
  else
    reporter.passed_over();
  return {};
}

}  // namespace npk::ops
