"""The files of this project that the structure checks look at."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("format", "libnpk", "tools", "samples", "bench", "tests", "spec", "cmake")
CXX = (".h", ".cc", ".cu", ".cuh")
HEADER_ROOTS = ("format/include", "libnpk/include")


def files(suffixes=None):
    """Paths relative to the root, sorted; only those with one of the suffixes if given."""
    found = []
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if not path.is_file() or "__pycache__" in path.parts:
                continue
            if suffixes is None or path.suffix in suffixes:
                found.append(path.relative_to(ROOT))
    return sorted(found)


def public_headers():
    """(root, name under it) of every installed header, sorted."""
    pairs = []
    for root in HEADER_ROOTS:
        for path in (ROOT / root).rglob("*.h"):
            pairs.append((root, path.relative_to(ROOT / root).as_posix()))
    return sorted(pairs)


def report(check, problems, looked_at):
    """Prints the problems or what was looked at; the exit status."""
    for problem in problems:
        print(problem)
    if not looked_at:
        print(f"{check}: nothing to look at, so nothing was checked")
        return 1
    print(f"{check}: {looked_at} looked at, {len(problems)} wrong")
    return 1 if problems else 0
