// npk key: one verb with an action of its own behind it.
#pragma once

#include "keys.h"
#include "npk/ops/keys.h"
#include "verbs.h"

namespace npk::tools {

[[nodiscard]] std::string_view key_help() noexcept;  // of all actions

// Arguments behind the action; an exit code.
int run_key_list(const Arguments& arguments, Io& io);
int run_key_add(const Arguments& arguments, Io& io);
int run_key_remove(const Arguments& arguments, Io& io);
int run_key_export(const Arguments& arguments, Io& io);
int run_key_import(const Arguments& arguments, Io& io);

// Says it, with what to do about it.
int key_failure(const Error& error, Messages& messages);
[[nodiscard]] Result<ops::KeyOptions> key_options(const IdentityOptions& keys, const std::string& package);

}  // namespace npk::tools
