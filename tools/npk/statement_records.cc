#include "statement_records.h"

#include <fmt/format.h>

#include <vector>

#include "npk/format/signature_record.h"
#include "npk/ops/hash.h"

namespace npk::tools {
namespace {

struct Record {
  Digest content_root{};
  bool same_content = false;
  std::size_t signatures = 0;
};

std::vector<Record> records_of(const format::Commit& commit) {
  std::vector<Record> records;
  for (const format::CommitSection& section : commit.placement.sections) {
    if (section.id != static_cast<std::uint16_t>(format::SectionId::kept_statement)) continue;
    const auto kept = format::decode_kept_statement(section.bytes);
    const auto statement = kept ? format::decode_statement(kept->statement) : fail_corrupt("no record");
    if (!statement) continue;
    records.push_back({statement->content_root, statement->content_root == commit.statement.content_root,
                       kept->signatures.size()});
  }
  return records;
}

}  // namespace

Json records_json(const format::Commit& commit) {
  Json list = Json::array();
  for (const Record& record : records_of(commit))
    list.push_back({{"content_root", ops::hex_of(record.content_root)},
                    {"same_content", record.same_content},
                    {"signatures", record.signatures}});
  return list;
}

std::string records_text(const format::Commit& commit) {
  std::string text;
  for (const Record& record : records_of(commit)) {
    text += fmt::format("written anew  {}; {}\n", record.same_content ? "of the same content before" : "of other content before: entries were purged since",
                        record.signatures == 0 ? "not signed" : fmt::format("signed {} times, not checked", record.signatures));
  }
  return text;
}

}  // namespace npk::tools
