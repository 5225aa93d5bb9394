// What writes to a package, each with a package to write to, and what can be seen of one.
#pragma once

#include "npk/ops/keys.h"
#include "npk/ops/protect.h"
#include "npk/ops/purge.h"
#include "npk/ops/rekey.h"
#include "unit/append/append_support.h"

namespace npk::testing {

// What a reader makes of bytes.
struct Seen {
  bool is_there = false;
  std::uint64_t generation = 0;
  Digest content_root{};
  std::string problem;  // why it does not open, or not read

  friend bool operator==(const Seen&, const Seen&) = default;
};

class Workplace;

struct Operation {
  const char* name;
  bool is_sealed;
  enum class Before { none, generations, torn_end } before;  // generations: two of them; torn_end: and what a killed writer left
  Result<void> (*run)(Workplace&);
};

class Workplace {
 public:
  Workplace(const Operation& operation, std::uint64_t seed);

  [[nodiscard]] std::string directory() const { return std::filesystem::path(package.path()).parent_path(); }
  Result<void> run() { return operation_.run(*this); }
  // All of it, read; none for no bytes.
  [[nodiscard]] Seen seen(const std::string& bytes) const;
  // "sound", when the package with these bytes has been appended to.
  [[nodiscard]] std::string written_to_again(const std::string& bytes);

 private:
  std::unique_ptr<AppendedPackage> made_;

 public:
  AppendedPackage& package;

 private:
  void write_files(std::uint64_t first, std::uint64_t count, int age);
  void tear() const;

  Operation operation_;
  std::mt19937_64 random_;
};

namespace operation {
Result<void> create(Workplace& place);
Result<void> append(Workplace& place);
Result<void> remove(Workplace& place);
Result<void> rename(Workplace& place);
Result<void> revert(Workplace& place);
Result<void> sign(Workplace& place);
Result<void> add_key(Workplace& place);
Result<void> remove_key(Workplace& place);
Result<void> rekey(Workplace& place);
Result<void> compact(Workplace& place);
Result<void> purge(Workplace& place);
Result<void> protect(Workplace& place);
Result<void> tag(Workplace& place);
}  // namespace operation

inline constexpr Operation kOperations[] = {
    {"Create", false, Operation::Before::none, operation::create},
    {"Replace", false, Operation::Before::generations, operation::create},
    {"Append", false, Operation::Before::generations, operation::append},
    {"AppendBehindTornEnd", false, Operation::Before::torn_end, operation::append},
    {"Remove", false, Operation::Before::generations, operation::remove},
    {"Rename", false, Operation::Before::generations, operation::rename},
    {"Revert", false, Operation::Before::generations, operation::revert},
    {"Sign", false, Operation::Before::generations, operation::sign},
    {"AppendSealed", true, Operation::Before::generations, operation::append},
    {"AppendSealedBehindTornEnd", true, Operation::Before::torn_end, operation::append},
    {"AddKey", true, Operation::Before::generations, operation::add_key},
    {"RemoveKey", true, Operation::Before::generations, operation::remove_key},
    {"Rekey", true, Operation::Before::generations, operation::rekey},
    {"Compact", false, Operation::Before::generations, operation::compact},
    {"CompactSealed", true, Operation::Before::torn_end, operation::compact},
    {"Purge", false, Operation::Before::generations, operation::purge},
    {"Protect", false, Operation::Before::generations, operation::protect},
    {"ProtectSealed", true, Operation::Before::generations, operation::protect},
    {"Tag", false, Operation::Before::generations, operation::tag},
};

inline void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }

}  // namespace npk::testing
