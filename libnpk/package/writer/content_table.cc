#include "package/writer/content_table.h"

namespace npk::writer {

void ContentTable::set(const CompletedEntry& entry) {
  Content& content = contents_[entry.entry];
  content.size = entry.size;
  if (entry.runs.empty()) return;
  if (entry.runs.size() == 1 && entry.runs[0].chunk_count == 1) {
    content.first = static_cast<std::uint32_t>(entry.runs[0].first_chunk);
    content.state = State::one_chunk;
    return;
  }
  content.first = static_cast<std::uint32_t>(rich_.size());
  content.state = State::rich;
  rich_.push_back({entry.runs, entry.digest});
  rich_.back().runs.shrink_to_fit();
}

void ContentTable::describe(std::uint64_t entry, format::EntryRow& row, std::vector<format::Run>& runs) const {
  const Content& content = contents_[entry];
  runs.clear();
  row.size = content.size;
  if (content.state == State::one_chunk) runs.push_back({content.first, 1, content.size});
  if (content.state == State::rich) {
    runs = rich_[content.first].runs;
    row.digest = rich_[content.first].digest;
  }
  row.runs = runs;
}

}  // namespace npk::writer
