"""Lines covered, by module, of what `llvm-cov export -summary-only` writes to standard input; fails where a module that must be is under 90 %."""

import collections
import json
import re
import sys

LEAST = {"format": 90, "block": 90, "package": 90}  # percent


def module_of(path):
    found = re.search(r"/libnpk/([a-z]+)/", path)
    return found[1] if found else "format"


def main():
    modules = collections.defaultdict(lambda: [0, 0])
    for file in json.load(sys.stdin)["data"][0]["files"]:
        lines = file["summary"]["lines"]
        modules[module_of(file["filename"])][0] += lines["count"]
        modules[module_of(file["filename"])][1] += lines["covered"]
    low = []
    for name, (count, covered) in sorted(modules.items()):
        percent = 100 * covered / max(count, 1)
        print(f"{name:10} {count:7} lines {percent:6.1f} %")
        if percent < LEAST.get(name, 0):
            low.append(name)
    missing = sorted(set(LEAST) - set(modules))
    if low or missing:
        sys.exit(f"under 90 %: {', '.join(low + missing)}")


if __name__ == "__main__":
    main()
