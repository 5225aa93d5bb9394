#!/usr/bin/env python3
"""README's code is compiled: each sample with lines between `// [README` and `// README]` stands there word for word."""

import re
import sys

import source_tree

REGION = re.compile(r"^// \[README\n(.*?)^// README\]", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```cpp\n(.*?)^```", re.MULTILINE | re.DOTALL)


def regions():
    """{file: its marked lines}."""
    found = {}
    for path in sorted((source_tree.ROOT / "samples").glob("*.cc")):
        for region in REGION.findall(path.read_text()):
            found[path.name] = region
    return found


def main():
    blocks = BLOCK.findall((source_tree.ROOT / "README.md").read_text())
    marked = regions()
    problems = [f"README.md lacks, word for word, the marked lines of samples/{name}" for name, region in marked.items()
                if region not in blocks]
    problems += [f"README.md has C++ that no sample compiles: {block.splitlines()[0]} ..." for block in blocks
                 if block not in marked.values()]
    return source_tree.report("readme", problems, min(len(blocks), len(marked)))


if __name__ == "__main__":
    sys.exit(main())
