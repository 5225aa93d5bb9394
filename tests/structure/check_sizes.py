#!/usr/bin/env python3
"""No file over 500 lines (tests 800, public headers 250), no function over 60, no line over 160 columns.

A function may be longer where the line before it, or its first line, says why: `// long: REASON`. long_lines.txt says which
files have how many longer lines at most: keys that can't be parted, and what was there before columns were counted."""

import ast
import shutil
import subprocess
import sys

import source_tree

FILE_LIMIT, TEST_FILE_LIMIT, HEADER_LIMIT, FUNCTION_LIMIT = 500, 800, 250, 60
COLUMN_LIMIT = 160
SOURCES = source_tree.CXX + (".py", ".cmake", ".sh")
WAIVER = "long:"


def is_source(path):
    return path.suffix in SOURCES or (path.suffix == "" and first_line(path).startswith("#!"))


def first_line(path):
    with open(source_tree.ROOT / path, "rb") as stream:
        return stream.readline(200).decode(errors="replace")


def file_limit(path):
    if path.parts[0] == "tests":
        return TEST_FILE_LIMIT
    public = any(path.as_posix().startswith(root) for root in source_tree.HEADER_ROOTS)
    return HEADER_LIMIT if public else FILE_LIMIT


def check_files(paths):
    problems = []
    for path in paths:
        count = len((source_tree.ROOT / path).read_bytes().splitlines())
        if count > file_limit(path):
            problems.append(f"{path}: {count} lines, at most {file_limit(path)}")
    return problems


def long_lines(path):
    """Numbers of the lines with more columns than the limit."""
    lines = (source_tree.ROOT / path).read_text(errors="replace").split("\n")
    return [number for number, line in enumerate(lines, 1) if len(line) > COLUMN_LIMIT]


def check_columns(paths):
    rows = (source_tree.ROOT / "tests/structure/long_lines.txt").read_text().splitlines()
    known = {path: int(count) for path, count in (row.split() for row in rows)}
    problems = []
    for path in map(str, paths):
        lines, allowed = long_lines(path), known.pop(path, 0)
        if len(lines) > allowed:
            at = ", ".join(map(str, lines))
            problems.append(f"{path}: {len(lines)} lines have more than {COLUMN_LIMIT} columns, at most {allowed} may: {at}")
    return problems + [f"{path}: in long_lines.txt, but not there" for path in known]


def waived(path, line):
    lines = (source_tree.ROOT / path).read_text(errors="replace").splitlines()
    return any(WAIVER in text for text in lines[max(0, line - 2):line])


def cxx_functions(paths):
    """(path, name, first line, last line), from universal-ctags."""
    done = subprocess.run(
        ["ctags", "-L", "-", "--languages=C,C++", "--langmap=C++:+.cu.cuh.h", "--kinds-C++=f", "--fields=+ne", "-x",
         "--_xformat=%{input}\t%n\t%{end}\t%N"],
        input="\n".join(map(str, paths)), cwd=source_tree.ROOT, capture_output=True, text=True, check=True)
    for row in done.stdout.splitlines():
        path, line, end, name = row.split("\t")
        if end.strip().isdigit():
            yield path, name.strip(), int(line), int(end)


def python_functions(paths):
    for path in paths:
        for node in ast.walk(ast.parse((source_tree.ROOT / path).read_text())):
            if isinstance(node, ast.FunctionDef):
                yield str(path), node.name, node.lineno, node.end_lineno


def check_functions(functions):
    problems, count = [], 0
    for path, name, line, end in functions:
        count += 1
        if end - line + 1 > FUNCTION_LIMIT and not waived(path, line):
            problems.append(f"{path}:{line}: {name} has {end - line + 1} lines, at most {FUNCTION_LIMIT}")
    return problems, count


def main():
    if not shutil.which("ctags"):
        print("sizes: ctags is missing (package universal-ctags)")
        return 1
    paths = [path for path in source_tree.files() if is_source(path)]
    problems = check_files(paths) + check_columns(paths)
    cxx = [path for path in paths if path.suffix in source_tree.CXX]
    python = [path for path in paths if path.suffix == ".py" or "python3" in first_line(path)]
    count = len(paths)
    for functions in (cxx_functions(cxx), python_functions(python)):
        more, seen = check_functions(functions)
        problems += more
        count += seen
    return source_tree.report("sizes", problems, count)


if __name__ == "__main__":
    sys.exit(main())
