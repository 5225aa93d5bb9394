// The table of verbs. Each takes the arguments behind it and returns an exit code.
#pragma once

#include <span>

#include "option_parser.h"

namespace npk::tools {

struct Verb {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments&, Io&);
};

[[nodiscard]] std::span<const Verb> verbs() noexcept;

// `arguments`: without the program's name.
[[nodiscard]] int run_command(const Arguments& arguments, Io& io);

int run_accel(const Arguments& arguments, Io& io);
int run_append(const Arguments& arguments, Io& io);
int run_diff(const Arguments& arguments, Io& io);
int run_revert(const Arguments& arguments, Io& io);
int run_log(const Arguments& arguments, Io& io);
int run_remove(const Arguments& arguments, Io& io);
int run_rename(const Arguments& arguments, Io& io);
int run_tag(const Arguments& arguments, Io& io);
int run_comment(const Arguments& arguments, Io& io);
int run_compact(const Arguments& arguments, Io& io);
int run_recompress(const Arguments& arguments, Io& io);
int run_purge(const Arguments& arguments, Io& io);
int run_pack(const Arguments& arguments, Io& io);
int run_list(const Arguments& arguments, Io& io);
int run_extract(const Arguments& arguments, Io& io);
int run_cat(const Arguments& arguments, Io& io);
int run_seek(const Arguments& arguments, Io& io);
int run_info(const Arguments& arguments, Io& io);
int run_report(const Arguments& arguments, Io& io);
int run_sign(const Arguments& arguments, Io& io);
int run_recover(const Arguments& arguments, Io& io);
int run_rekey(const Arguments& arguments, Io& io);
int run_protect(const Arguments& arguments, Io& io);
int run_repair(const Arguments& arguments, Io& io);
int run_verify(const Arguments& arguments, Io& io);
int run_hash(const Arguments& arguments, Io& io);
int run_key(const Arguments& arguments, Io& io);
int run_gen(const Arguments& arguments, Io& io);

}  // namespace npk::tools
