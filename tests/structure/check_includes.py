#!/usr/bin/env python3
"""Every source has, by itself or by headers of this project, the standard headers of the names that it uses: builds with precompiled headers, and
test programs whose sources are compiled together, would not show that one is missing."""

import functools
import re
import sys

import source_tree

INCLUDE_ROOTS = ("", "libnpk/include", "libnpk", "format/include", "tools/npk", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"')
ALGORITHMS = ("all_of|any_of|binary_search|clamp|copy|copy_if|copy_n|count|count_if|equal|fill|fill_n|find|find_if|for_each|generate|lower_bound|max|"
              "max_element|min|min_element|minmax|minmax_element|mismatch|none_of|nth_element|partial_sort|partition_point|remove_if|replace|reverse|"
              "rotate|shuffle|sort|stable_sort|transform|unique|upper_bound")
NAMES = {
    "algorithm": rf"std::(ranges::)?({ALGORITHMS})\(",
    "array": r"std::(array|to_array)\b",
    "atomic": r"std::(atomic|memory_order)",
    "bit": r"std::(bit_\w+|count[lr]_\w+|endian|has_single_bit|popcount|rot[lr])\b",
    "chrono": r"std::chrono\b",
    "cstring": r"\b(memchr|memcmp|memcpy|memmove|memset|strlen)\(",
    "expected": r"std::(expected|unexpected)\b",
    "functional": r"std::(cref|function|greater|hash|less|plus|ref)\b",
    "map": r"std::(multi)?map\b",
    "memory": r"std::(make_shared|make_unique|shared_ptr|unique_ptr|weak_ptr)\b",
    "mutex": r"std::(call_once|lock_guard|mutex|once_flag|scoped_lock|unique_lock)\b",
    "optional": r"std::(nullopt|optional)\b",
    "random": r"std::(mt19937\w*|\w+_distribution|random_device)\b",
    "set": r"std::(multi)?set\b",
    "span": r"std::span\b",
    "stop_token": r"std::stop_(callback|source|token)\b",
    "string": r"std::(string|to_string)\b",
    "string_view": r"std::string_view\b",
    "thread": r"std::j?thread\b",
    "unordered_map": r"std::unordered_map\b",
    "utility": r"std::(as_const|exchange|forward|move|pair|swap|unreachable)\b",
    "vector": r"std::vector\b",
}


@functools.cache
def text_of(path):
    return (source_tree.ROOT / path).read_text()


def find(included, path):
    for folder in (path.parent, *map(source_tree.ROOT.joinpath, INCLUDE_ROOTS)):
        candidate = source_tree.ROOT / folder / included
        if candidate.is_file():
            return candidate.resolve().relative_to(source_tree.ROOT)
    return None


@functools.cache
def standard_headers(path):
    """Those that a file of this project includes, through others of this project, too."""
    headers = set()
    for included in INCLUDE.findall(text_of(path)):
        own = find(included, path)
        headers |= standard_headers(own) if own else {included}
    return frozenset(headers)


def check(path):
    text = COMMENT_OR_STRING.sub("", text_of(path))
    headers = standard_headers(path)
    missing = [(name, re.search(pattern, text)) for name, pattern in NAMES.items() if name not in headers]
    return [f"{path}: uses {found[0].rstrip('(')} without <{name}>" for name, found in missing if found]


def main():
    sources = [path for path in source_tree.files({".cc"}) if path.parts[0] != "spec"]
    problems = [problem for path in sources for problem in check(path)]
    return source_tree.report("includes", problems, len(sources))


if __name__ == "__main__":
    sys.exit(main())
