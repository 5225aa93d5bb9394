// What could be saved of a package, as the writer's input.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "ops/write/recover/salvaged_content.h"
#include "ops/write/recover/salvaged_tree.h"
#include "package/writer/input.h"

namespace npk::ops {

// Both must outlive it. Every entry's content is there, or to be zeros where it is not.
class SalvagedInput final : public writer::InputTree {
 public:
  SalvagedInput(const SalvagedTree& tree, const SalvagedChunks& chunks);

  [[nodiscard]] std::uint64_t entry_count() const noexcept override { return tree_.size(); }
  [[nodiscard]] format::EntryRow entry(std::uint64_t number, writer::EntryScratch& scratch) const override;
  [[nodiscard]] std::uint64_t size(std::uint64_t number) const noexcept override;
  [[nodiscard]] bool may_have_holes(std::uint64_t number) const noexcept override;
  [[nodiscard]] std::uint64_t link_leader(std::uint64_t number) const noexcept override;
  [[nodiscard]] std::unique_ptr<writer::InputOpener> opener() const override;
  [[nodiscard]] std::unique_ptr<writer::InputFile> open(std::uint64_t number) const;

 private:
  const SalvagedTree& tree_;
  const SalvagedChunks& chunks_;
  std::unordered_map<std::uint64_t, std::uint64_t> leaders_;  // of entries in groups
};

}  // namespace npk::ops
