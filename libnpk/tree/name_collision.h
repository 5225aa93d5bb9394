// Whether a name that is said to exist does so only because the file system takes another name for the same.
#pragma once

#include <sys/stat.h>

namespace npk::tree {

// True if the directory holds the entry with the state `existing` under another name than `name`: one that differs in
// upper and lower case, in Unicode normal form, or is its short form. False if in doubt. Reads the directory only
// where a first look-up shows that case makes no difference, or can't tell.
[[nodiscard]] bool is_name_collision(int directory, const char* name, const struct stat& existing);
// The look-up without that shortcut: whether no entry of the directory has exactly this name.
[[nodiscard]] bool lacks_exact_name(int directory, const char* name);

}  // namespace npk::tree
