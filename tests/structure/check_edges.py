#!/usr/bin/env python3
"""Every #include, and every DEPENDS of npk_module, is an edge of edges.txt: check_edges.py [LINK_EDGES_FILE]."""

import fnmatch
import pathlib
import re
import sys

import source_tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include(?:_next)?[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
INCLUDE_ROOTS = ("format/include", "libnpk/include", "libnpk", "tests", "tools", "bench", ".")
C_HEADERS = {name + ".h" for name in (
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg "
    "stdatomic stdbool stddef stdint stdio stdlib string tgmath threads time uchar wchar wctype").split()}


class Table:
    """edges.txt, read."""

    def __init__(self, path):
        self.paths, self.modules, self.libraries, self.headers = {}, {}, {}, {}
        section = ""
        for line in path.read_text().splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                section = line.strip("[]")
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if section == "modules":
                name, self.paths[cells[0]] = cells[0], cells[1].split()
                self.modules[name], self.libraries[name] = set(cells[2].split()), set(cells[3].split())
            else:
                self.headers[cells[0]] = cells[1].split()

    def module_of(self, path):
        """The module a path belongs to, or None."""
        fitting = [(len(pattern), name) for name, patterns in self.paths.items() for pattern in patterns
                   if fnmatch.fnmatch(path, pattern)]
        return max(fitting)[1] if fitting else None

    def library_of(self, header):
        """The outside library a header belongs to; "std" for the language's own; None if unknown."""
        for name, patterns in self.headers.items():
            if any(fnmatch.fnmatch(header, pattern) for pattern in patterns):
                return name
        return "std" if "." not in header or header in C_HEADERS else None

    def may_include(self, module, other):
        return module == other or bool({other, "*"} & self.modules[module])

    def may_use(self, module, library):
        return library == "std" or bool({library, "*"} & self.libraries[module])


def resolve(including, name):
    """The project file that `name` means in `including`, or None."""
    for base in (including.parent, *map(pathlib.Path, INCLUDE_ROOTS)):
        if (source_tree.ROOT / base / name).is_file():
            target = (source_tree.ROOT / base / name).resolve()
            return target.relative_to(source_tree.ROOT).as_posix()
    return None


def problem_of(table, path, quote, name):
    """What is wrong with one include, or None."""
    module = table.module_of(path.as_posix())
    if module is None:
        return "belongs to no module of edges.txt"
    library = table.library_of(name)
    target = None if quote == "<" and library else resolve(path, name)
    if target is not None:
        other = table.module_of(target)
        if other is None or not table.may_include(module, other):
            return f"{module} may not include {other}: {name}"
        return None
    if library is None:
        return f"{quote}{name}: no project file, no library of edges.txt"
    if not table.may_use(module, library):
        return f"{module} may not use {library}: {name}"
    return None


def check_includes(table, problems):
    count = 0
    for path in source_tree.files(source_tree.CXX):
        for quote, name in INCLUDE.findall((source_tree.ROOT / path).read_text(errors="replace")):
            count += 1
            problem = problem_of(table, path, quote, name)
            if problem:
                problems.append(f"{path}: {problem}")
    return count


def check_links(table, link_file, problems):
    """Lines `npk_hash npk_format …`: a module and what it links."""
    count = 0
    for line in link_file.read_text().splitlines():
        module, *others = [name.removeprefix("npk_") for name in line.split()] or [""]
        if not module:
            continue
        if module not in table.modules:
            problems.append(f"npk_module(npk_{module}): not a module of edges.txt")
            continue
        for other in others:
            count += 1
            if not table.may_include(module, other):
                problems.append(f"npk_module(npk_{module}): DEPENDS npk_{other} is not an edge of edges.txt")
    return count


def check_table(table, problems):
    """Names that the table uses but does not define."""
    for name in table.modules:
        for other in table.modules[name] - {"*"}:
            if other not in table.modules:
                problems.append(f"edges.txt: {name}: no module {other}")
        for library in table.libraries[name] - {"*"}:
            if library not in table.headers:
                problems.append(f"edges.txt: {name}: no library {library}")


def main():
    table = Table(pathlib.Path(__file__).with_name("edges.txt"))
    problems = []
    check_table(table, problems)
    count = check_includes(table, problems)
    if len(sys.argv) > 1:
        count += check_links(table, pathlib.Path(sys.argv[1]), problems)
    return source_tree.report("edges", problems, count)


if __name__ == "__main__":
    sys.exit(main())
