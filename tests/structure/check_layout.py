#!/usr/bin/env python3
"""README's two commands exist and can be run; the top level holds what it should; nothing of one machine is named."""

import os
import re
import sys

import source_tree

COMMANDS = ("tools/quickstart", "tests/run")
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "format", "libnpk", "tools", "spec",
             "tests", "bench", "samples", "cmake"}
MACHINE_PATH = re.compile(r"(?<![\w$}/.~-])/(?:home|root|work)/\w+")


def check_commands():
    readme = (source_tree.ROOT / "README.md").read_text()
    problems = []
    for command in COMMANDS:
        if command not in readme:
            problems.append(f"README.md does not name {command}")
        if not os.access(source_tree.ROOT / command, os.X_OK):
            problems.append(f"{command} can't be run")
    return problems


def check_top_level():
    names = {path.name for path in source_tree.ROOT.iterdir()}
    extra = {name for name in names - TOP_LEVEL if not name.startswith((".", "build")) and name != "compile_commands.json"}
    return [f"{name}: not a top-level name of this project" for name in sorted(extra)]


def check_machine_paths(paths):
    problems = []
    for path in paths:
        found = MACHINE_PATH.search((source_tree.ROOT / path).read_bytes().decode(errors="replace"))
        if found:
            problems.append(f"{path}: names a path of one machine: {found[0]}")
    return problems


def main():
    paths = [path for path in source_tree.files() if path.suffix in (*source_tree.CXX, ".py", ".md", ".txt", "")]
    paths = [path for path in paths if "corpus" not in path.parts and "vectors" not in path.parts]
    problems = check_commands() + check_top_level() + check_machine_paths(paths)
    return source_tree.report("layout", problems, len(paths))


if __name__ == "__main__":
    sys.exit(main())
