#!/usr/bin/env python3
"""spec/registry.md and format/include/npk/format/ids.h say the same, both ways.

In the registry, `<!-- enum: NAME -->` stands before a table whose rows are `| name | value | …`, and
`<!-- const: kName -->` before a table row or on the line that holds the constant's value."""

import re
import sys

import source_tree

REGISTRY = source_tree.ROOT / "spec/registry.md"
IDS = source_tree.ROOT / "format/include/npk/format/ids.h"
MARKER = re.compile(r"<!--\s*(enum|const):\s*(\w+)\s*-->")
NUMBER = re.compile(r"^(0[xX][0-9a-fA-F']+|[0-9][0-9']*)[uUlL]*$")
SHIFT = re.compile(r"^([0-9]+)[uUlL]*\s*<<\s*([0-9]+)$")
ENUM = re.compile(r"enum class (\w+)\s*(?::\s*[\w:]+)?\s*\{(.*?)\}", re.DOTALL)
CONSTANT = re.compile(r"inline constexpr [\w:]+ (k\w+)\s*=\s*([^;]+);")


def number(text):
    """A value as C++ or the registry writes it, or None."""
    text = text.strip().strip("`")
    shift = SHIFT.match(text)
    if shift:
        return int(shift[1]) << int(shift[2])
    plain = NUMBER.match(text)
    return int(plain[1].replace("'", ""), 0) if plain else None


def cells_of(line):
    return [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]


def value_on(line):
    """The first number among a line's cells or words."""
    candidates = cells_of(line) if line.lstrip().startswith("|") else MARKER.sub("", line).split()
    return next((value for value in map(number, candidates) if value is not None), None)


def table_after(lines, start):
    """{name: value} of the first table after line `start`."""
    rows = {}
    for line in lines[start:]:
        if line.lstrip().startswith("|"):
            cells = cells_of(line)
            if len(cells) > 1 and number(cells[1]) is not None:
                rows[cells[0]] = number(cells[1])
        elif rows or MARKER.search(line) or line.startswith("#"):
            break
    return rows


def read_registry():
    enums, constants = {}, {}
    lines = REGISTRY.read_text().splitlines()
    for index, line in enumerate(lines):
        for kind, name in MARKER.findall(line):
            if kind == "enum":
                enums[name] = table_after(lines, index + 1)
                continue
            value = value_on(line)
            constants[name] = value if value is not None else value_on(next(filter(str.strip, lines[index + 1:]), ""))
    return enums, constants


def read_ids():
    text = re.sub(r"//[^\n]*", "", IDS.read_text())
    enums = {}
    for name, body in ENUM.findall(text):
        enums[name] = {entry: number(value) for entry, value in re.findall(r"(\w+)\s*=\s*([^,}\s]+)", body)}
    constants = {name: number(value) for name, value in CONSTANT.findall(text)}
    return enums, {name: value for name, value in constants.items() if value is not None}


def compare(what, in_registry, in_code):
    problems = []
    for name in sorted(in_registry.keys() | in_code.keys()):
        left, right = in_registry.get(name), in_code.get(name)
        if left != right:
            problems.append(f"{what}{name}: registry has {left}, ids.h has {right}")
    return problems


def main():
    if not REGISTRY.is_file():
        print("registry: spec/registry.md is missing")
        return 1
    registry_enums, registry_constants = read_registry()
    code_enums, code_constants = read_ids()
    problems = compare("", registry_constants, code_constants)
    for name in sorted(registry_enums.keys() | code_enums.keys()):
        problems += compare(name + "::", registry_enums.get(name, {}), code_enums.get(name, {}))
    return source_tree.report("registry", problems, len(code_enums) + len(code_constants))


if __name__ == "__main__":
    sys.exit(main())
