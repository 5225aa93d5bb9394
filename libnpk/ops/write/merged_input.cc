#include "ops/write/merged_input.h"

#include <algorithm>

#include "ops/write/merge.h"
#include "package/reader/impl.h"

namespace npk::ops {

using format::EntryKind;

namespace {

std::uint64_t further_pieces(const format::EntryRow& row) {
  std::uint64_t pieces = 0;
  for (const format::Run& run : row.runs) pieces += std::max<std::uint64_t>(run.chunk_count, 1);
  return pieces == 0 ? 0 : pieces - 1;
}

}  // namespace

class MergedOpener final : public writer::InputOpener {
 public:
  explicit MergedOpener(const MergedInput& input) : input_(input), scanned_(input.scanned_.opener()) {}
  Result<std::unique_ptr<writer::InputFile>> open(std::uint64_t number) override { return scanned_->open(input_.slots_[number].scanned); }

 private:
  const MergedInput& input_;
  std::unique_ptr<writer::InputOpener> scanned_;
};

Result<std::unique_ptr<MergedInput>> MergedInput::merge(const PackageReader& before, const std::vector<format::CatalogChild>& leaves,
                                                        const TreeInput& scanned, const MergeRules& rules) {
  std::unique_ptr<MergedInput> input(new MergedInput(before, scanned));
  NPK_ASSIGN(AttributeChanges changes, AttributeChanges::make(rules.attributes, before));
  NPK_TRY(Merge(*input, leaves, rules, changes).run());
  input->equal_attributes_of_links();
  return input;
}

// Behind the numbers that the scan gives its own groups; a file that has lost all its other names is in none.
void MergedInput::number_link_groups(std::unordered_map<std::uint32_t, std::uint64_t> groups) {
  if (groups.empty()) return;
  std::uint64_t next = scanned_.link_group_count();
  for (std::uint64_t slot = 0; slot < slots_.size(); ++slot) {
    const auto found = groups.find(static_cast<std::uint32_t>(slot));
    if (found == groups.end()) continue;
    LinkGroup& group = groups_[found->second];
    if (group.members++ == 0) {
      group.leader = slot;
      group.number = ++next;
    }
    group_of_slot_.emplace(slot, found->second);
  }
}

void MergedInput::equal_attributes_of_links() {
  if (attributes_.empty() || scanned_.link_group_count() == 0) return;
  const auto for_each_further_name = [&](const auto& visit) {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].scanned == kNone) continue;
      const auto leader = static_cast<std::uint32_t>(link_leader(slot));
      if (leader != slot) visit(leader, slot);
    }
  };
  for_each_further_name([&](std::uint32_t leader, std::uint32_t slot) {
    if (const auto own = attributes_.find(slot); own != attributes_.end()) attributes_.try_emplace(leader, own->second);
  });
  for_each_further_name([&](std::uint32_t leader, std::uint32_t slot) {
    if (const auto first = attributes_.find(leader); first != attributes_.end()) attributes_[slot] = first->second;
  });
}

void MergedInput::keep_error(const Error& error) const {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = error;
}

Result<void> MergedInput::status() const {
  const std::lock_guard lock(mutex_);
  if (error_) return std::unexpected(*error_);
  return {};
}

format::EntryRow MergedInput::row_before(std::uint64_t number, writer::EntryScratch& scratch) const {
  auto entry = before_.entry(slots_[number].before);
  if (!entry) {
    keep_error(entry.error());
    format::EntryRow none;
    none.path = scratch.path = "?";
    return none;
  }
  const auto holder = std::make_shared<const Entry>(*std::move(entry));
  format::EntryRow row = holder->row();
  scratch.holder = holder;
  row.runs = {};
  row.digest.reset();
  row.link_group = 0;
  if (const auto renamed = renamed_.find(slots_[number].before); renamed != renamed_.end()) row.path = renamed->second;
  if (const auto group = group_of_slot_.find(number); group != group_of_slot_.end()) {
    const LinkGroup& links = groups_.at(group->second);
    if (links.members > 1) row.link_group = links.number;
  }
  return row;
}

format::EntryRow MergedInput::entry(std::uint64_t number, writer::EntryScratch& scratch) const {
  const Slot& slot = slots_[number];
  format::EntryRow row = slot.scanned == kNone ? row_before(number, scratch) : scanned_.entry(slot.scanned, scratch);
  if (const auto attributes = attributes_.find(static_cast<std::uint32_t>(number)); attributes != attributes_.end()) {
    replace_package_attributes(row, attributes->second, scratch.xattrs);
    row.xattrs = scratch.xattrs;
  }
  return row;
}

std::uint64_t MergedInput::size(std::uint64_t number) const noexcept {
  return is_kept(number) ? 0 : scanned_.size(slots_[number].scanned);
}

bool MergedInput::may_have_holes(std::uint64_t number) const noexcept {
  return !is_kept(number) && scanned_.may_have_holes(slots_[number].scanned);
}

std::uint64_t MergedInput::link_leader(std::uint64_t number) const noexcept {
  const Slot& slot = slots_[number];
  if (slot.scanned != kNone) return slot_of_scanned_[static_cast<std::size_t>(scanned_.link_leader(slot.scanned))];
  const auto group = group_of_slot_.find(number);
  return group == group_of_slot_.end() ? number : groups_.at(group->second).leader;
}

// What was not scanned again loses its hint where its page is written anew.
format::FileHint MergedInput::hint(std::uint64_t number) const {
  const Slot& slot = slots_[number];
  return slot.scanned == kNone ? format::FileHint() : scanned_.hint(slot.scanned);
}

Result<void> MergedInput::for_each_kept(const KeptVisitor& visit) const {
  for (std::uint64_t number = 0; number < slots_.size(); ++number) {
    if (!is_kept(number)) continue;
    NPK_ASSIGN(const Entry entry, before_.entry(slots_[number].before));
    if (const format::EntryRow row = entry.row(); row.kind == EntryKind::regular) visit(number, row);
  }
  return {};
}

Result<std::shared_ptr<const format::CatalogPage>> MergedInput::open_leaf(const format::CatalogChild& leaf) const {
  const PackageReader::Impl& package = before_.impl();
  const format::FrameReference place{leaf.position, leaf.stored_length, leaf.hash};
  NPK_ASSIGN(const auto page, package.page_cache().get(format::FrameType::catalog_page, place, package.commit_position()));
  const auto* rows = std::get_if<format::CatalogPage>(&page->content);
  if (rows == nullptr || rows->row_count() == 0) return fail_corrupt("a catalog page's height is not one less than its parent's");
  return std::shared_ptr<const format::CatalogPage>(page, rows);
}

Result<std::uint64_t> MergedInput::count_kept_pieces() const {
  std::uint64_t pieces = 0;
  for (const writer::KeptLeaf& leaf : kept_leaves_) {
    NPK_ASSIGN(const auto page, open_leaf(leaf.page));
    for (std::size_t row = 0; row < page->row_count(); ++row) pieces += further_pieces(page->row(row));
  }
  return pieces;
}

std::unique_ptr<writer::InputOpener> MergedInput::opener() const { return std::make_unique<MergedOpener>(*this); }

}  // namespace npk::ops
